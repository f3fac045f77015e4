// SPDX-License-Identifier: Apache-2.0
// Drives the chat widget in Chromium on a page of another origin: widget.mjs DESK_URL SHOTS_DIR [--mock] [--host-port N]
// With --mock the desk is chat_mock.mjs and DESK_URL is not used ("-"). Against a real desk, `localhost:N` must be an allowed
// origin of channel `web`, and the steps that need control of the desk are left out. Prints one JSON line a step; exits
// non-zero at the first step that fails.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { WebSocket } from "ws";
import { startMock } from "./chat_mock.mjs";

const waitMs = 20000;
const step = (name, extra = {}) => console.log(JSON.stringify({ step: name, ...extra }));

/** Answers on the console socket as agent1: the newest chat, which is taken first if it still waits. */
export async function agentAnswers(deskUrl, text) {
  const socket = new WebSocket(`${deskUrl.replace(/^http/, "ws")}/console`, "deskwire.console.v1"), waiting = new Map();
  let id = 0;
  await new Promise((done, failed) => socket.on("open", done).on("error", failed));
  socket.on("message", (bytes) => {
    const frame = JSON.parse(bytes);
    if (waiting.has(frame.id)) waiting.get(frame.id)(frame);
  });
  const call = (method, params) => new Promise((done, failed) => {
    waiting.set(++id, ({ error, result }) => (error ? failed(new Error(`${method}: ${JSON.stringify(error)}`)) : done(result)));
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  });
  await call("session.login", { user: "agent1", password: "demo-password" });
  const newest = (await call("ticket.list", { limit: 50 })).items.filter(({ channel, state }) => channel === "chat" && ["queued", "assigned"].includes(state))
    .sort((a, b) => b.id - a.id)[0];
  if (newest.state === "queued") await call("ticket.claim", { ticket: newest.id });
  await call("ticket.reply", { ticket: newest.id, client_id: crypto.randomUUID(), text });
  await call("ticket.read", { ticket: newest.id });
  socket.close();
}

/** A shop whose styles mean harm and whose policy allows nothing but the desk. */
async function hostPage(deskUrl, port) {
  const hostile = `* { font: italic 40px fantasy !important; color: red !important; letter-spacing: 8px !important; margin: 30px !important; } body { transform: rotate(2deg); }
    html { font-size: 62.5%; } #deskwire-chat, html > div { display: none !important; opacity: .1 !important; position: static !important; visibility: hidden !important; pointer-events: none !important; zoom: 3; }
    button, textarea, input { display: none !important; } :root { --paper: red; --ink: red; --accent: lime; } body { height: 1600px; }`;
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://host");
    if (url.pathname === "/host.css") return response.writeHead(200, { "Content-Type": "text/css" }).end(hostile);
    if (url.pathname !== "/") return response.writeHead(204).end();
    const data = [...url.searchParams].map(([name, value]) => ` data-${name}="${value}"`).join("");
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy":
      `default-src 'none'; style-src 'self'; img-src 'self'; script-src ${deskUrl}; connect-src ${deskUrl} ${deskUrl.replace(/^http/, "ws")}; require-trusted-types-for 'script'; trusted-types 'none'` });
    response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title><link rel="stylesheet" href="/host.css">
      <script src="${deskUrl}/chat/widget.js" data-channel="web"${data} async></script><h1>Shop</h1><p>Words.</p></html>`);
  });
  await new Promise((done) => server.listen(port, "localhost", done));
  return { url: `http://localhost:${server.address().port}/`, stop: () => server.close() };
}

