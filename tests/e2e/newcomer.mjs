// SPDX-License-Identifier: Apache-2.0
// Somebody who has never seen the page answers a ticket: newcomer.mjs BASE SCREENSHOT_DIR. By the pointer alone, on what stands in the window
// and says in words what it does. What a person needs for it is reckoned by the keystroke-level model (Card, Moran, Newell 1983).
import assert from "node:assert/strict";
import { open } from "./browser.mjs";

const [base, shots] = process.argv.slice(2);
const { browser, complaints, fresh } = await open(base, shots);

// Seconds: a key of somebody who types slowly, a pointed click, thinking before an act, reading a screen that is new.
const key = 0.5, click = 1.3, think = 1.35, read = 5;
const answer = "Hello Ann, your parcel is on its way and will be with you tomorrow. Kind regards, Anh";

for (const [name, options] of [["desk", {}], ["telephone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }]]) {
  const page = await fresh(options), acts = [];
  let seconds = 0;
  const looksAt = () => { seconds += read; };

  /** In the window as it is, not behind another element; nothing is scrolled for it. */
  async function press(target) {
    await target.waitFor();
    const box = await target.boundingBox(), window = page.viewportSize();
    const label = (await target.innerText()).trim();
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= window.width && box.y + box.height <= window.height, `${label} is in the window of the ${name}`);
    assert.ok(Math.min(box.width, box.height) >= 24, `${label} is large enough to hit`);
    const at = [box.x + box.width / 2, box.y + box.height / 2];
    await (options.hasTouch ? page.touchscreen.tap(...at) : page.mouse.click(...at));
    seconds += think + click;
    acts.push(label.split("\n")[0]);
  }
  async function write(target, text) {
    await press(target);
    await page.keyboard.type(text);
    seconds += text.length * key;
  }

  looksAt();
  await write(page.getByLabel("User name"), "agent1");
  await write(page.getByLabel("Password"), "demo-password");
  await press(page.getByRole("button", { name: "Log in" }));
  looksAt();
  await press(page.getByRole("button", { name: /^Accept/ }).first());
  await page.getByRole("log").getByText("Where is my parcel?").first().waitFor();
  looksAt();
  await write(page.getByPlaceholder("Write your answer"), answer);
  await press(page.getByRole("button", { name: "Send" }));
  await page.getByRole("log").getByText("will be with you tomorrow").waitFor();
  looksAt();
  await press(page.getByRole("button", { name: /^Resolve/ }));
  looksAt();
  await press(page.getByRole("dialog").getByRole("button", { name: "Resolve" }));
  await page.locator(".chip.resolved").first().waitFor({ state: "attached" });
  await page.screenshot({ path: `${shots}/newcomer-${name}.png` });
  console.log(JSON.stringify({ name, acts, seconds: Math.round(seconds) }));
  assert.ok(seconds < 120, `${seconds} s`);
  assert.deepEqual(complaints, []);
  await page.context().close();
}
await browser.close();
