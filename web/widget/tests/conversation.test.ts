// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { FakeTab, world } from "./desk";

/** A tab with a live conversation in which "hello" was sent. */
async function talking() {
  const all = world(), tab = all.browser.tab();
  await tab.chat.begin();
  tab.chat.send("hello");
  await all.clock.pass(10);
  return { ...all, tab, token: tab.chat.token! };
}
const dense = (tab: FakeTab) => assert.deepEqual(tab.chat.messages.map((m) => m.seq), tab.chat.messages.map((_, i) => i + 1));

test("a stranger who says nothing opens no connection", async () => {
  const { desk, browser, clock } = world();
  await browser.tab().chat.begin();
  await clock.pass(60000);
  assert.equal(desk.sockets.length, 0);
});

test("the first message makes the visitor and is there once", async () => {
  const { tab, desk, token } = await talking();
  assert.deepEqual(tab.texts, ["hello"]);
  assert.equal(desk.log(token).length, 1);
  assert.equal(tab.chat.outbox.entries.length, 0);
  assert.equal(tab.chat.phase, "live");
});

test("an answer lost on the way leads to a repeat of the same client_id and one message", async () => {
  const { tab, desk, clock, token } = await talking();
  desk.mute = true;
  tab.chat.send("twice?");
  await clock.pass(10);
  assert.equal(desk.log(token).length, 2, "the desk has it");
  assert.equal(tab.chat.outbox.entries.length, 1, "we do not know that");
  desk.mute = false;
  desk.sockets.at(-1)!.cut();
  await clock.pass(2000);
  assert.deepEqual(tab.texts, ["hello", "twice?"]);
  assert.equal(desk.log(token).length, 2);
  assert.equal(tab.chat.outbox.entries.length, 0);
});

test("what was written offline is sent in order after the reconnect", async () => {
  const { tab, desk, clock } = await talking();
  desk.reachable = false;
  desk.sockets.at(-1)!.cut();
  await clock.pass(10);
  assert.equal(tab.chat.phase, "lost");
  for (const text of ["one", "two", "three"]) tab.chat.send(text);
  await clock.pass(40000);
  desk.reachable = true;
  await clock.pass(40000);
  assert.deepEqual(tab.texts, ["hello", "one", "two", "three"]);
});

test("a reload before the answer sends the queue of the dead tab once", async () => {
  const { tab, desk, clock, browser, token } = await talking();
  desk.mute = true;
  tab.chat.send("unanswered");
  await clock.pass(10);
  desk.reachable = false;
  tab.chat.send("unsent");
  tab.close();
  desk.mute = false;
  desk.reachable = true;
  const next = browser.tab();
  await next.chat.begin();
  await clock.pass(5000);
  assert.deepEqual(next.texts, ["hello", "unanswered", "unsent"]);
  assert.equal(desk.log(token).length, 3);
  assert.deepEqual([...browser.items.keys()].filter((key) => key.startsWith("out:")), []);
});

test("the queue of a tab that lives is left to it", async () => {
  const { tab, desk, clock, browser } = await talking();
  desk.reachable = false;
  desk.sockets.at(-1)!.cut();
  tab.chat.send("mine");
  await clock.pass(100);
  const other = browser.tab();
  await other.chat.begin();
  await clock.pass(100);
  assert.equal(other.chat.outbox.entries.length, 0);
  tab.close();
  desk.reachable = true;
  await clock.pass(60000);
  assert.deepEqual(other.texts, ["hello", "mine"], "and taken over when it dies");
});

test("a reload resumes with the last sequence applied and shows nothing twice", async () => {
  const { tab, desk, clock, browser, token } = await talking();
  desk.say(token, "answer");
  await clock.pass(10);
  tab.close();
  desk.say(token, "while away");
  const next = browser.tab();
  await next.chat.begin();
  await clock.pass(100);
  assert.deepEqual(next.texts, ["hello", "answer", "while away"]);
  assert.deepEqual(next.shown, ["while away"], "the rest came from the cache");
  assert.equal(desk.calls.filter((call) => call.method === "chat.resume").at(-1)!.params.after, 2);
});

test("an event seen before is dropped", async () => {
  const { tab, desk, clock, token } = await talking();
  const event = desk.say(token, "answer");
  desk.notify(desk.sockets.at(-1)!, event);
  desk.notify(desk.sockets.at(-1)!, desk.log(token)[0]!);
  await clock.pass(10);
  assert.deepEqual(tab.texts, ["hello", "answer"]);
});

test("a gap is filled by a resume before anything beyond it is shown", async () => {
  const { tab, desk, clock, token } = await talking();
  desk.mute = true;
  desk.say(token, "lost on the way");
  desk.mute = false;
  desk.say(token, "beyond");
  await clock.pass(10);
  assert.deepEqual(tab.texts, ["hello", "lost on the way", "beyond"]);
  dense(tab);
});

