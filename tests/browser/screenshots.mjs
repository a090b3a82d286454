// Takes the pictures of docs/ from a report: node screenshots.mjs REPORT.html FOLDER
// Run by tests/browser/screenshots, which also makes them small.
import { join } from "node:path";

import { open, start } from "./browser.mjs";

const [file, folder] = process.argv.slice(2);
const browser = await start();
const shots = [
  ["report-light.png", { colorScheme: "light", viewport: { width: 1280, height: 1000 } }],
  ["report-dark.png", { colorScheme: "dark", viewport: { width: 1280, height: 1000 } }],
];
for (const [name, options] of shots) {
  const { page } = await open(browser, file, options);
  if (name.includes("dark")) {
    await page.locator("#list").scrollIntoViewIfNeeded();
    await page.evaluate(() => document.getElementById("list").scrollIntoView());
    await page.locator("#rows summary").first().click();
  }
  await page.screenshot({ path: join(folder, name) });
  await page.context().close();
}
const { page } = await open(browser, file, { viewport: { width: 794, height: 1123 } });
await page.pdf({ path: join(folder, "report.pdf"), format: "A4", printBackground: true, margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
await browser.close();
