// SPDX-License-Identifier: Apache-2.0
// Chromium for the pages' tests: one browser, contexts that are logged in, what is complained of, and what axe finds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const waitMs = 15_000;

export async function open(base, shots) {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  const complaints = [], quiet = { expectLoss: false };

  /** A page that shows the log-in. */
  async function fresh(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error" && !quiet.expectLoss) complaints.push(message.text()); });
    await page.goto(base);
    return page;
  }

  async function logIn(user, options = {}, password = "demo-password") {
    const page = await fresh(options);
    await page.getByLabel("User").fill(user);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.locator(".rail").waitFor();
    return page;
  }

  /** What axe finds serious, on the page as it is now. Evaluated over the debugger: the page's policy stays. */
  async function checked(page, name) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run());
    const bad = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(bad.map(({ id, nodes }) => [id, nodes.map((node) => `${node.target} ${node.failureSummary}`)]), [], `accessibility of ${name}`);
    await page.screenshot({ path: `${shots}/page-${name}.png` });
  }

  return { browser, complaints, quiet, fresh, logIn, checked };
}

/** By how much a page is wider than its window. */
export const wide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