test("a resume in many pages, with events coming in between, ends dense", async () => {
  const { tab, desk, clock, browser, token } = await talking();
  tab.close();
  desk.pageSize = 3;
  for (let i = 0; i < 20; i++) desk.say(token, `old ${i}`);
  const next = browser.tab();
  await next.chat.begin();
  desk.say(token, "now");
  await clock.pass(100);
  desk.say(token, "later");
  await clock.pass(100);
  assert.equal(next.texts.length, 23);
  dense(next);
});

test("two tabs that start at once are one visitor", async () => {
  const { desk, clock, browser } = world();
  const one = browser.tab(), two = browser.tab();
  await Promise.all([one.chat.begin(), two.chat.begin()]);
  one.chat.send("from one");
  two.chat.send("from two");
  await clock.pass(5000);
  assert.equal(desk.visitors.size, 1);
  assert.equal(one.chat.token, two.chat.token);
  assert.deepEqual([...one.texts].sort(), ["from one", "from two"]);
  assert.deepEqual(two.texts, one.texts);
});

test("two tabs that start at once are one visitor without Web Locks too", async () => {
  for (let apart = 0; apart < 200; apart += 10) {
    const { desk, clock, browser } = world(true);
    const one = browser.tab(), two = browser.tab();
    await Promise.all([one.chat.begin(), two.chat.begin()]);
    one.chat.send("from one");
    await clock.pass(apart);
    two.chat.send("from two");
    await clock.pass(10000);
    assert.equal(desk.visitors.size, 1, `${apart} ms apart`);
    assert.deepEqual([...one.texts].sort(), ["from one", "from two"]);
    assert.deepEqual(two.texts, one.texts);
  }
});

test("without Web Locks a queue is taken over when its tab crashed, and left alone while it lives", async () => {
  const { desk, clock, browser } = world(true);
  const one = browser.tab(), two = browser.tab();
  await Promise.all([one.chat.begin(), two.chat.begin()]);
  one.chat.send("hello");
  await clock.pass(1000);
  desk.reachable = false;
  for (const socket of desk.sockets) socket.cut();
  one.chat.send("unsent");
  await clock.pass(300000);
  assert.equal(two.chat.outbox.entries.length, 0);
  one.close();
  desk.reachable = true;
  await clock.pass(300000);
  assert.deepEqual(two.texts, ["hello", "unsent"]);
});

test("a lease left by a tab that died runs out", async () => {
  const { desk, clock, browser } = world(true);
  browser.items.set("lock:start", "someone|15000");
  const tab = browser.tab();
  await tab.chat.begin();
  tab.chat.send("hello");
  await clock.pass(40000);
  assert.deepEqual(tab.texts, ["hello"]);
  assert.equal(desk.visitors.size, 1);
});

test("a tab that idles joins when another starts the chat", async () => {
  const { clock, browser } = world();
  const one = browser.tab(), two = browser.tab();
  await Promise.all([one.chat.begin(), two.chat.begin()]);
  one.chat.send("hello");
  await clock.pass(1000);
  assert.deepEqual(two.texts, ["hello"]);
});

test("a half-open connection is found by the heartbeat and replaced", async () => {
  const { tab, desk, clock, token } = await talking();
  await clock.pass(1000);
  desk.mute = true;
  desk.say(token, "into the void");
  await clock.pass(24000 + 10000 - 100);
  assert.equal(tab.chat.phase, "live");
  await clock.pass(200);
  assert.equal(tab.chat.phase, "lost");
  desk.mute = false;
  await clock.pass(5000);
  assert.deepEqual(tab.texts, ["hello", "into the void"]);
});

test("reconnecting slows down to half a minute and begins anew after success", async () => {
  const { tab, desk, clock } = await talking();
  desk.reachable = false;
  const before = desk.sockets.length;
  desk.sockets.at(-1)!.cut();
  await clock.pass(600000);
  const tries = desk.sockets.length - before;
  assert.ok(tries > 15 && tries < 40, `${tries} tries in ten minutes`);
  desk.reachable = true;
  await clock.pass(31000);
  assert.equal(tab.chat.phase, "live");
  desk.sockets.at(-1)!.cut();
  await clock.pass(700);
  assert.equal(tab.chat.phase, "live");
});

test("an unknown token starts anew, and the unsent goes with it", async () => {
  const { tab, desk, clock, token } = await talking();
  desk.reachable = false;
  desk.sockets.at(-1)!.cut();
  tab.chat.send("still here?");
  await clock.pass(100);
  desk.visitors.delete(token);
  desk.reachable = true;
  await clock.pass(10000);
  assert.notEqual(tab.chat.token, token);
  assert.deepEqual(tab.texts, ["still here?"]);
});

test("an unknown token with nothing to say leaves no conversation", async () => {
  const { tab, desk, clock, token } = await talking();
  desk.visitors.delete(token);
  desk.sockets.at(-1)!.cut();
  await clock.pass(10000);
  assert.equal(tab.chat.phase, "idle");
  assert.equal(tab.chat.token, null);
  assert.deepEqual(tab.texts, []);
});

