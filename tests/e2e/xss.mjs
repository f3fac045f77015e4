// SPDX-License-Identifier: Apache-2.0
// Opens pages as a logged-in user and waits for their marks: xss.mjs BASE, with one JSON object on
// standard input: {token, visits: [{path, mark, visitor?}], shots}; `visitor` is a chat's token. Prints what ran or was refused:
// {"ran":[…],"refused":[…],"asked":[…],"missing":[…],"originals":N}, each with the address of its page.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const base = process.argv[2];
const { token, visits, shots } = JSON.parse(readFileSync(0, "utf8"));
const found = { ran: [], refused: [], asked: [], missing: [], originals: 0 };

/** Whether the document, or what stands in a shadow of it, has the words. */
function shows(mark) {
  const texts = [document.documentElement.textContent];
  for (const element of document.querySelectorAll("*")) if (element.shadowRoot) texts.push(element.shadowRoot.textContent);
  return texts.some((text) => text.includes(mark));
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
  await context.exposeFunction("deskwireRan", (what) => found.ran.push(what));
  await context.exposeFunction("deskwireRefused", (what) => found.refused.push(what));
  await context.addInitScript((session) => {
    sessionStorage.setItem("deskwire.token", session);
    document.addEventListener("securitypolicyviolation", (e) => window.deskwireRefused(`${location.href}: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  }, token);
  // What a mail loads from elsewhere tells its sender that it was read.
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.host !== new URL(base).host) found.asked.push(request.url());
  });
  const page = await context.newPage();
  page.on("dialog", (dialog) => { found.ran.push(`${dialog.type()} ${dialog.message()}`); dialog.dismiss(); });
  for (const [n, visit] of visits.entries()) {
    await page.goto("about:blank");
    await page.goto(base + visit.path);
    if (visit.visitor) {
      await page.evaluate(([token, base]) => localStorage.setItem(`deskwire.chat|${base}web|token`, token), [visit.visitor, `${base}/chat/`]);
      await page.reload();
      await page.locator("#deskwire-chat button").first().click();
    }
    const sees = async () => {
      for (const frame of page.frames())
        if (await frame.evaluate(shows, visit.mark).catch(() => false)) return true;
      return false;
    };
    const until = Date.now() + 5_000;
    while (!(await sees()) && Date.now() < until) await page.waitForTimeout(50);
    if (!(await sees())) found.missing.push(`${visit.path}: ${visit.mark}`);
    // A mail as its sender made it is shown on request only.
    const original = page.getByRole("button", { name: "Show original" });
    for (let shown = 1; await original.count(); shown++) {
      await original.first().click();
      await page.locator(".mail iframe:not(.hidden)").nth(shown - 1).waitFor({ timeout: 5_000 });
      found.originals++;
    }
    for (const selector of visit.looks ?? []) {
      const frames = await Promise.all(page.frames().map((frame) => frame.locator(selector).count()));
      if (!frames.some((count) => count > 0)) found.missing.push(`${visit.path}: ${selector}`);
    }
    // What hides in focus and hover runs only then.
    for (let i = 0; i < 12; i++) await page.keyboard.press("Tab");
    if (shots) await page.screenshot({ path: `${shots}/xss-${n}.png` });
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
