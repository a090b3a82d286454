// Opens pages in Debian's Chromium, and notes whatever a page must not do.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

// Starts a browser with a new, empty profile.
export async function start() {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error("Chromium is missing: run tests/run");
  return chromium.launch({ executablePath, args: QUIET });
}

// Opens a file and waits until its script has shown the work list.
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  const wrongs = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrongs.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { wrongs.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url() !== url) wrongs.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  if (options.javaScriptEnabled !== false) {
    await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 60_000 });
  }
  return { page, wrongs };
}
