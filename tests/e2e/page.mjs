// SPDX-License-Identifier: Apache-2.0
// Drives the console page in Chromium as an agent would: page.mjs PAGE_URL SMTP_HOST SMTP_PORT SCREENSHOT_DIR
// Prints one JSON line a step; exits non-zero at the first step that fails.
import { createConnection } from "node:net";
import { chromium } from "playwright-core";

const [url, smtpHost, smtpPort, shots] = process.argv.slice(2);
const step = (name, extra = {}) => console.log(JSON.stringify({ step: name, ...extra }));

/** A minimal SMTP client: one mail, resolves with the answer to DATA. */
function sendMail(lines) {
  return new Promise((resolve, reject) => {
    const talk = ["EHLO test.example", "MAIL FROM:<ann@customer.example>", "RCPT TO:<billing@demo.test>", "DATA", lines.join("\r\n") + "\r\n.", "QUIT"];
    const socket = createConnection(Number(smtpPort), smtpHost);
    let buffer = "", last = "";
    socket.on("data", (bytes) => {
      buffer += bytes;
      for (let at; (at = buffer.indexOf("\r\n")) >= 0; buffer = buffer.slice(at + 2)) {
        const line = buffer.slice(0, at);
        if (line[3] === "-") continue;
        if (line[0] === "4" || line[0] === "5") return reject(new Error(line));
        if (talk.length === 1) last = line;
        const next = talk.shift();
        if (next === undefined) resolve(last);
        else socket.write(next + "\r\n");
      }
    });
    socket.on("error", reject);
    socket.on("end", () => resolve(last));
  });
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" })).newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });

  await page.goto(url);
  await page.screenshot({ path: `${shots}/login.png` });
  await page.fill("input[name=user]", "agent1");
  await page.fill("input[name=password]", "demo-password");
  await page.click("button.primary");
  await page.waitForSelector(".bar");
  await page.waitForSelector(".dot.available");
  step("logged in");

  const answer = await sendMail(["From: Ann <ann@customer.example>", "To: billing@demo.test", "Subject: Refund for order 8841",
    "Message-ID: <page-1@customer.example>", "", "Hello,", "", "please refund my order 8841.", "<script>document.title = 'owned'</script>"]);
  step("mailed", { answer });

  await page.waitForSelector(".offer");
  await page.screenshot({ path: `${shots}/offer.png` });
  step("offered", { text: await page.innerText(".offer") });
  await page.click(".offer button.primary");
  await page.waitForSelector(".message.in");
  step("accepted", { text: await page.innerText(".message.in .body") });

  await page.fill("textarea", "Dear Ann, it is on its way.");
  await page.click(".composer button.primary");
  await page.waitForSelector(".message.out");
  await page.waitForSelector(".message.out .delivery.sent", { timeout: 15000 });
  await page.screenshot({ path: `${shots}/ticket.png` });
  step("answered");

  await page.setViewportSize({ width: 390, height: 800 });
  await page.screenshot({ path: `${shots}/ticket-390.png` });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.reload();
  await page.waitForSelector(".line");
  step("reloaded", { list: await page.innerText(".left nav") });
  await page.click(".line");
  await page.waitForSelector(".message.out");
  await page.keyboard.press("e");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await page.waitForSelector(".ticket-head .chip.resolved");
  step("resolved", { title: await page.title(), complaints });
} finally {
  await browser.close();
}
