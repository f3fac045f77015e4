// SPDX-License-Identifier: Apache-2.0
// Pure helpers of the screen: links in text, times and sizes in the visitor's words, readable colours.
import type { Texts } from "./texts";

export type Piece = { text: string; href?: string };

// Full-width punctuation ends an address: Chinese has no space there.
const address = /https?:\/\/[^\s<>"'`。，；！？、（）「」『』【】《》]+/gi, trailing = /[.,:;!?…]+$/;

/** Text cut into plain and linked pieces; only what parses as an http or https address is linked. */
export function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const found of text.matchAll(address)) {
    let shown = found[0].replace(trailing, "");
    // A bracket that closes one opened before the address is not part of it.
    while (/[)\]}]$/.test(shown) && unbalanced(shown)) shown = shown.slice(0, -1).replace(trailing, "");
    const href = safeUrl(shown);
    if (!href) continue;
    if (found.index > done) pieces.push({ text: text.slice(done, found.index) });
    pieces.push({ text: shown, href });
    done = found.index + shown.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

function unbalanced(text: string) {
  const close = text.slice(-1), open = { ")": "(", "]": "[", "}": "{" }[close]!;
  return text.split(close).length > text.split(open).length;
}

/** The address if a browser may be sent there: http or https and nothing else. */
export function safeUrl(text: string, base?: string): string | null {
  try {
    const url = new URL(text, base);
    return (url.protocol === "https:" || url.protocol === "http:") && url.hostname ? url.href : null;
  } catch { return null; }
}

export function size(bytes: number, language: string): string {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < 3; unit++) bytes /= 1000;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: bytes < 10 && unit ? 1 : 0 }).format(bytes)} ${units[unit]}`;
}

export const clockTime = (at: number, language: string) =>
  new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(at);

export const exactTime = (at: number, language: string) =>
  new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" }).format(at);

const dayOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** Whole days from `now` to `at` by the calendar; a day of 23 hours counts as one. */
const daysApart = (at: number, now: number) => Math.round((dayOf(at) - dayOf(now)) / 86400000);

export function dayName(at: number, now: number, texts: Texts, language: string): string {
  const apart = daysApart(at, now);
  if (apart === 0) return texts.todayHead;
  if (apart === -1) return texts.yesterday;
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** When we are back, as said at `now`: the hour, with the day unless it is today or tomorrow, which have words. */
export function opening(at: number, now: number, texts: Texts, language: string): string {
  const apart = daysApart(at, now), time = clockTime(at, language);
  if (apart <= 0) return `${texts.today} ${time}`;
  if (apart === 1) return `${texts.tomorrow} ${time}`;
  const day = new Intl.DateTimeFormat(language, apart < 7 ? { weekday: "long" } : { weekday: "short", day: "numeric", month: "short" });
  return `${day.format(at)} ${time}`;
}

/** The wait as whole minutes, from the median down and the ninth decile up. */
export function minutes(p50: number, p90: number): [number, number] {
  const low = Math.max(1, Math.floor(p50 / 60));
  return [low, Math.max(low, Math.ceil(p90 / 60))];
}

export type Rgb = [number, number, number];

function luminance(colour: Rgb) {
  const [r, g, b] = colour.map((c) => ((c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast, 1 to 21. */
export function contrast(a: Rgb, b: Rgb) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour nearest to `colour`, towards black or white, that reads on `ground`. */
export function readable(colour: Rgb, ground: Rgb, least = 4.5): Rgb {
  const towards = luminance(ground) > 0.18 ? 0 : 255;
  for (let part = 0; part <= 1; part += 0.05) {
    const mixed = colour.map((c) => Math.round(c + (towards - c) * part)) as Rgb;
    if (contrast(mixed, ground) >= least) return mixed;
  }
  return [towards, towards, towards];
}
