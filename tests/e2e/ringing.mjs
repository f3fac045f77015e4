// SPDX-License-Identifier: Apache-2.0
// The console page while a telephone rings: ringing.mjs PAGE_URL SCREENSHOT_DIR. Whoever runs it makes it ring after the first line and stop
// after the second. Prints one JSON line a step; exits non-zero at the first step that fails.
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const step = (name, extra = {}) => console.log(JSON.stringify({ step: name, ...extra }));

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" })).newPage();
  await page.goto(url);
  await page.getByLabel("User").fill("agent1");
  await page.getByLabel("Password").fill("demo-password");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator(".bar").waitFor();
  step("logged in");
  const pop = page.getByRole("region", { name: "Incoming call" });
  await pop.waitFor();
  await page.screenshot({ path: `${shots}/ringing.png` });
  const text = await pop.innerText();
  await pop.locator(".link").first().click();
  await page.locator(".ticket-head").waitFor();
  step("rang", { text, open: await page.locator(".ticket-head").innerText() });
  await pop.waitFor({ state: "detached" });
  step("silent");
} finally {
  await browser.close();
}
