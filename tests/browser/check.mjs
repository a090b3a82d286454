// Checks a report in a browser: node check.mjs NAME REPORT.html. Says what is wrong and exits with 1.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { open, start } from "./browser.mjs";

const [name, file] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rows = (page) => page.locator("#rows tbody tr");
const column = (page, n) => page.locator(`#rows tbody td:nth-child(${n})`).allInnerTexts();
const count = async (page) => Number((await page.locator("#count").innerText()).match(/^[\d,]+/)[0].replaceAll(",", ""));

// Waits for the search to settle: it waits for the next letter before it begins.
async function search(page, words) {
  const before = await page.locator("#count").innerText();
  await page.fill("#search", words);
  await page.waitForFunction((it) => document.querySelector("#count").textContent !== it, before);
}

const checks = {
  // What a person does: read the verdict, filter, sort, search, look at the evidence.
  async use(browser) {
    const { page, wrongs } = await open(browser, file);
    assert.match(await page.locator("h1").innerText(), /^\d+ documents? needs? a decision\./);
    const asked = await count(page);
    await page.click("#reset");
    const all = await count(page);
    assert.ok(asked < all && all === (await rows(page).count()), `${asked} of ${all}`);

    await page.selectOption("#severity", "2");
    assert.ok((await column(page, 1)).every((it) => it.startsWith("error")));
    await page.click("#reset");
    await page.selectOption("#rule", "superseded");
    assert.ok((await count(page)) > 1);
    assert.ok((await column(page, 1)).every((it) => it.includes("superseded")));
    await page.click("#reset");
    await page.selectOption("#folder", "HR");
    assert.ok((await count(page)) > 1);
    assert.ok((await column(page, 2)).every((it) => it.startsWith("HR/")));
    await page.click("#reset");
    const owner = await page.locator("#owner option").nth(2).getAttribute("value");
    await page.selectOption("#owner", owner);
    assert.ok((await column(page, 4)).every((it) => it === owner));
    await page.click("#reset");

    await page.click("#rows th[data-sort=date] button");
    let dates = (await column(page, 3)).filter((it) => it !== "cannot say");
    assert.deepEqual(dates, [...dates].sort());
    assert.equal(await page.getAttribute("#rows th[data-sort=date]", "aria-sort"), "ascending");
    await page.click("#rows th[data-sort=date] button");
    dates = (await column(page, 3)).filter((it) => it !== "cannot say");
    assert.deepEqual(dates, [...dates].sort().reverse());
    assert.equal(await page.getAttribute("#rows th[data-sort=severity]", "aria-sort"), null);
    assert.equal((await column(page, 3)).at(-1), "cannot say", "what is not known comes last");

    await search(page, "withdrawn relocation");
    assert.equal(await count(page), 1);
    const row = rows(page).first();
    assert.ok(!(await row.locator("details ul").isVisible()));
    await row.locator("summary").click();
    assert.match(await row.locator("details").innerText(), /banner ".*withdrawn/i);
    assert.match(await row.locator("code").innerText(), /^docrot explain 'HR\/Relocation allowance/);
    await row.locator("button").click();
    await page.waitForFunction(() => /Copied|Selected/.test(document.querySelector("#rows td button").textContent));
    await search(page, "no such words anywhere");
    assert.equal(await rows(page).count(), 0);
    await page.click("#reset");

    await page.locator("#folders summary").click();
    await page.getByRole("button", { name: "Show in list: Finance" }).click();
    assert.ok((await column(page, 2)).every((it) => it.startsWith("Finance/")));
    assert.deepEqual(wrongs, []);
  },

  async accessible(browser) {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 390]) {
        const { page, wrongs } = await open(browser, file, { colorScheme, viewport: { width, height: 800 } });
        await page.evaluate(() => document.querySelectorAll("details").forEach((it) => (it.open = true)));
        // From outside, as a tool of the browser: the page's own policy lets no other script run.
        await page.evaluate(axe);
        const found = await page.evaluate(() => axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        }));
        const violations = found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
        assert.deepEqual(violations, [], `${colorScheme}, ${width} pixels wide`);
        assert.ok(found.passes.length > 20, "axe looked at the page");
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} pixels too wide at ${width}`);
        assert.deepEqual(wrongs, []);
        await page.context().close();
      }
    }
    // The keyboard reaches the list, and what has the focus is seen.
    const { page } = await open(browser, file);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the work list");
    assert.ok(await page.locator(".skip").isVisible());
    await page.locator("#rows th button").first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#rows th[data-sort=severity]", "aria-sort"), "descending");
  },

  async paper(browser) {
    const { page, wrongs } = await open(browser, file);
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["nav", ".filters"]) assert.ok(!(await page.locator(hidden).isVisible()), hidden);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("details:not([open])").count(), 0);
    assert.ok(await page.locator("#rows details ul").first().isVisible());
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator("#rows details[open]").count(), 0);
    assert.ok((await page.pdf({ format: "A4" })).length > 20_000);
    assert.deepEqual(wrongs, []);

    const bare = await open(browser, file, { javaScriptEnabled: false });
    assert.ok((await rows(bare.page).count()) > 10);
    assert.ok(!(await bare.page.locator(".filters").isVisible()));
    assert.match(await bare.page.locator("#list").innerText(), /docrot explain PATH/);
    await bare.page.locator("#rows summary").first().click();
    assert.ok(await bare.page.locator("#rows details ul").first().isVisible());
    assert.deepEqual(bare.wrongs, []);
  },

  // Names and quotations stay words.
  async hostile(browser) {
    const { page, wrongs } = await open(browser, file);
    await page.click("#reset");
    await page.evaluate(() => document.querySelectorAll("details").forEach((it) => (it.open = true)));
    const text = await page.evaluate(() => document.body.textContent);
    for (const shown of ["<img src=x onerror=owned=1>.md", "two\\nlines\\r.md", "caf\\xe9<b>.md",
      "invoice\\u{202e}dm.exe.md", "&lt;b&gt;&amp;.md", "<svg onload=owned=1>"]) {
      assert.ok(text.includes(shown), shown);
    }
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\ufeff]/);
    assert.equal(await page.evaluate(() => window.owned), undefined);
    const foreign = "img, iframe, object, embed, base, form, link, a:not([href^='#']), i, [onclick], [onload], [onerror], [onmouseover], [style]";
    assert.equal(await page.locator(foreign).count(), 0);
    assert.equal(await page.locator("script").count(), 2);
    // Hovering and clicking wake nothing up either.
    for (const row of await rows(page).all()) await row.hover();
    assert.equal(await page.evaluate(() => window.owned), undefined);
    // No command is offered for a name that cannot be typed.
    for (const command of await page.locator("#rows code").allInnerTexts()) assert.doesNotMatch(command, /\\n|\\x|\\u/);
    assert.deepEqual(wrongs, []);

    // Should markup slip through one day, the policy still lets nothing run or load.
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.owned = 1";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='x.png' onerror='owned=1'><p style='color:red'>");
    });
    const refused = await page.evaluate(() => fetch("http://127.0.0.1:9/").then(() => false, () => true));
    assert.ok(refused);
    assert.equal(await page.evaluate(() => window.owned), undefined);
    assert.ok(!wrongs.some((it) => it.startsWith("request: http")), wrongs.join("\n"));
    assert.ok(wrongs.length >= 3, "the browser said what it refused");
  },

  async many(browser) {
    const { page, wrongs } = await open(browser, file);
    assert.equal(await page.getAttribute("#data", "type"), "text/plain", "it is packed");
    const all = await count(page);
    assert.ok(all > 5000, `${all}`);
    assert.equal(await rows(page).count(), 200);
    const first = await rows(page).first().innerText();
    await page.click("#after");
    assert.notEqual(await rows(page).first().innerText(), first);
    assert.match(await page.locator("#count").innerText(), /shown are 201 to 400/);
    await page.click("#before");
    assert.equal(await rows(page).first().innerText(), first);
    assert.ok(await page.isDisabled("#before"));
    await search(page, "folder 17/ minutes 99");
    assert.equal(await count(page), 1);
    assert.deepEqual(wrongs, []);
  },
};

const browser = await start();
try {
  await checks[name](browser);
  console.log("all checks passed");
} catch (error) {
  console.error(error.stack ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
