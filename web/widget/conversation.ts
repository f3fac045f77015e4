// SPDX-License-Identifier: Apache-2.0
// One visitor's conversation, without any page: start, exact resume, exactly-once sending, reconnecting.
//
// Sequence numbers are dense from 1. `last` is the highest one applied; an event at or below it is a repeat and dropped, an
// event beyond last+1 is kept aside while a resume brings what lies between, so the transcript never shows a gap.
import { Entry, Outbox } from "./outbox";
import type { Ports } from "./ports";
import { Lost, Rpc, RpcError } from "./rpc";
import { busy, ChatEvent, ChatState, limited, Message, Profile, Resumed, Started, unauthenticated, Uploaded } from "./wire";

/** idle: nothing said yet, no connection wanted; lost: was or should be live and is being tried again. */
export type Phase = "idle" | "connecting" | "live" | "lost";

const heartbeatMs = 25000, answerMs = 10000, cachedMessages = 300;
const retryFirstMs = 600, retryMostMs = 30000;

export class Conversation {
  phase: Phase = "idle";
  messages: Message[] = [];
  state: ChatState | null = null;
  visitor: Started["visitor"] | null = null;
  last = 0;
  token: string | null = null;
  readonly outbox: Outbox;
  /** Anything to show changed. */
  onChange: () => void = () => {};
  /** One message more, not from the cache. */
  onMessage: (message: Message) => void = () => {};

  private rpc: Rpc | null = null;
  private early = new Map<number, ChatEvent>();
  private resuming: Promise<void> | null = null;
  private introduced = false;
  private attempt = 0;
  private wanted = false;
  private pumping = false;
  private sendNotBefore = 0;
  private told = { received: 0, read: 0 };
  private timers = new Map<string, () => void>();
  private waiters: (() => void)[] = [];

  constructor(private ports: Ports, private profile: Profile = {}) {
    this.outbox = new Outbox(ports.store, ports.locks, ports.uuid());
  }

  /** Shows what is known and connects if there is a conversation or something unsent. */
  async begin() {
    const owner = this.ports.store.get("user"), user = this.profile.identity?.id;
    if (owner && user && owner !== user) this.forgetVisitor();
    this.restore();
    this.onChange();
    await this.outbox.adopt();
    if (this.token || this.outbox.next()) this.connect();
  }

  /** Resolves once live; makes a visitor of a stranger. */
  ensure(): Promise<void> {
    if (this.phase === "live") return Promise.resolve();
    return new Promise((resolve) => { this.waiters.push(resolve); this.connect(); });
  }

  send(text: string, attachments: Uploaded[] = []) {
    this.outbox.add({ client_id: this.ports.uuid(), text, attachments, at: this.ports.clock.now(), failed: null });
    this.onChange();
    this.push();
  }

  retry(client_id: string) {
    this.outbox.mark(client_id, null);
    this.onChange();
    this.push();
  }

  discard(client_id: string) {
    this.outbox.drop(client_id);
    this.onChange();
  }

  typing(typing: boolean) {
    this.rpc?.call("chat.typing", { typing }).catch(() => {});
  }

  /** The visitor has seen everything shown. */
  read() {
    if (this.readSeq() >= this.last) return;
    this.ports.store.set("read", String(this.last));
    this.onChange();
    this.report();
  }

  unread() {
    const seen = this.readSeq();
    return this.messages.filter((message) => message.direction === "out" && message.seq > seen).length;
  }

  async end(rating: number | null, comment: string) {
    if (this.phase !== "live") throw new Lost();
    await this.rpc!.call("chat.end", { ...(rating ? { rating } : {}), ...(comment ? { comment } : {}) });
  }

  /** The site knows more now: the desk is told at once if there is a conversation, otherwise when it starts. */
  identify(profile: Profile) {
    const owner = this.ports.store.get("user"), user = profile.identity?.id;
    const other = owner && user && owner !== user;
    this.profile = { ...this.profile, ...profile };
    this.introduced = false;
    if (other) {
      this.drop();
      this.forgetVisitor();
      this.restore();
      this.settle();
    } else if (this.wanted) {
      this.drop();
      this.connect();
    }
  }

