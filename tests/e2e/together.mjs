// SPDX-License-Identifier: Apache-2.0
// A day of two agents and a supervisor in three browsers' contexts: together.mjs BASE SCREENSHOT_DIR. A line {"ask", "of"} asks whoever
// runs it for what customers do and waits for a line of JSON as its answer. Exits non-zero at the first thing that is not as it should be.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { open, wide } from "./browser.mjs";

const [base, shots] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { browser, complaints, quiet, logIn, checked } = await open(base, shots);

async function ask(what, ...of) {
  console.log(JSON.stringify({ ask: what, of }));
  const { value, done } = await lines.next();
  assert.ok(!done, `nobody answers ${what}`);
  return JSON.parse(value);
}

// ---- Where things are on the page ----------------------------------------------------------------------------------------
const key = (page, name) => page.locator("body").press(name);
const offer = (page) => page.locator(".offer");
const composer = (page) => page.locator(".composer textarea");
const notice = (page, words) => page.locator(".notice", { hasText: words });
const line = (page, section, subject) => page.locator(".left nav section", { has: page.getByRole("heading", { name: section }) }).locator(".line", { hasText: subject });
/** Opens the row's ticket, and waits until it is the one that is shown. */
async function openLine(page, section, subject) {
  const row = line(page, section, subject), number = await row.getAttribute("data-ticket");
  await row.click();
  await page.locator(".ticket-head h1", { hasText: `#${number}` }).waitFor();
}

/** Every row of the lists, by number. */
const rows = (page) => page.locator(".line").evaluateAll((all) => all.map((row) => `#${row.dataset.ticket} ${row.querySelector(".subject").textContent}`).sort());
const state = (page) => page.getByLabel("State");
const numberOf = (page) => /#\/ticket\/(\d+)$/.exec(page.url())[1];