async function main() {
  const args = process.argv.slice(2), mocked = args.includes("--mock");
  const portAt = args.indexOf("--host-port"), hostPort = portAt >= 0 ? Number(args.splice(portAt, 2)[1]) : 0;
  const [given, shots = "."] = args.filter((arg) => !arg.startsWith("--"));
  mkdirSync(shots, { recursive: true });
  const mock = mocked ? await startMock() : null, deskUrl = mock?.url ?? given.replace(/\/$/, "");
  const host = await hostPage(deskUrl, hostPort);
  const say = (text) => (mock ? mock.control("say", { text }) : agentAnswers(deskUrl, text));
  const about = () => mock.control("about");
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const complaints = [];
  let expectLoss = false;

  async function visit(options = {}, query = "") {
    const context = await browser.newContext({ viewport: { width: 1000, height: 740 }, locale: "en-GB", timezoneId: "Asia/Ho_Chi_Minh", reducedMotion: "reduce", ...options });
    return open(context, query);
  }
  async function open(context, query = "", url = host.url) {
    const page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      const lost = expectLoss && /WebSocket|ERR_(CONNECTION|INTERNET|NETWORK)/.test(message.text());
      if (message.type() === "error" && !lost && !/503|413/.test(message.text())) complaints.push(message.text());
    });
    await page.goto(url + query);
    await page.waitForSelector(".launcher");
    return page;
  }
  const shot = (page, name) => page.screenshot({ path: `${shots}/widget-${name}.png` });
  const bubbles = (page) => page.locator(".bubble").allInnerTexts();
  const until = async (ask, what) => {
    for (const end = Date.now() + waitMs; ; await new Promise((done) => setTimeout(done, 50))) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) throw new Error(`waited for ${what}`);
    }
  };
  const has = (page, text) => until(async () => (await bubbles(page)).some((one) => one.includes(text)), `“${text}” in the transcript`);
  const write = async (page, text) => { await page.fill(".composer textarea", text); await page.keyboard.press("Enter"); await has(page, text); };
  /** axe on the widget alone: it sees into open shadow roots, the page around is not ours. Evaluated over the debugger, the page's policy stays. */
  async function checked(page, name) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run("#deskwire-chat"));
    const bad = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(bad.map(({ id, nodes }) => [id, nodes.map((node) => `${node.target} ${node.failureSummary}`)]), [], `accessibility of ${name}`);
    assert.ok(found.passes.some(({ id, nodes }) => id === "button-name" && nodes.length > 1), "axe looks inside");
    return found.violations.map(({ id, impact }) => `${id} ${impact}`);
  }
  const focused = (page) => page.evaluate(() => { const inside = document.querySelector("#deskwire-chat").shadowRoot.activeElement; return inside ? inside.className || inside.name : null; });

  try {
    // ---- A stranger opens it by keyboard -------------------------------------------------------------------------------
    const page = await visit();
    const before = await page.evaluate(() => { const { width, height } = document.body.getBoundingClientRect(); return { width, height, scroll: document.documentElement.scrollWidth }; });
    const launcher = await page.locator(".launcher").boundingBox();
    assert.deepEqual([launcher.width, launcher.height], [56, 56], "the page's styles do not reach the button");
    await shot(page, "button");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "launcher");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".panel .hello");
    const box = await page.locator(".panel").boundingBox();
    assert.deepEqual([box.width, box.height], [380, 600]);
    assert.deepEqual(await page.evaluate(() => { const { width, height } = document.body.getBoundingClientRect(); return { width, height, scroll: document.documentElement.scrollWidth }; }), before, "the page did not move");
    if (mock) assert.equal((await about()).sockets, 0, "who says nothing is no visitor");
    step("opened", { axe: await checked(page, "the opened panel"), greeting: await page.innerText(".hello") });
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), "launcher", "focus returns");
    await page.keyboard.press("Enter");

    // ---- Pre-chat and the first message --------------------------------------------------------------------------------
    if (await page.locator("input[name=email]").count()) {
      await until(async () => (await focused(page)) === "name", "focus in the first field");
      await shot(page, "prechat");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".error:not([hidden])");
      await page.fill("input[name=email]", "ann@");
      await shot(page, "prechat-errors");
      await checked(page, "the pre-chat form with errors");
      await page.fill("input[name=name]", "Ann");
      await page.fill("input[name=email]", "ann@customer.example");
      await page.fill("textarea[name=text]", "Hello, where is my order 8841?");
      await page.click(".form .primary");
    } else await page.fill(".composer textarea", "Hello, where is my order 8841?").then(() => page.keyboard.press("Enter"));
    await has(page, "order 8841");
    await page.waitForSelector(mock ? ".mark.delivered" : ".mark.sent, .mark.delivered, .mark.seen");
    if (mock) {
      assert.deepEqual([(await about()).name, (await about()).email], ["Ann", "ann@customer.example"]);
      await mock.control("state", { waiting: { position: 3, wait_p50_s: 130, wait_p90_s: 230 } });
      await page.waitForSelector("text=You are number 3 in line, about 2–4 min");
      await shot(page, "waiting");
      await checked(page, "waiting");
    }
    step("sent");

    // ---- The agent ----------------------------------------------------------------------------------------------------
    if (mock) {
      await mock.control("state", { waiting: null, agent: { name: "Linh" }, agent_typing: true });
      await page.waitForSelector("text=Linh is typing");
      await shot(page, "typing");
      await mock.control("seen");
      await page.waitForSelector(".mark.seen");
    }
    await say("Hi Ann, one moment. It left on Monday: https://parcel.example/track?id=8841&x=(1). <b>not bold</b> javascript:alert(1)");
    await has(page, "one moment");
    const links = await page.locator(".bubble a").evaluateAll((all) => all.map(({ href, rel, target }) => ({ href, rel, target })));
    assert.deepEqual(links, [{ href: "https://parcel.example/track?id=8841&x=(1)", rel: "noopener noreferrer nofollow", target: "_blank" }]);
    assert.ok((await bubbles(page)).some((text) => text.includes("<b>not bold</b>")), "markup is text");
    await page.locator(".composer textarea").pressSequentially("Thank");
    if (mock) {
      await until(async () => (await about()).typing, "our typing");
      await until(async () => (await about()).read === 2, "the answer being read");
      assert.equal((await about()).received, 2);
    }
    await page.locator(".composer textarea").pressSequentially("s!\n");
    await has(page, "Thanks!");
    await shot(page, "talk");
    step("answered", { axe: await checked(page, "a conversation") });

    // ---- Unread -------------------------------------------------------------------------------------------------------
    await page.keyboard.press("Escape");
    await say("Is there anything else?");
    await page.waitForSelector(".badge:not([hidden])");
    await until(async () => (await page.title()) === "(1) Shop", "the number in the title");
    await shot(page, "badge");
    await page.click(".launcher");
    await until(async () => (await page.title()) === "Shop", "the title being given back");
    step("unread");

    // ---- Files --------------------------------------------------------------------------------------------------------
    const network = await page.context().newCDPSession(page);
    const slow = (bytesPerS) => network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerS });
    await network.send("Network.enable");
    await slow(400_000);
    await page.setInputFiles("input[type=file]", { name: "photo of the parcel as it arrived on Monday.png", mimeType: "image/png", buffer: await picture(page) });
    await page.waitForSelector(".up .state:not(:empty)");
    await page.setInputFiles("input[type=file]", [{ name: "video.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(3_000_000) }, { name: "too-large.zip", mimeType: "application/zip", buffer: Buffer.alloc(mock ? 6_000_000 : 40_000_000) }]);
    const percent = await until(async () => { const part = Number((/(\d+) %/.exec(await page.innerText(".tray")) ?? [])[1] ?? 0); return part > 5 && part; }, "progress");
    await shot(page, "upload");
    await checked(page, "an upload");
    assert.equal(await page.getAttribute(".send", "aria-disabled"), "true", "not before the upload is done");
    await page.click(".up:has-text('video.bin') .tool");
    await page.click(".up:has-text('too-large') .tool");
    await slow(-1);
    await page.waitForSelector("text=Ready to send");
    await page.fill(".composer textarea", "Here is the picture");
    await page.keyboard.press("Enter");
    await page.waitForSelector("a.thumb canvas");
    await page.evaluate(() => { // Pasted as a screenshot is.
      const data = new DataTransfer();
      data.items.add(new File(["pasted"], "note.txt", { type: "text/plain" }));
      document.querySelector("#deskwire-chat").shadowRoot.querySelector(".composer textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.waitForSelector("text=Ready to send");
    await page.click(".send");
    await page.waitForSelector("a.filelink");
    await until(async () => !(await page.locator(".pending").count()), "the files being sent");
    if (mock) {
      await page.setInputFiles("input[type=file]", { name: "busy.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
      await page.waitForSelector("text=Too busy right now");
      await shot(page, "files");
      await page.click(".up .tool");
    }
    step("uploaded", { percent });

    // ---- Reload, offline, restart, resync, half-open ---------------------------------------------------------------------
    const told = await bubbles(page);
    await page.fill(".composer textarea", "a draft");
    await page.reload();
    await until(async () => (await bubbles(page)).length === told.length, "the transcript after the reload");
    assert.deepEqual(await bubbles(page), told);
    assert.equal(await page.inputValue(".composer textarea"), "a draft");
    assert.equal(await focused(page), null, "a reload does not take the focus");
    await say("Back again?");
    await has(page, "Back again?");
    step("reloaded");

    expectLoss = true;
    await page.context().setOffline(true);
    await page.waitForSelector(".banner:not([hidden])");
    await page.fill(".composer textarea", "Written in a tunnel");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Not sent yet, kept here");
    await shot(page, "offline");
    await checked(page, "offline");
    await page.context().setOffline(false);
    await page.waitForSelector(".banner", { state: "hidden" });
    await until(async () => !(await page.locator(".pending").count()), "the queue being sent");
    step("offline and back");

    // A reload with an unsent message: the new page takes over the queue of the old one.
    await page.context().setOffline(true);
    await page.fill(".composer textarea", "Written before a reload");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Not sent yet, kept here");
    await page.context().setOffline(false);
    await page.reload();
    await has(page, "Written before a reload");
    await until(async () => !(await page.locator(".pending").count()), "the queue of the old page being sent");

    if (mock) {
      await mock.control("restart", { down_ms: 2500 });
      await write(page, "After the restart");
      await until(async () => !(await page.locator(".pending").count()), "sending after the restart");
      await mock.control("resync");
      await until(async () => (await about()).sockets === 1, "reconnecting after resync");
      await write(page, "After the resync");
      await mock.control("freeze", { value: true });
      await mock.control("say", { text: "Into the void" });
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await page.waitForSelector(".banner:not([hidden])", { timeout: 25000 });
      await shot(page, "lost");
      await mock.control("freeze", { value: false });
      await page.click(".banner button");
      await has(page, "Into the void");
      const texts = (await about()).messages.map(({ text }) => text).filter(Boolean);
      assert.equal(new Set(texts).size, texts.length, "nothing twice at the desk");
      assert.deepEqual(await bubbles(page), texts, "and the page shows exactly what the desk has");
      await page.fill(".composer textarea", "Please refuse this");
      await page.keyboard.press("Enter");
      await page.waitForSelector("text=The desk does not take this.");
      await shot(page, "refused");
      await checked(page, "a refused message");
      await page.click("text=Discard");
      step("restarted, resynced, half-open");
    }
    expectLoss = false;

    // ---- The end --------------------------------------------------------------------------------------------------------
    await page.click("text=End chat");
    await page.waitForSelector(".sheet .stars");
    await page.keyboard.press("ArrowRight");
    await page.locator(".sheet .stars input").nth(3).check();
    await shot(page, "end");
    await checked(page, "the rating");
    await page.fill(".sheet textarea", "Quick and kind");
    await page.click(".sheet .primary");
    await page.waitForSelector("text=Thank you for your rating.");
    await shot(page, "ended");
    if (mock) {
      assert.deepEqual([(await about()).rating, (await about()).comment], [4, "Quick and kind"]);
      await write(page, "One more thing");
      await until(async () => !(await page.locator("text=This chat has ended").count()), "the chat being open again");
      await mock.control("state", { ended: true, agent: null });
      await page.waitForSelector(".card .stars");
      await shot(page, "ended-by-desk");
      await checked(page, "the rating card");
      await page.click("text=No, thanks");
    }
    await page.evaluate(() => DeskwireChat.shutdown());
    assert.equal(await page.locator("#deskwire-chat").count(), 0);
    assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, ""], "nothing stays behind");
    await page.context().close();
    step("ended");

    // ---- Two tabs at once -------------------------------------------------------------------------------------------------
    const visitors = mock ? (await about()).visitors : 0;
    const one = await visit({}, "?name=Bo&email=bo@customer.example&open"), two = await open(one.context(), "?name=Bo&email=bo@customer.example&open");
    await Promise.all([one, two].map((tab) => tab.waitForSelector(".composer textarea")));
    await Promise.all([one, two].map((tab, at) => tab.evaluate((text) => {
      const root = document.querySelector("#deskwire-chat").shadowRoot, field = root.querySelector(".composer textarea");
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      root.querySelector(".send").click();
    }, `tab ${at + 1}`)));
    for (const tab of [one, two]) for (const text of ["tab 1", "tab 2"]) await has(tab, text);
    assert.deepEqual(await bubbles(one), await bubbles(two));
    if (mock) assert.equal((await about()).visitors, visitors + 1, "one visitor");
    // A tab dies with something unsent; the other sends it.
    expectLoss = true;
    await two.context().setOffline(true);
    await two.fill(".composer textarea", "from a dying tab");
    await two.keyboard.press("Enter");
    await two.waitForSelector("text=Not sent yet, kept here");
    await two.close();
    await one.context().setOffline(false);
    await has(one, "from a dying tab");
    await until(async () => !(await one.locator(".pending").count()), "the dead tab's queue being sent");
    expectLoss = false;
    await one.context().close();
    step("two tabs");

    // ---- Phone, dark, languages, sides ----------------------------------------------------------------------------------
    const phone = await visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }, "?name=Chi&email=chi@customer.example");
    await shot(phone, "phone-button");
    await phone.tap(".launcher");
    await phone.waitForSelector(".hello");
    const whole = await phone.locator(".panel").boundingBox();
    assert.deepEqual([whole.x, whole.y, whole.width, whole.height], [0, 0, 390, 844]);
    await phone.fill(".composer textarea", "On my phone now");
    await phone.tap(".send");
    await has(phone, "On my phone now");
    await phone.waitForSelector(".mark.sent, .mark.delivered");
    await say("Good to see you there. A longer answer that takes more than one line on a small screen, so that wrapping can be judged.");
    await has(phone, "Good to see you there");
    await shot(phone, "phone");
    const small = await phone.evaluate(() => [...document.querySelector("#deskwire-chat").shadowRoot.querySelectorAll(".panel button")]
      .map((button) => [button.className, button.getBoundingClientRect()]).filter(([, box]) => box.width && (box.width < 44 || box.height < 44)).map(([name]) => name));
    assert.deepEqual(small, [], "targets of 44 px");
    for (let presses = 0; presses < 12; presses++) { await phone.keyboard.press("Tab"); assert.notEqual(await focused(phone), null, "focus stays inside on a phone"); }
    step("phone", { axe: await checked(phone, "the phone") });
    await phone.context().close();

    for (const [name, query, options] of [["dark", "?name=Dan&email=d@x.example&open", { colorScheme: "dark" }], ["vi", "?name=An&email=a@x.example&lang=vi&open&accent=%230f766e", {}],
      ["zh", "?name=Li&email=l@x.example&lang=zh&open&side=left&accent=gold", {}]]) {
      const words = { dark: ["Is the harbour lamp in stock?", "Yes, three of them."], vi: ["Đèn Bến Cảng còn hàng không ạ?", "Dạ còn ba chiếc, mai là giao được ạ."], zh: ["港湾灯还有货吗？", "有的，还剩三盏，明天可以发货。"] }[name];
      const other = await visit(options, query);
      await other.waitForSelector(".composer textarea");
      await write(other, words[0]);
      await other.waitForSelector(".mark.sent, .mark.delivered");
      await say(words[1]);
      await has(other, words[1]);
      if (mock) { await mock.control("seen"); await mock.control("state", { waiting: { position: 3, wait_p50_s: 130, wait_p90_s: 230 } }); await other.waitForSelector(".status.wait"); await other.waitForSelector(".mark.seen"); }
      await shot(other, name);
      step(name, { axe: await checked(other, name), status: await other.innerText(".status") });
      await other.click(".head .tool.text");
      await other.locator(".stars input").nth(4).check();
      await shot(other, `${name}-end`);
      await checked(other, `${name}: the rating`);
      await other.context().close();
    }
    if (mock) {
      await mock.control("config", { open: false, opens_at: new Date(Date.now() + 30 * 3600e3).toISOString() });
      for (const lang of ["en", "vi", "zh"]) {
        const away = await visit({ colorScheme: lang === "vi" ? "dark" : "light" }, `?open&lang=${lang}`);
        await away.waitForSelector(".hours");
        await shot(away, `away-${lang}`);
        step("away", { lang, says: await away.innerText(".presence"), axe: await checked(away, `away ${lang}`) });
        await away.context().close();
      }
      await mock.control("config", { open: true, opens_at: null });
    }
    const shop = await open(await browser.newContext({ viewport: { width: 1100, height: 740 } }), "/chat/web/demo?open&name=Eve&email=e@x.example", deskUrl);
    await shop.waitForSelector(".composer textarea");
    await shot(shop, "demo");
    step("demo page");

    // A page that reads from right to left and has a shortcut on every key.
    const other = await visit({}, "?name=Gad&email=g@x.example&open");
    await other.evaluate(() => { document.documentElement.dir = "rtl"; window.heard = 0; document.addEventListener("keydown", () => window.heard++); });
    await other.waitForSelector(".composer textarea");
    await other.locator(".composer textarea").pressSequentially("שלום, יש מנורות?\n");
    await has(other, "שלום");
    assert.equal(await other.evaluate(() => window.heard), 0, "what is typed in the widget stays there");
    const right = await other.locator(".panel").boundingBox();
    assert.equal(right.x + right.width, 980);
    await shot(other, "rtl");
    await other.context().close();
    step("a page from right to left");

    assert.deepEqual(complaints, []);
    step("done");
  } finally {
    await browser.close();
    host.stop();
    await mock?.stop();
  }
}

/** A picture of some hundred kilobytes, made by the browser at hand. */
async function picture(page) {
  const text = await page.evaluate(() => {
    const canvas = document.createElement("canvas"), brush = canvas.getContext("2d");
    canvas.width = 640; canvas.height = 480;
    const pixels = brush.createImageData(640, 480);
    for (let at = 0; at < pixels.data.length; at += 4) { const x = (at / 4) % 640, y = at / 2560; pixels.data.set([150 + 60 * Math.sin(x / 60), 120 + y / 6 + Math.random() * 12, 90 + x / 8, 255], at); }
    brush.putImageData(pixels, 0, 0);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(text.split(",")[1], "base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