  /** Another tab wrote to the shared storage. */
  stored(key: string) {
    if (key === "token") {
      const token = this.readToken();
      if (token === this.token) return;
      // A start of ours is under way and finds this token under the lock.
      if (!this.token && this.rpc) return;
      this.drop();
      this.restore();
      this.settle();
    } else if (key === "read") {
      this.onChange();
    } else if (key.startsWith("out:")) {
      void this.adopt();
    }
  }

  /** The page is hidden for good or frozen: no socket or lock may outlive it, and the browser may keep it in its cache. */
  suspend() {
    this.drop();
    this.outbox.leave();
    if (this.phase !== "idle") this.become("lost");
  }

  wake() {
    this.outbox.stay();
    if (this.wanted) this.connect();
  }

  /** The network changed or the visitor asks: try at once, or check that the line is really there. */
  nudge() {
    if (this.phase === "live") this.beat();
    else if (this.wanted && !this.rpc) { this.attempt = 0; this.connect(); }
  }

  offline() {
    if (!this.rpc) return;
    this.rpc.close(1006);
  }

  /** The visitor logs out of the site: nothing stays behind. */
  shutdown() {
    this.drop();
    this.wanted = false;
    this.outbox.clear();
    this.forgetVisitor();
    this.restore();
    this.become("idle");
  }

  /** What need not be asked any more. */
  profileKnown(): { name?: string | null; email?: string | null } {
    const { name, email, identity } = this.profile;
    return { name: name ?? identity?.name ?? this.visitor?.name, email: email ?? identity?.email ?? this.visitor?.email };
  }

  // ---- Connecting ------------------------------------------------------------------------------------------------------

  private push() {
    if (this.phase === "live") void this.pump();
    else this.connect();
  }

  private connect() {
    this.wanted = true;
    if (this.rpc) return;
    this.callOff("retry");
    if (this.phase !== "lost") this.become("connecting");
    const rpc = new Rpc(this.ports.open(), this.ports.clock);
    this.rpc = rpc;
    rpc.onNotify = (method, params) => this.notified(method, params);
    rpc.onClosed = () => this.lost(rpc);
    rpc.opened.then(() => this.enter(rpc)).catch((error) => this.refused(rpc, error));
  }

  private async enter(rpc: Rpc) {
    let started = false;
    if (!this.readToken()) {
      // Two tabs that start at once: the second finds the token of the first under the lock.
      await this.ports.locks.alone("start", async () => {
        if (this.readToken() || rpc !== this.rpc) return;
        await this.start(rpc, null);
        started = true;
      });
    }
    if (rpc !== this.rpc) return;
    const token = this.readToken();
    if (token !== this.token) this.restore();
    if (!started && !this.introduced) await this.start(rpc, token);
    await this.resume(rpc);
    if (rpc !== this.rpc) return;
    this.attempt = 0;
    this.become("live");
    for (const waiter of this.waiters.splice(0)) waiter();
    this.rest();
    this.report();
    if (this.early.size) this.catchUp();
    await this.adopt();
    // A tab that just died may still have held its lock a moment ago.
    this.after("adopt", 2000, () => void this.adopt());
  }

  private async start(rpc: Rpc, token: string | null) {
    const result = await rpc.call<Started>("chat.start", { ...(token ? { token } : {}), ...this.profile });
    if (rpc !== this.rpc) throw new Lost();
    if (result.token !== this.token) {
      this.ports.store.set("token", result.token);
      this.restore();
    }
    if (this.profile.identity) this.ports.store.set("user", this.profile.identity.id);
    this.introduced = true;
    this.visitor = result.visitor;
    this.state = result.state;
  }

  private resume(rpc: Rpc): Promise<void> {
    this.resuming ??= this.resumeNow(rpc).finally(() => (this.resuming = null));
    return this.resuming;
  }