/** Asks until the answer is the wanted one, as long as a page may take; what it was else. */
async function becomes(read, wanted) {
  for (const end = Date.now() + 15_000; ;) {
    const got = await read();
    if (isDeepStrictEqual(got, wanted)) return;
    if (Date.now() > end) assert.deepEqual(got, wanted);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function write(page, words) {
  await composer(page).fill(words);
  await composer(page).press("Control+Enter");
}

/** By the palette: what one types, and the one of its choices that one takes. */
async function choose(page, words, choice) {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search acts and tickets" }).fill(words);
  await page.getByRole("option", { name: choice }).first().click();
}

// ---- The story -----------------------------------------------------------------------------------------------------------
const chi = await logIn("supervisor1"), anh = await logIn("agent1"), bao = await logIn("agent2");
const everyone = [["chi", chi], ["anh", anh], ["bao", bao]];
const onBoard = (name) => chi.locator(".board-table tr", { hasText: name }).first();

async function anIgnoredOfferIsTakenLater() {
  await key(chi, "g");
  await key(chi, "b");
  for (const name of ["Anh Nguyen", "Bao Tran"]) await onBoard(name).locator(".dot.available").waitFor();
  await ask("mail");
  await offer(anh).getByText("Refund for order 8841").waitFor();
  await offer(anh).waitFor({ state: "detached" });
  await onBoard("billing").getByRole("button", { name: "Waiting in billing: 1" }).click();
  await chi.getByRole("dialog").getByRole("button", { name: "Refund for order 8841" }).waitFor();
  await checked(chi, "together-drill-down");
  await chi.keyboard.press("Escape");
  assert.equal(await line(bao, "In the queues", "Refund").count(), 0, "a queue that is not one's own");
  await openLine(anh, "In the queues", "Refund");
  await anh.getByRole("button", { name: "Take it" }).click();
  await line(anh, "Mine", "Refund").waitFor();
  await key(anh, "y");
  await anh.getByRole("dialog").getByText("ignored").waitFor();
  await anh.keyboard.press("Escape");
  await onBoard("billing").getByRole("button", { name: "Waiting in billing: 0" }).waitFor();
  await onBoard("Anh Nguyen").getByText("20 %").waitFor();
}

async function anOfferIsDeclinedAndTheOtherTakesIt() {
  await key(anh, "g");
  await key(anh, "p");
  await onBoard("Anh Nguyen").locator(".dot.away").waitFor();
  await ask("text", "Tôi chưa nhận được hóa đơn đỏ");
  await offer(bao).getByText("hóa đơn đỏ").waitFor();
  await checked(bao, "together-offer");
  await key(bao, "d");
  await bao.getByRole("group", { name: "Why not?" }).getByRole("button", { name: "not my field" }).click();
  await offer(bao).waitFor({ state: "detached" });
  await onBoard("general").getByRole("button", { name: "Waiting in general: 1" }).waitFor();
  const place = () => line(anh, "Mine", "Refund").evaluate((row) => row.getBoundingClientRect().top), before = await place();
  await key(anh, "g");
  await key(anh, "a");
  await offer(anh).waitFor();
  assert.equal(await place(), before, "an offer lies over the list and moves nothing");
  await key(anh, "a");
  await anh.locator(".message.in", { hasText: "hóa đơn đỏ" }).waitFor();
  await offer(anh).waitFor({ state: "detached" });
  await anh.locator(".system", { hasText: "Anh Nguyen accepted it" }).waitFor();
  await onBoard("Anh Nguyen").getByText("53 %").waitFor();
  await key(anh, "y");
  await anh.getByRole("dialog").getByText("declined (not my field)").waitFor();
  await anh.keyboard.press("Escape");
}

async function anAnswerIsTakenBackAndColleaguesMeet() {
  const number = numberOf(anh);
  await key(anh, "r");
  await write(anh, "Chào chị, mai em gửi.");
  await anh.locator(".undo").waitFor();
  await checked(anh, "together-undo");
  await key(anh, "z");
  await anh.locator(".undo").waitFor({ state: "detached" });
  await becomes(() => composer(anh).inputValue(), "Chào chị, mai em gửi.");
  assert.equal(await anh.locator(".message.out").count(), 0, "what was taken back is not there");

  await choose(bao, number, `Open #${number}`);
  await bao.locator(".here", { hasText: "Anh Nguyen is writing" }).waitFor();
  await anh.locator(".here", { hasText: "Bao Tran is here" }).waitFor();
  await key(bao, "n");
  await write(bao, "The red invoice left on Monday.");
  await anh.locator(".meanwhile").waitFor();
  await checked(anh, "together-meanwhile");
  await composer(anh).press("Control+Enter");
  await notice(anh, "Somebody wrote meanwhile").waitFor();
  assert.equal(await anh.locator(".message.out").count(), 0, "what crosses a colleague's words is not sent");
  await anh.getByRole("button", { name: "I have read it" }).click();
  await write(anh, "Chào chị, hóa đơn đã gửi thứ hai.");
  await anh.locator(".message.out .delivery.sent").waitFor();
  assert.deepEqual(await ask("texts", 1), ["Chào chị, hóa đơn đã gửi thứ hai."], "and never what was taken back");
  await bao.keyboard.press("Escape");
  await key(bao, "u");
  await anh.locator(".here").waitFor({ state: "detached" });
}

async function aSnoozeEndsWhenTheCustomerWrites() {
  await key(anh, "s");
  await checked(anh, "together-snooze");
  await anh.getByRole("dialog").getByRole("button", { name: "In three hours" }).click();
  await line(anh, "Snoozed", "hóa đơn").waitFor();
  await onBoard("Anh Nguyen").getByText("20 %").waitFor();
  await key(anh, "u");
  await ask("text", "Cảm ơn, còn đơn thứ hai?");
  await line(anh, "Mine", "hóa đơn").waitFor();
  assert.equal(await line(anh, "Snoozed", "hóa đơn").count(), 0);
  await anh.locator(".unread", { hasText: "hóa đơn" }).waitFor();
}

async function aChatIsHandedOverWithANote() {
  await key(anh, "g");
  await key(anh, "p");
  await onBoard("Anh Nguyen").locator(".dot.away").waitFor();
  await ask("visit", "您好，我想申请退款");
  await offer(bao).waitFor();
  await key(bao, "a");
  await bao.locator(".message.in", { hasText: "申请退款" }).waitFor();
  await key(bao, "r");
  await write(bao, "请稍等。");
  await ask("told", "请稍等。");
  await key(anh, "g");
  await key(anh, "a");
  await bao.keyboard.press("Escape");
  await key(bao, "t");
  await bao.getByRole("dialog").getByRole("combobox").selectOption({ label: "Anh Nguyen — available, 53 % busy" });
  await bao.getByLabel("Note for them").fill("She wants her money back; I cannot do that.");
  await checked(bao, "together-transfer");
  await bao.getByRole("dialog").getByRole("button", { name: "Transfer" }).click();
  await openLine(anh, "Mine", "退款");
  await anh.locator(".message.note", { hasText: "She wants her money back" }).waitFor();
  await anh.locator(".system", { hasText: "Bao Tran gave it to Anh Nguyen" }).waitFor();
  assert.equal(await line(bao, "Mine", "退款").count(), 0);
  await onBoard("Anh Nguyen").getByText("86 %").waitFor();
}

async function aCallIsWrittenDownAndSomebodyIsCalledByName() {
  await ask("call", "ringing", "agent2");
  const pop = bao.getByRole("region", { name: "Incoming call" });
  await pop.getByText("1 open").waitFor();
  await checked(bao, "together-call");
  const number = await ask("call", "answered", "agent2");
  await pop.waitFor({ state: "detached" });
  await onBoard("Bao Tran").getByText("100 %").waitFor();
  await openLine(bao, "Mine", `#${number}`);
  await key(bao, "n");
  await composer(bao).pressSequentially("Wants both invoices. @agent");
  await bao.getByRole("option", { name: /@agent1/ }).waitFor();
  await checked(bao, "together-mention");
  await bao.keyboard.press("Enter");
  await bao.keyboard.type("please look.");
  await bao.keyboard.press("Control+Enter");
  await bao.locator(".message.note .mention", { hasText: "@agent1" }).waitFor();
  await notice(anh, `Bao Tran calls you in #${number}`).waitFor();
  await ask("call", "ended");
  return number;
}

async function aMatterIsHeldTaggedAndAnsweredFromAMacro() {
  await anh.getByRole("button", { name: "Dismiss" }).click();
  await openLine(anh, "Mine", "Refund");
  await anh.getByRole("log").getByText("please refund").waitFor();
  await key(anh, "h");
  await line(anh, "Pending and on hold", "Refund").waitFor();
  assert.equal(await state(anh).inputValue(), "on_hold");
  await key(anh, "l");
  await anh.getByLabel("A tag").fill("Wet parcel");
  await anh.keyboard.press("Enter");
  await anh.locator(".chip.tag", { hasText: "wet-parcel" }).waitFor();
  await key(anh, "/");
  await anh.getByRole("combobox", { name: "Search macros" }).fill("on its");
  await anh.getByRole("option", { name: "On its way", selected: true }).waitFor();
  await anh.keyboard.press("Enter");
  const words = `Dear Ann,\nyour money is on its way (#${numberOf(anh)}).`;
  await becomes(() => composer(anh).inputValue(), words);
  await anh.locator(".chip.tag", { hasText: "paid-back" }).waitFor();
  await checked(anh, "together-macro");
  await composer(anh).press("Control+Enter");
  await anh.locator(".message.out .delivery.sent").waitFor();
  await becomes(() => state(anh).inputValue(), "pending");
}

async function everythingIsFoundInThreeLanguages() {
  for (const [words, choice, shown] of [["cardboard", /Refund for order 8841/, "cardboard"], ["hoa don do", /hóa đơn đỏ/, "hóa đơn đỏ"], ["申请退款", /退款/, "申请退款"]]) {
    await anh.keyboard.press("Control+k");
    await anh.getByRole("combobox", { name: "Search acts and tickets" }).fill(words);
    const hit = anh.getByRole("option", { name: choice }).first();
    await hit.waitFor();
    if (words === "hoa don do") await checked(anh, "together-search");
    await hit.click();
    await anh.locator(".message.in", { hasText: shown }).waitFor();
  }
}

async function theSupervisorTakesACallsMatterOver(number) {
  await onBoard("Bao Tran").getByRole("button", { name: /^Bao Tran: / }).click();
  const drawer = chi.getByRole("dialog");
  await drawer.getByText(`#${number}`, { exact: true }).waitFor();
  await checked(chi, "together-taken-over");
  await drawer.getByRole("button", { name: "Take over" }).click();
  await drawer.getByText("None.", { exact: true }).waitFor();
  await chi.keyboard.press("Escape");
  await onBoard("Bao Tran").getByText("0 %", { exact: true }).waitFor();
  await line(bao, "Mine", `#${number}`).waitFor({ state: "detached" });
  await key(chi, "g");
  await key(chi, "d");
  await line(chi, "Mine", `#${number}`).waitFor();
}

async function theDeskIsRestartedAndNothingIsLost() {
  await openLine(anh, "Mine", "退款");
  await key(anh, "r");
  await composer(anh).pressSequentially("退款已经");
  const before = await Promise.all(everyone.map(([, page]) => rows(page)));
  const said = await anh.locator(".message .body").allInnerTexts();
  quiet.expectLoss = true;
  const lost = Promise.all(everyone.map(([, page]) => page.locator(".notice.lost").waitFor({ timeout: 60_000 })));
  await ask("restart", "Còn ai ở đó không?");
  await lost;
  for (const [, page] of everyone) await page.locator(".notice.lost").waitFor({ state: "detached", timeout: 60_000 });
  quiet.expectLoss = false;
  await becomes(() => Promise.all(everyone.map(([, page]) => rows(page))), before);
  await anh.locator(".unread", { hasText: "hóa đơn" }).waitFor();
  assert.equal(await composer(anh).inputValue(), "退款已经");
  await ask("visit_again", "谢谢");
  await anh.locator(".message.in", { hasText: "谢谢" }).waitFor();
  assert.deepEqual((await anh.locator(".message .body").allInnerTexts()).slice(0, -1), said);
  await anh.reload();
  await anh.locator(".message.in", { hasText: "谢谢" }).waitFor();
  assert.equal(await composer(anh).inputValue(), "退款已经", "what was begun is kept over a reload");
  await becomes(() => rows(anh), before[1]);
}

async function everySizeAndColourIsReadable() {
  const ticket = anh.url();
  for (const colorScheme of ["light", "dark"])
    for (const [width, height] of [[1440, 900], [390, 844]])
      for (const [page, where, name, there] of [[anh, ticket, "ticket", ".message.in"], [anh, `${base}#/`, "list", ".line"], [chi, `${base}#/board`, "board", ".board-table"]]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.goto(where);
        await page.locator(there).first().waitFor();
        await checked(page, `together-${name}-${width}-${colorScheme}`);
        assert.equal(await wide(page), 0, `${name} at ${width} px scrolls sideways`);
      }
}

try {
  await anIgnoredOfferIsTakenLater();
  await anOfferIsDeclinedAndTheOtherTakesIt();
  await anAnswerIsTakenBackAndColleaguesMeet();
  await aSnoozeEndsWhenTheCustomerWrites();
  await aChatIsHandedOverWithANote();
  const call = await aCallIsWrittenDownAndSomebodyIsCalledByName();
  await aMatterIsHeldTaggedAndAnsweredFromAMacro();
  await everythingIsFoundInThreeLanguages();
  await theSupervisorTakesACallsMatterOver(call);
  await theDeskIsRestartedAndNothingIsLost();
  await everySizeAndColourIsReadable();
  console.log(JSON.stringify({ complaints }));
} catch (error) {
  for (const [name, page] of everyone) await page.screenshot({ path: `${shots}/together-failed-${name}.png` });
  throw error;
} finally {
  await browser.close();
  process.stdin.destroy();  // Else it is waited for.
}
