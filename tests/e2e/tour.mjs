// SPDX-License-Identifier: Apache-2.0
// The README's tour on the pages: tour.mjs BASE SCREENSHOT_DIR KEYS, where KEYS are those the README names for a ticket. Tells the runner a JSON
// line a step and waits until it did its part.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { open } from "./browser.mjs";

const [base, shots, keys] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { browser, complaints, logIn, checked } = await open(base, shots);

async function step(name, extra = {}) {
  console.log(JSON.stringify({ step: name, ...extra }));
  await lines.next();
}

async function until(holds, what) {
  for (const end = Date.now() + 15_000; !(await holds());) assert.ok(Date.now() < end, what);
}

/** Keys one after the other, as "G then B". */
async function press(page, ...sequence) {
  for (const key of sequence) await page.keyboard.press(key);
}

try {
  const page = await logIn("agent1");
  await step("write as the customer");
  await page.locator(".offer").getByText("Order 8841").waitFor();
  await press(page, "a");
  await page.getByText("I would like a refund for order 8841.").waitFor();
  await press(page, "?");
  await page.locator(".sheet kbd").first().waitFor();
  const sheet = await page.locator(".sheet kbd").allTextContents();
  for (const key of JSON.parse(keys)) assert.ok(sheet.some((one) => one.toLowerCase() === key.toLowerCase()), `${key} of the README is in the sheet of keys`);
  await press(page, "Escape", "r");
  await page.keyboard.type("It is on its way.");
  await press(page, "Control+Enter");
  await page.getByText("leaves in").waitFor();
  await press(page, "z");
  await page.getByText("took an answer back").waitFor();
  await until(async () => (await page.locator("textarea").inputValue()) === "It is on its way.", "what was taken back stands in the field");
  await page.locator("textarea").focus();
  await press(page, "Control+Enter");
  await step("wait for the answer");
  await press(page, "y");
  await page.getByRole("dialog").getByText("refunds").waitFor();
  await press(page, "Escape", "e");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await page.locator(".chip.state.resolved").waitFor();
  await step("write again");
  await page.getByText("Thank you. When?").waitFor();
  await page.getByRole("combobox", { name: "State" }).and(page.locator(":enabled")).waitFor();

  const board = await logIn("supervisor1");
  await press(board, "g", "b");
  await board.getByRole("heading", { name: "Board" }).waitFor();
  await board.getByRole("button", { name: /^Answered by Anh Nguyen today: 1$/ }).click();
  await board.getByRole("dialog").getByRole("button", { name: "Order 8841" }).waitFor();
  await press(board, "Escape", "g", "w");
  await board.locator(".wall").waitFor();
  await checked(board, "tour-wall");
  const admin = await logIn("admin");
  await press(admin, "g", "s");
  for (const part of ["People", "Macros", "Tokens", "Outbox", "Quarantine", "Policy", "Audit"]) await admin.getByRole("link", { name: part }).waitFor();
  await press(admin, "g", "m");
  await admin.getByRole("heading", { name: "Authenticator app" }).waitFor();
  console.log(JSON.stringify({ step: "done", complaints }));
} finally {
  await browser.close();
  process.stdin.destroy();  // Else it is waited for.
}
