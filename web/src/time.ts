// SPDX-License-Identifier: Apache-2.0
// Times as people say them; the exact one belongs into a title.
import type { Deadline, Ticket } from "./wire";

export function span(ms: number): string {
  const seconds = Math.abs(ms) / 1000, minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} m`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

/** Minutes and seconds, for what is watched: "4:10", "1:04:10". */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000)), hours = Math.floor(seconds / 3600);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${hours ? `${hours}:${two(Math.floor(seconds / 60) % 60)}` : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** A deadline that passed counts until it is done after all. */
const counts = (deadline: Deadline) => deadline.state === "running" || (deadline.state === "breached" && !deadline.stopped_at);

/** The nearest deadline that still runs, if there is one. */
export function nearest(ticket: Ticket): Deadline | null {
  return ticket.deadlines.filter(counts).reduce<Deadline | null>((a, b) => (a && Date.parse(a.due_at) <= Date.parse(b.due_at) ? a : b), null);
}

const dues = new WeakMap<Ticket, number | null>();

/** The same as milliseconds; worked out once a row, since long lists are sorted by it. */
export function dueAt(ticket: Ticket): number | null {
  const known = dues.get(ticket);
  if (known !== undefined) return known;
  const deadline = nearest(ticket), due = deadline ? Date.parse(deadline.due_at) : null;
  dues.set(ticket, due);
  return due;
}

/** "due in 12 m", "late by 3 m" or nothing. */
export function dueText(ticket: Ticket, now: number): string {
  const due = dueAt(ticket);
  if (due === null) return "";
  return due >= now ? `due in ${span(due - now)}` : `late by ${span(now - due)}`;
}

const soonMs = 15 * 60000;

export function dueClass(ticket: Ticket, now: number): "" | "late" | "soon" | "fine" {
  const due = dueAt(ticket);
  if (due === null) return "";
  if (due < now) return "late";
  return due - now < soonMs ? "soon" : "fine";
}

/** The clock of a country that has one zone only; nothing where one cannot know. */
export function hourIn(region: string, now: number): string | null {
  try {
    const place = new Intl.Locale(`und-${region}`) as Intl.Locale & { timeZones?: string[]; getTimeZones?(): string[] };
    const zones = place.getTimeZones?.() ?? place.timeZones ?? [];
    return zones.length === 1 ? new Date(now).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: zones[0]! }) : null;
  } catch {
    return null;
  }
}

export const exact = (at: string) => new Date(at).toLocaleString();
export const dayAndHour = (at: Date) => at.toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const hour = (at: string) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** "Today", "Yesterday" or the date, as the heading of a day's messages. */
export function day(at: string, now: number): string {
  const date = new Date(at), today = new Date(now), yesterday = new Date(now - 86400000);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return date.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", ...(date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" }) });
}
