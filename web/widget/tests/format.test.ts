// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { tooLong } from "../composer";
import { contrast, dayName, linked, minutes, opening, readable, Rgb, safeUrl } from "../format";
import { profileOf } from "../options";
import { prefixed } from "../ports";
import { languages, pickLanguage } from "../texts";

const hrefs = (text: string) => linked(text).filter((piece) => piece.href).map((piece) => piece.href);

test("links are cut out of text where a reader would cut them", () => {
  assert.deepEqual(hrefs("see https://a.example/x, or (http://b.example/y)."), ["https://a.example/x", "http://b.example/y"]);
  assert.deepEqual(hrefs("https://en.example/wiki/Lamp_(light)"), ["https://en.example/wiki/Lamp_(light)"]);
  assert.deepEqual(hrefs("请看 https://a.example/x。谢谢"), ["https://a.example/x"]);
  assert.deepEqual(hrefs("<https://a.example/>"), ["https://a.example/"]);
});

test("whatever is linked, the text stays the same", () => {
  for (const text of ["", "no link", "https://a.example", "a https://a.example b https://b.example) c", "https://", "http://[", "https://x.example/\"onclick=1"])
    assert.equal(linked(text).map((piece) => piece.text).join(""), text);
});

test("only http and https are linked", () => {
  assert.deepEqual(hrefs("javascript:alert(1) data:text/html,x ftp://a.example //a.example vbscript:x"), []);
  assert.equal(safeUrl("javascript:alert(1)", "https://desk.example/"), null);
  assert.equal(safeUrl("/chat/files/1", "https://desk.example/chat/"), "https://desk.example/chat/files/1");
});

test("a wait is told in whole minutes, never too short at its end", () => {
  assert.deepEqual(minutes(130, 230), [2, 4]);
  assert.deepEqual(minutes(10, 40), [1, 1]);
  assert.deepEqual(minutes(240, 240), [4, 4]);
});

test("opening hours and days are told by the calendar", () => {
  const at = (text: string) => new Date(text).getTime(), now = at("2026-03-06T17:00:00");
  assert.equal(opening(at("2026-03-06T18:00:00"), now, languages.en!, "en-GB"), "today 18:00");
  assert.equal(opening(at("2026-03-07T08:00:00"), now, languages.en!, "en-GB"), "tomorrow 08:00");
  assert.equal(opening(at("2026-03-09T08:00:00"), now, languages.en!, "en-GB"), "Monday 08:00");
  assert.equal(dayName(at("2026-03-05T23:59:00"), now, languages.vi!, "vi"), "Hôm qua");
});

test("every accent can be read on its ground", () => {
  const grounds: Rgb[] = [[255, 255, 255], [27, 32, 40]];
  for (const ground of grounds)
    for (let r = 0; r < 256; r += 51) for (let g = 0; g < 256; g += 51) for (let b = 0; b < 256; b += 51)
      assert.ok(contrast(readable([r, g, b], ground), ground) >= 4.5);
});

test("a text beyond the limit is told by how many characters", () => {
  assert.equal(tooLong("lamp", 4), 0);
  assert.equal(tooLong("đèn", 4), 1);
  assert.equal(tooLong("灯灯", 4), 1);
});

test("the language is the first that is spoken", () => {
  assert.equal(pickLanguage([null, "fr", "zh-Hant-TW", "en"]), "zh");
  assert.equal(pickLanguage(["pt"]), "en");
});

test("a user without a proof is not sent", () => {
  assert.deepEqual(profileOf({ user: "7", name: "Ann" }), { name: "Ann" });
  assert.deepEqual(profileOf({ user: "7", userHash: "ab" }), { identity: { id: "7", hash: "ab" } });
});

test("denied storage becomes memory", () => {
  const store = prefixed(() => { throw new Error("denied"); }, "p|");
  store.set("a", "1");
  assert.equal(store.get("a"), "1");
  assert.deepEqual(store.keys(), ["a"]);
  store.remove("a");
  assert.equal(store.get("a"), null);
});