  private async resumeNow(rpc: Rpc) {
    for (let restarts = 0; ;) {
      const after = this.last;
      const page = await rpc.call<Resumed>("chat.resume", { token: this.token, after });
      if (rpc !== this.rpc) throw new Lost();
      if (page.seq < after) {
        // The desk knows less than we do: a restored backup, or another conversation. Its word counts.
        if (restarts++) throw new Lost();
        this.forgetTranscript();
        this.ports.store.remove("read");
        continue;
      }
      for (const event of page.events) {
        if (event.seq <= this.last) continue;
        if (event.seq !== this.last + 1) throw new Lost();
        this.take(event);
      }
      this.state = page.state;
      for (let event; (event = this.early.get(this.last + 1)); ) this.take(event);
      for (const seq of this.early.keys()) if (seq <= this.last) this.early.delete(seq);
      if (this.last === after || (!page.more && !this.early.size)) break;
    }
    if (this.early.size) this.after("arrives", 1000, () => this.catchUp());
    this.remember();
    this.onChange();
  }

  private lost(rpc: Rpc) {
    if (rpc !== this.rpc) return;
    this.rpc = null;
    this.resuming = null;
    this.callOff("heartbeat");
    this.again(0);
  }

  private refused(rpc: Rpc, error: unknown) {
    if (rpc !== this.rpc) return;
    if (error instanceof RpcError && error.code === unauthenticated) return this.unknownToken(rpc);
    this.drop();
    if (error instanceof RpcError && !error.retryAfterMs && !this.introduced) this.claimLess(error.message);
    this.again(error instanceof RpcError ? error.retryAfterMs || 2000 : 0);
  }

  /** The desk refuses what the site or the visitor says of themselves; a chat without it is better than none. */
  private claimLess(why: string) {
    const { identity, jwt, language, page, ...claims } = this.profile;
    this.profile = { language, page, ...(identity || jwt ? claims : {}) };
    console.warn("deskwire chat:", why);
  }

  /** The desk does not know the token: what is unsent starts a new conversation, otherwise there is none. */
  private unknownToken(rpc: Rpc | null) {
    if (this.token && this.readToken() === this.token) this.forgetVisitor();
    if (rpc) this.drop();
    this.restore();
    if (this.outbox.next() || this.waiters.length || this.token) this.again(500);
    else this.settle();
  }

  /** With something to talk about a connection, otherwise rest. */
  private settle() {
    this.wanted = !!(this.token || this.outbox.next());
    if (this.wanted) return this.connect();
    this.become("idle");
  }

  /** Jittered and growing, so that a thousand pages do not come back in the same second. */
  private again(atLeastMs: number) {
    if (!this.wanted) return;
    const grown = Math.min(retryMostMs, retryFirstMs * 2 ** this.attempt++);
    this.become("lost");
    this.after("retry", Math.max(atLeastMs, grown / 2) + (grown / 2) * this.ports.random(), () => this.connect());
  }

  private drop() {
    const rpc = this.rpc;
    this.rpc = null;
    this.resuming = null;
    this.early.clear();
    for (const name of [...this.timers.keys()]) this.callOff(name);
    rpc?.close();
  }

  private become(phase: Phase) {
    this.phase = phase;
    this.onChange();
  }

  // ---- Receiving -------------------------------------------------------------------------------------------------------

  private notified(method: string, params: any) {
    if (method === "event") this.arrived(params);
    if (method === "state") { this.state = params; this.onChange(); }
  }

  private arrived(event: ChatEvent) {
    if (event.seq <= this.last) return;
    if (event.seq !== this.last + 1 || this.resuming || this.phase !== "live") {
      this.early.set(event.seq, event);
      if (!this.resuming && this.phase === "live") this.catchUp();
      return;
    }
    this.take(event);
    this.remember();
    this.onChange();
  }

  private catchUp() {
    const rpc = this.rpc;
    if (rpc) this.resume(rpc).then(() => this.report()).catch((error) => this.refused(rpc, error));
  }

  private take(event: ChatEvent) {
    this.last = event.seq;
    this.early.delete(event.seq);
    const message = event.data?.message;
    if (event.type !== "message.added" || !message) return;
    const own = this.outbox.named(event.seq);
    if (own) this.settled(message, own);
    this.messages.push(message);
    this.onMessage(message);
    this.after("report", 200, () => this.report());
  }

  /** What was written is what was told now; it keeps its place in the transcript. */
  private settled(message: Message | undefined, client_id: string) {
    if (message) message.client_id = client_id;
    this.outbox.drop(client_id);
  }

