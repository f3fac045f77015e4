// SPDX-License-Identifier: Apache-2.0
// What this tab wrote and the desk has not confirmed yet. It is in storage before it is on the wire, each message under a
// client_id it keeps for life, so a reload, a crash or a lost answer leads to a repeat and never to a second message.
import type { Locks, Store } from "./ports";
import type { Uploaded } from "./wire";

export interface Entry {
  client_id: string; text: string; attachments: Uploaded[]; at: number;
  /** Why the desk refused it; the visitor decides what happens then. */
  failed: string | null;
  /** Confirmed by its result, the event of this number is still to come. */
  sent?: number;
}

const prefix = "out:";

export class Outbox {
  entries: Entry[] = [];
  private release: (() => void) | null = null;

  constructor(private store: Store, private locks: Locks, private tab: string) {}

  add(entry: Entry) {
    this.entries.push(entry);
    this.save();
  }

  next(): Entry | undefined {
    return this.entries.find((entry) => !entry.sent && !entry.failed);
  }

  /** The result came: out of storage, but shown until its event takes its place. */
  confirm(client_id: string, seq: number) {
    const entry = this.find(client_id);
    if (entry) entry.sent = seq;
    this.save();
  }

  /** Whose event it is, if it is one of ours: the desk tells numbers, not our names. */
  named(seq: number): string | null {
    return this.entries.find((entry) => entry.sent === seq)?.client_id ?? null;
  }

  /** The event came, or the visitor gave the message up. */
  drop(client_id: string) {
    const kept = this.entries.filter((entry) => entry.client_id !== client_id);
    if (kept.length === this.entries.length) return;
    this.entries = kept;
    this.save();
  }

  mark(client_id: string, failed: string | null) {
    const entry = this.find(client_id);
    if (entry) entry.failed = failed;
    this.save();
  }

  /** Takes over what tabs wrote that are gone: their locks are free. Ours is written before theirs is removed. */
  async adopt(): Promise<void> {
    for (const key of this.store.keys()) {
      const tab = key.slice(prefix.length);
      if (key.startsWith(prefix) && tab !== this.tab) await this.locks.ifFree(`tab:${tab}`, () => this.take(key));
    }
  }

  /** The page is going or frozen: another tab may take over, which at worst repeats what we repeat as well. */
  leave() {
    this.release?.();
    this.release = null;
  }

  stay() { this.save(); }

  clear() {
    this.entries = [];
    this.save();
  }

  private take(key: string) {
    let found: unknown = null;
    try { found = JSON.parse(this.store.get(key) ?? "[]"); } catch { /* Not ours to understand; removed below. */ }
    for (const entry of Array.isArray(found) ? found as Entry[] : []) if (!this.find(entry.client_id)) this.entries.push(entry);
    this.entries.sort((a, b) => a.at - b.at);
    this.save();
    this.store.remove(key);
  }

  private find(client_id: string) {
    return this.entries.find((entry) => entry.client_id === client_id);
  }

  /** Written at once, though a Web Lock is granted a moment later: being adopted in between only causes a repeat. */
  private save() {
    const open = this.entries.filter((entry) => !entry.sent);
    if (open.length) {
      this.release ??= this.locks.hold(`tab:${this.tab}`);
      this.store.set(prefix + this.tab, JSON.stringify(open));
    } else {
      this.store.remove(prefix + this.tab);
      this.leave();
    }
  }
}
