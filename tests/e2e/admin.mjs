// SPDX-License-Identifier: Apache-2.0
// An admin's day in Chromium: admin.mjs BASE SCREENSHOT_DIR. Prints a JSON line a step; exits non-zero at the first that fails.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { open, wide } from "./browser.mjs";

const [base, shots] = process.argv.slice(2);
const { browser, complaints, quiet, fresh, logIn, checked } = await open(base, shots);

/** RFC 6238, of the 30 seconds that are `steps` from now. */
function totp(secret, steps) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))), counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

try {
  const page = await logIn("admin");
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.getByRole("heading", { name: "People" }).waitFor();

  // ---- Somebody new, who logs in --------------------------------------------------------------------------------------
  await page.getByRole("button", { name: "Add somebody" }).click();
  await page.getByLabel("Log-in name").fill("eve");
  await page.getByLabel("Name, as others see it").fill("Eve Lee");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Save" }).click();
  assert.ok(await page.getByRole("dialog").isVisible(), "a short password is not taken");
  await page.getByLabel("Password").fill("long enough");
  await page.getByLabel("general").check();
  await page.getByLabel("vietnamese").selectOption("3");
  await checked(page, "admin-new");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /Eve Lee.*vietnamese 3/ }).waitFor();
  const eve = await logIn("eve", {}, "long enough");
  await eve.getByText("Nothing is yours.").waitFor();
  console.log(JSON.stringify({ step: "added" }));

  // ---- Her second factor ------------------------------------------------------------------------------------------------
  await eve.getByRole("link", { name: "You" }).click();
  await eve.getByRole("button", { name: "Set it up" }).click();
  const secret = (await eve.locator(".secret").textContent()).replaceAll(" ", "");
  await eve.getByLabel("The code it shows now").fill(totp(secret, -1));
  await eve.getByRole("button", { name: "Turn it on" }).click();
  await eve.locator(".recovery li").nth(7).waitFor();
  await checked(eve, "me");
  const again = await fresh();
  quiet.expectLoss = true;  // The browser tells of each 401.
  await again.getByLabel("User").fill("eve");
  await again.getByLabel("Password").fill("long enough");
  await again.keyboard.press("Enter");
  await again.getByLabel("Code of your app").fill(totp(secret, 0));
  await again.keyboard.press("Enter");
  await again.locator(".rail").waitFor();
  quiet.expectLoss = false;
  await eve.getByRole("button", { name: "I have kept them" }).click();
  await eve.reload();
  await eve.getByRole("button", { name: "End it" }).click();
  await again.getByText("Your session has ended.").waitFor();
  console.log(JSON.stringify({ step: "second factor" }));

  // ---- Macros, tokens, policy, the rest -----------------------------------------------------------------------------------
  await page.getByRole("link", { name: "Macros" }).click();
  await page.getByRole("row", { name: /^Received/ }).waitFor();
  await page.getByRole("button", { name: "New macro" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Parcel found");
  await page.getByRole("textbox", { name: "Text" }).fill("Dear {{customer.frist_name}}, it is on its way.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText(/frist_name/).waitFor();
  await page.getByRole("textbox", { name: "Text" }).fill("Dear {{customer.first_name}}, it is on its way.");
  await page.getByLabel("Then the ticket is").selectOption("pending");
  await page.getByLabel("Tags it gets").fill("Lost parcel");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /Parcel found.*pending, \+lost, \+parcel/ }).waitFor();

  await page.getByRole("link", { name: "Tokens" }).click();
  await page.getByText("None. With a token").waitFor();
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("What will use it").fill("billing");
  await page.getByRole("button", { name: "Make it" }).click();
  const token = await page.locator(".secret").textContent();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /billing/ }).waitFor();
  assert.equal((await fetch(`${base}api/v1/tickets`, { headers: { Authorization: `Bearer ${token}` } })).status, 200);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Really revoke?" }).click();
  await page.getByText("None. With a token").waitFor();
  assert.equal((await fetch(`${base}api/v1/tickets`, { headers: { Authorization: `Bearer ${token}` } })).status, 401);

  await page.getByRole("link", { name: "Policy" }).click();
  const text = await page.locator("pre.policy").textContent();
  assert.ok(text.includes("queues:") && !text.includes("demo-password"), "the policy without its secrets");
  await page.getByLabel("Paste the file here").fill(text.replace("default_queue: general", "default_queue: nowhere"));
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("alert").getByText(/Line \d+/).first().waitFor();
  // What was blanked has to be something again; then the text loads, and a rule behind another is only warned of.
  const whole = text.replaceAll("***", "whsec_ZGVtby1jdGktc2VjcmV0");
  await page.getByLabel("Paste the file here").fill(whole.replace("  rules:\n", "  rules:\n  - {name: all, when: 'true', queue: general}\n"));
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("list", { name: "Warnings" }).getByText(/Line \d+, column \d+.*never reached: "all"/).first().waitFor();
  await checked(page, "admin-policy");
  for (const part of ["Outbox", "Quarantine", "Audit"]) {
    await page.getByRole("link", { name: part }).click();
    await page.getByRole("heading", { name: part }).waitFor();
    await checked(page, `admin-${part.toLowerCase()}`);
  }
  await page.getByRole("row", { name: /admin put agent/ }).first().waitFor();
  console.log(JSON.stringify({ step: "parts" }));

  for (const colorScheme of ["light", "dark"])
    for (const width of [1440, 1100, 390]) {
      const other = await logIn("admin", { viewport: { width, height: 850 }, colorScheme });
      await other.goto(`${base}#/admin/people`);
      await other.getByRole("heading", { name: "People" }).waitFor();
      await other.locator(".board-table.cards").waitFor();
      await checked(other, `admin-people-${width}-${colorScheme}`);
      assert.ok(await wide(other) <= 0, `people at ${width} px`);
      await other.context().close();
    }
  const supervisor = await logIn("supervisor1");
  await supervisor.goto(`${base}#/admin/policy`);
  await supervisor.getByRole("heading", { name: "People" }).waitFor();
  assert.equal(await supervisor.getByRole("button", { name: "Add somebody" }).count(), 0, "a supervisor only looks");
  console.log(JSON.stringify({ step: "done", complaints }));
} finally {
  await browser.close();
}
