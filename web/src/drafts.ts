// SPDX-License-Identifier: Apache-2.0
// What one began to write on a ticket: kept by this tab at once, and by the desk where it can.
import { signal } from "@preact/signals";
import { wire } from "./desk";

export type Kind = "reply" | "note";
export interface Draft { kind: Kind; text: string; base_seq: number }

const keyOf = (ticket: number, kind: Kind) => `deskwire.draft.${ticket}.${kind}`;
const pauseMs = 700;
const timers = new Map<string, number>();

interface Kept { text: string; base: number }

function kept(ticket: number, kind: Kind): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(ticket, kind)) ?? "null");
  } catch {
    return null;
  }
}

export const read = (ticket: number, kind: Kind) => kept(ticket, kind)?.text ?? "";
/** The last message that was there when it was begun. */
export const baseOf = (ticket: number, kind: Kind) => kept(ticket, kind)?.base ?? null;

function store(ticket: number, kind: Kind, text: string, base: number) {
  sessionStorage.setItem(keyOf(ticket, kind), JSON.stringify({ text, base }));
}

export function keep(ticket: number, kind: Kind, text: string, baseSeq: number) {
  const key = keyOf(ticket, kind);
  if (text) store(ticket, kind, text, baseSeq);
  else sessionStorage.removeItem(key);
  clearTimeout(timers.get(key));
  timers.set(key, window.setTimeout(() => void tell(ticket, kind, text, baseSeq), pauseMs));
}

/** For the composer that has the ticket open, if one does. */
export const replaced = signal<{ ticket: number; kind: Kind } | null>(null);

/** Puts words there from elsewhere. */
export function put(ticket: number, kind: Kind, text: string, baseSeq: number) {
  keep(ticket, kind, text, baseSeq);
  replaced.value = { ticket, kind };
}

/** What the desk has, where this tab has nothing newer. */
export function take(ticket: number, drafts: Draft[] | undefined) {
  for (const draft of drafts ?? [])
    if (!read(ticket, draft.kind)) store(ticket, draft.kind, draft.text, draft.base_seq);
}

/** Without a connection this tab alone keeps it; the next key tells the desk again. */
async function tell(ticket: number, kind: Kind, text: string, base_seq: number) {
  await wire.call("draft.save", { ticket, kind, text, base_seq }).catch(() => undefined);
}
