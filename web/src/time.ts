// SPDX-License-Identifier: Apache-2.0
// Times as people say them; the exact one belongs into a title.
import { dueAt } from "./desk";
import type { Ticket } from "./wire";

export function span(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60000);
  if (minutes < 60) return `${minutes} m`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

/** "due in 12 m", "late by 3 m" or nothing. */
export function dueText(ticket: Ticket, now: number): string {
  const due = dueAt(ticket);
  if (due === null) return "";
  return due >= now ? `due in ${span(due - now)}` : `late by ${span(now - due)}`;
}

export function dueClass(ticket: Ticket, now: number): string {
  const due = dueAt(ticket);
  if (due === null) return "";
  if (due < now) return "late";
  return due - now < 15 * 60000 ? "soon" : "fine";
}

export const exact = (at: string) => new Date(at).toLocaleString();
