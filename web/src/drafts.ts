// SPDX-License-Identifier: Apache-2.0
// What one began to write on a ticket: kept by this tab at once, and by the desk where it can.
import { wire } from "./desk";
import { RpcError } from "./wire";

export type Kind = "reply" | "note";
export interface Draft { kind: Kind; text: string; base_seq: number }

const keyOf = (ticket: number, kind: Kind) => `deskwire.draft.${ticket}.${kind}`;
const pauseMs = 700;
const timers = new Map<string, number>();
let keptByDesk = true;

export function read(ticket: number, kind: Kind): string {
  return sessionStorage.getItem(keyOf(ticket, kind)) ?? "";
}

export function keep(ticket: number, kind: Kind, text: string, baseSeq: number) {
  const key = keyOf(ticket, kind);
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
  clearTimeout(timers.get(key));
  if (keptByDesk) timers.set(key, window.setTimeout(() => void tell(ticket, kind, text, baseSeq), pauseMs));
}

/** What the desk has, where this tab has nothing newer. */
export function take(ticket: number, drafts: Draft[] | undefined) {
  for (const draft of drafts ?? [])
    if (!read(ticket, draft.kind)) sessionStorage.setItem(keyOf(ticket, draft.kind), draft.text);
}

async function tell(ticket: number, kind: Kind, text: string, base_seq: number) {
  try {
    await wire.call("draft.save", { ticket, kind, text, base_seq });
  } catch (error) {
    if (error instanceof RpcError && error.code === -32601) keptByDesk = false;
  }
}