test("a limited send waits as long as told and keeps its client_id", async () => {
  const { tab, desk, clock, token } = await talking();
  desk.refusals.push({ method: "chat.send", error: { code: -32029, message: "limited", data: { retry_after_ms: 4000 } } });
  tab.chat.send("slow down");
  await clock.pass(3900);
  assert.equal(desk.log(token).length, 1);
  await clock.pass(200);
  assert.deepEqual(tab.texts, ["hello", "slow down"]);
  const ids = desk.calls.filter((call) => call.params.text === "slow down").map((call) => call.params.client_id);
  assert.equal(new Set(ids).size, 1);
});

test("a refused message does not hold up the next and can be tried again", async () => {
  const { tab, desk, clock } = await talking();
  desk.refusals.push({ method: "chat.send", error: { code: -32000, message: "refused", data: { refusal: "too_large", detail: "Too large." } } });
  tab.chat.send("refused");
  tab.chat.send("fine");
  await clock.pass(100);
  assert.deepEqual(tab.texts, ["hello", "fine"]);
  assert.equal(tab.chat.outbox.entries[0]!.failed, "Too large.");
  tab.chat.retry(tab.chat.outbox.entries[0]!.client_id);
  await clock.pass(100);
  assert.deepEqual(tab.texts, ["hello", "fine", "refused"]);
});

test("a busy desk is asked again after the time it names", async () => {
  const { desk, clock, browser } = world();
  desk.refusals.push({ method: "chat.start", error: { code: -32050, message: "busy", data: { retry_after_ms: 8000 } } });
  const tab = browser.tab();
  await tab.chat.begin();
  tab.chat.send("hello");
  await clock.pass(7900);
  assert.equal(desk.count("chat.start"), 1);
  await clock.pass(2000);
  assert.deepEqual(tab.texts, ["hello"]);
});

test("unread counts what came after the visitor last looked, in every tab", async () => {
  const { tab, desk, clock, browser, token } = await talking();
  const other = browser.tab();
  await other.chat.begin();
  desk.say(token, "a");
  desk.say(token, "b");
  await clock.pass(1000);
  assert.equal(other.chat.unread(), 2);
  tab.chat.read();
  await clock.pass(1000);
  assert.equal(other.chat.unread(), 0);
  assert.equal(desk.calls.filter((call) => call.method === "chat.read").at(-1)!.params.seq, 3);
});

test("another user's conversation is not shown", async () => {
  const { desk, clock, browser } = world();
  const ann = browser.tab({ identity: { id: "ann", hash: "00" } });
  await ann.chat.begin();
  ann.chat.send("secret");
  await clock.pass(1000);
  ann.close();
  const bob = browser.tab({ identity: { id: "bob", hash: "11" } });
  await bob.chat.begin();
  await clock.pass(1000);
  assert.deepEqual(bob.texts, []);
  assert.equal(desk.visitors.size, 1);
  assert.equal(bob.chat.phase, "idle");
});

test("after a shutdown nothing is left in storage", async () => {
  const { tab, desk, browser, clock } = await talking();
  desk.sockets.at(-1)!.cut();
  tab.chat.send("gone");
  tab.chat.shutdown();
  await clock.pass(60000);
  assert.deepEqual([...browser.items.keys()], []);
  assert.equal(tab.chat.phase, "idle");
});

test("a refused proof of identity does not keep the visitor out", async () => {
  const { desk, clock, browser } = world();
  desk.refusals.push({ method: "chat.start", error: { code: -32000, message: "refused", data: { refusal: "bad_identity", detail: "x" } } });
  const tab = browser.tab({ name: "Ann", identity: { id: "ann", hash: "bad" } });
  await tab.chat.begin();
  tab.chat.send("hello");
  await clock.pass(10000);
  assert.deepEqual(tab.texts, ["hello"]);
  assert.equal(desk.calls.filter((call) => call.method === "chat.start").at(-1)!.params.name, "Ann");
});

test("whatever is cut whenever, every message is there once and in order", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    let dice = seed * 2654435761 >>> 0;
    const roll = (sides: number) => ((dice = (dice * 1664525 + 1013904223) >>> 0) >>> 8) % sides;
    const { desk, clock, browser } = world();
    let tab = browser.tab();
    await tab.chat.begin();
    const said: string[] = [];
    for (let i = 0; i < 30; i++) {
      switch (roll(7)) {
        case 0: desk.sockets.at(-1)?.cut(); break;
        case 1: desk.mute ? desk.unmute() : (desk.mute = true); break;
        case 2: desk.reachable = !desk.reachable; break;
        case 3: if (tab.chat.token) desk.say(tab.chat.token, `desk ${i}`); break;
        case 4: tab.close(); tab = browser.tab(); await tab.chat.begin(); break;
        default: said.push(`visitor ${i}`); tab.chat.send(`visitor ${i}`);
      }
      await clock.pass(roll(4000));
      dense(tab);
    }
    desk.unmute();
    desk.reachable = true;
    await clock.pass(200000);
    if (!tab.chat.token) { assert.deepEqual(said, []); continue; }
    assert.deepEqual(tab.texts, desk.log(tab.chat.token).map((event) => event.data.message!.text), `seed ${seed}`);
    assert.deepEqual(tab.texts.filter((text) => text.startsWith("visitor")), said, `seed ${seed}`);
  }
});