  /** Tells how far messages arrived and were seen; what is lost with a connection is told again on the next one. */
  private report() {
    const rpc = this.rpc, read = Math.min(this.readSeq(), this.last), received = this.last;
    if (!rpc || this.phase !== "live") return;
    if (received > this.told.received)
      rpc.call("chat.received", { seq: received }).then(() => (this.told.received = Math.max(this.told.received, received))).catch(() => {});
    if (read > this.told.read)
      rpc.call("chat.read", { seq: read }).then(() => (this.told.read = Math.max(this.told.read, read))).catch(() => {});
  }

  // ---- Sending ---------------------------------------------------------------------------------------------------------

  private async adopt() {
    await this.outbox.adopt();
    this.onChange();
    if (this.outbox.next()) this.push();
  }

  /** One at a time, in the order written. */
  private async pump() {
    if (this.pumping || this.ports.clock.now() < this.sendNotBefore) return;
    this.pumping = true;
    try {
      for (let entry; this.phase === "live" && (entry = this.outbox.next()); ) await this.deliver(entry);
    } catch { /* Lost: the next connection goes on with the same entry. */ } finally {
      this.pumping = false;
    }
  }

  private async deliver(entry: Entry) {
    const { client_id, text, attachments } = entry, rpc = this.rpc!;
    try {
      const ids = attachments.map((file) => file.id);
      const result = await rpc.call<{ seq: number }>("chat.send",
        { client_id, ...(text ? { text } : {}), ...(ids.length ? { attachments: ids } : {}) });
      this.outbox.confirm(client_id, result.seq);
      if (result.seq <= this.last) this.settled(this.messages.find(({ seq }) => seq === result.seq), client_id);
      else this.after("arrives", 3000, () => { if (this.last < result.seq) this.catchUp(); });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.code === unauthenticated) { this.unknownToken(rpc); throw new Lost(); }
      if (error.code === limited || error.code === busy) {
        const wait = error.retryAfterMs || 1000;
        this.sendNotBefore = this.ports.clock.now() + wait;
        this.after("send", wait, () => void this.pump());
        throw new Lost();
      }
      this.outbox.mark(client_id, error.message);
    }
    this.onChange();
  }

  // ---- Heartbeat -------------------------------------------------------------------------------------------------------

  private rest() {
    this.after("heartbeat", heartbeatMs, () => this.beat());
  }

  private beat() {
    const rpc = this.rpc;
    if (!rpc) return;
    rpc.call<ChatState>("chat.state", {}, answerMs).then((state) => {
      this.state = state;
      this.onChange();
      this.rest();
      void this.adopt();
    }).catch((error) => { if (error instanceof RpcError) this.rest(); });
  }

  // ---- Storage ---------------------------------------------------------------------------------------------------------

  private readToken() { return this.ports.store.get("token"); }

  private readSeq() { return Number(this.ports.store.get("read")) || 0; }

  /** The transcript as last seen, if it is this token's; a long one is fetched anew instead. */
  private restore() {
    this.forgetTranscript();
    this.token = this.readToken();
    try {
      const cached = JSON.parse(this.ports.store.get("transcript") ?? "null");
      if (!cached || cached.token !== this.token || !this.token) return;
      this.last = cached.last;
      this.messages = cached.messages;
    } catch { /* Unreadable: the desk has it. */ }
  }

  private remember() {
    const { token, last, messages } = this;
    if (messages.length > cachedMessages) this.ports.store.remove("transcript");
    else this.ports.store.set("transcript", JSON.stringify({ token, last, messages }));
  }

  private forgetTranscript() {
    this.messages = [];
    this.early.clear();
    this.last = 0;
    this.told = { received: 0, read: 0 };
    this.state = null;
  }

  private forgetVisitor() {
    for (const key of ["token", "transcript", "read", "user", "rated"]) this.ports.store.remove(key);
    this.introduced = false;
    this.visitor = null;
  }

  // ---- Timers ----------------------------------------------------------------------------------------------------------

  private after(name: string, ms: number, work: () => void) {
    this.callOff(name);
    this.timers.set(name, this.ports.clock.later(ms, () => { this.timers.delete(name); work(); }));
  }

  private callOff(name: string) {
    this.timers.get(name)?.();
    this.timers.delete(name);
  }
}
