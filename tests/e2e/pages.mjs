// SPDX-License-Identifier: Apache-2.0
// The console's pages in Chromium: pages.mjs BASE SCREENSHOT_DIR. Whoever runs it reads a JSON line a step and answers with a line when it
// has done its part ("mailed", "restarted"). Exits non-zero at the first step that fails.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { open, wide } from "./browser.mjs";

const [base, shots] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { browser, complaints, quiet, logIn, checked } = await open(base, shots);

/** Tells the runner, and waits until it did what the step asks for. */
async function step(name, extra = {}, answered = false) {
  console.log(JSON.stringify({ step: name, ...extra }));
  if (answered) await lines.next();
}

try {
  // ---- A supervisor watches; an agent works by keys alone ---------------------------------------------------------------
  const board = await logIn("supervisor1");
  await board.keyboard.press("g");
  await board.keyboard.press("b");
  const billing = board.locator(".board-table tr", { hasText: "billing" }).first();
  await billing.getByRole("button", { name: "Waiting in billing: 0" }).waitFor();
  await step("mail", {}, true);
  await billing.getByRole("button", { name: "Waiting in billing: 1" }).waitFor();
  await checked(board, "board");
  await billing.getByRole("button", { name: "Waiting in billing" }).click();
  await board.getByRole("dialog").getByRole("button", { name: "Refund for order 8841" }).waitFor();
  await board.keyboard.press("Escape");

  const page = await logIn("agent1");
  const anh = board.locator(".board-table tr", { hasText: "Anh Nguyen" });
  await anh.locator(".dot.available").waitFor();
  await page.locator(".offer").waitFor();
  await checked(page, "offer");
  await page.locator("body").press("d");
  await page.getByRole("group", { name: "Why not?" }).waitFor();
  // The ring goes on; where one stands stays.
  const back = page.getByRole("button", { name: "Back" }), left = await page.locator(".countdown").first().textContent();
  await back.focus();
  await page.locator(".countdown").first().filter({ hasNotText: left }).waitFor();
  assert.equal(await back.evaluate((button) => button === document.activeElement), true, "the countdown takes no focus");
  await back.press("Enter");
  await page.locator("body").press("a");
  await page.getByRole("log").getByText("please refund").waitFor();
  assert.match(page.url(), /#\/ticket\/\d+$/);
  const priority = page.getByLabel("Priority");
  await priority.press("ArrowDown");
  assert.equal(await priority.inputValue(), "high", "an arrow opens the choice and changes nothing");
  await page.keyboard.press("Escape");
  await priority.evaluate((select) => select.blur());
  await anh.getByText("20 %").waitFor();
  await page.locator("body").press("r");
  await page.keyboard.type("Dear Ann, it is on");
  await step("customer writes", {}, true);
  await page.locator(".meanwhile").waitFor();
  await checked(page, "meanwhile");
  await page.locator("textarea").press("Control+Enter");
  await page.locator(".notice", { hasText: /customer|changed|wrote/i }).waitFor();
  assert.equal(await page.locator(".message.out").count(), 0, "what crosses a customer's message is not sent");
  await page.getByRole("button", { name: "I have read it" }).click();

  // ---- The desk goes and comes back: nothing typed is lost, no row is missing ------------------------------------------
  quiet.expectLoss = true;
  await step("restart", {}, true);
  await page.locator(".notice.lost").waitFor({ state: "detached", timeout: 60_000 });
  quiet.expectLoss = false;
  assert.equal(await page.locator("textarea").inputValue(), "Dear Ann, it is on");
  await page.locator("textarea").focus();
  await page.keyboard.press("End");
  await page.keyboard.type(" its way.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message.out .delivery.sent").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("body").press("n");
  await page.keyboard.type("Depot called.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message.note").waitFor();
  await page.keyboard.press("Escape");
  await step("answered", { texts: await page.locator(".message .body").allInnerTexts() });

  // ---- What one may change ----------------------------------------------------------------------------------------------
  await page.getByLabel("Priority").selectOption("urgent");
  await page.locator("body").press("y");
  await page.getByRole("dialog").getByText("The rule refunds put it into billing.").waitFor();
  await checked(page, "why");
  await page.keyboard.press("Escape");
  await page.locator("body").press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await checked(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("resolve");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: /Resolve/ }).getByRole("combobox").fill("refunded");
  await page.keyboard.press("Enter");
  await page.locator(".ticket-head .chip.resolved").waitFor();

  // ---- The supervisor acts -----------------------------------------------------------------------------------------------
  await board.reload();
  await anh.locator(".presence-of").click();
  await board.getByRole("button", { name: "Set away" }).click();
  await anh.locator(".dot.away").waitFor();
  await page.locator(".dot.away").first().waitFor();
  await page.getByText("You are away: set by a supervisor.").waitFor();

  // ---- A new ticket is to nobody in particular, and Escape alone loses nothing of it --------------------------------------
  await page.locator("body").press("c");
  const begun = page.getByRole("dialog", { name: "New ticket" });
  assert.match(await begun.getByLabel("To").inputValue(), /@/, "the customer before one's eyes is proposed");
  await page.keyboard.press("Escape");
  await begun.waitFor({ state: "detached" });
  await page.locator("body").press("u");
  await page.locator("body").press("c");
  assert.equal(await begun.getByLabel("To").inputValue(), "", "no ticket is open, so nobody is");
  await begun.getByLabel("Message").fill("Half a thought");
  await page.keyboard.press("Escape");
  await begun.getByText("Escape once more").waitFor();
  assert.equal(await begun.getByLabel("Message").inputValue(), "Half a thought");
  await page.keyboard.press("Escape");
  await begun.waitFor({ state: "detached" });
  await page.goBack();

  // ---- On a telephone the customer is a page of their own ------------------------------------------------------------------
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Customer" }).click();
  await page.getByRole("complementary", { name: "Customer" }).getByText("Other tickets").waitFor();
  await page.getByRole("button", { name: "Back to the ticket" }).click();
  await page.locator(".composer").waitFor();
  await page.setViewportSize({ width: 1440, height: 900 });

  // ---- Sizes and colours -------------------------------------------------------------------------------------------------
  const at = page.url();
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[1440, 900], [1100, 800], [390, 844]]) {
      for (const [who, where, name] of [[page, at, "ticket"], [page, `${base}#/`, "list"], [board, `${base}#/board`, "board"], [board, `${base}#/wall`, "wall"]]) {
        await who.emulateMedia({ colorScheme });
        await who.setViewportSize({ width, height });
        await who.goto(where);
        await who.locator(name === "ticket" ? ".message.out" : name === "list" ? ".left nav" : ".board-table").first().waitFor();
        await checked(who, `${name}-${width}-${colorScheme}`);
        assert.equal(await wide(who), 0, `${name} at ${width} px scrolls sideways`);
      }
    }
  }
  await step("done", { complaints });
} finally {
  await browser.close();
  process.stdin.destroy();  // Else it is waited for.
}
