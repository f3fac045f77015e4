// SPDX-License-Identifier: Apache-2.0
// A desk, a browser's storage and locks, a clock and a network for the conversation's tests: nothing waits, nothing is random.
import { Conversation } from "../conversation";
import { Locks, Ports, Socket, Store, storedLocks } from "../ports";
import { ChatEvent, ChatState, Profile } from "../wire";

export class FakeClock {
  private time = 0;
  private due: { at: number; work: () => void }[] = [];
  now() { return this.time; }
  later(ms: number, work: () => void) {
    const item = { at: this.time + ms, work };
    this.due.push(item);
    return () => { this.due = this.due.filter((other) => other !== item); };
  }
  /** Lets `ms` pass, running what falls due, with everything it sets in motion. */
  async pass(ms: number) {
    const end = this.time + ms;
    await settle();
    for (let item; (item = this.due.filter((i) => i.at <= end).sort((a, b) => a.at - b.at)[0]); ) {
      this.due = this.due.filter((other) => other !== item);
      this.time = Math.max(this.time, item.at);
      item.work();
      await settle();
    }
    this.time = end;
  }
}

export async function settle() {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeSocket implements Socket {
  onopen: ((event: any) => void) | null = null;
  onmessage: ((event: { data: any }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  token: string | null = null;
  live = false;
  closed = false;
  constructor(private desk: FakeDesk) {
    queueMicrotask(() => (desk.reachable ? this.onopen?.({}) : this.cut()));
  }
  send(text: string) { if (!this.closed) this.desk.received(this, JSON.parse(text)); }
  close() { this.closed = true; }
  cut(code = 1006) {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.onclose?.({ code }));
  }
  deliver(frame: object) { if (!this.closed) queueMicrotask(() => !this.closed && this.onmessage?.({ data: JSON.stringify(frame) })); }
}

export class FakeDesk {
  reachable = true;
  /** Requests arrive and are carried out, but no answer or event leaves. */
  mute = false;
  /** The next answers to this method become errors. */
  refusals: { method: string; error: object }[] = [];
  pageSize = 100;
  calls: { method: string; params: any }[] = [];
  sockets: FakeSocket[] = [];
  visitors = new Map<string, ChatEvent[]>();
  private tokens = 0;
  private named = new Map<string, ChatEvent>();
  private untold: ChatEvent[] = [];

  state(): ChatState {
    return { open: true, opens_at: null, waiting: null, agent: null, agent_typing: false, delivered_seq: 0, read_seq: 0,
      idle_closes_at: null, ended: false };
  }
  open(): FakeSocket {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    return socket;
  }
  /** A connection that lost something does not heal: it ends. */
  unmute() {
    this.mute = false;
    for (const socket of this.sockets) socket.cut();
  }
  count(method: string) { return this.calls.filter((call) => call.method === method).length; }
  log(token: string) { return this.visitors.get(token) ?? []; }

  received(socket: FakeSocket, frame: any) {
    this.calls.push({ method: frame.method, params: frame.params });
    const at = this.refusals.findIndex((refusal) => refusal.method === frame.method);
    let answer: any;
    if (at >= 0) answer = { error: this.refusals.splice(at, 1)[0]!.error };
    else answer = this.answer(socket, frame.method, frame.params);
    if (!this.mute) socket.deliver({ jsonrpc: "2.0", id: frame.id, ...answer });
    // A result comes before its own event.
    for (const event of this.untold.splice(0)) this.tell(socket.token!, event);
  }

  say(token: string, text: string, direction: "in" | "out" = "out"): ChatEvent {
    const event = this.keep(token, text, direction);
    this.tell(token, event);
    return event;
  }
  private keep(token: string, text: string, direction: "in" | "out"): ChatEvent {
    const log = this.log(token), seq = log.length + 1;
    const event: ChatEvent = { seq, prev: seq - 1, type: "message.added", at: "", data: { message: { id: seq + 100, seq, direction,
      author: { kind: direction === "in" ? "customer" : "agent", name: "x" }, at: "", text, attachments: [] } } };
    log.push(event);
    return event;
  }
  private tell(token: string, event: ChatEvent) {
    for (const socket of this.sockets) if (socket.live && socket.token === token) this.notify(socket, event);
  }
  notify(socket: FakeSocket, event: ChatEvent) {
    if (!this.mute) socket.deliver({ jsonrpc: "2.0", method: "event", params: event });
  }

  private answer(socket: FakeSocket, method: string, params: any): object {
    if (method === "chat.start") {
      if (params.token && !this.visitors.has(params.token)) return { error: { code: -32001, message: "unauthenticated" } };
      const token = params.token ?? `token-${++this.tokens}`;
      if (!this.visitors.has(token)) this.visitors.set(token, []);
      socket.token = token;
      socket.live = true;
      return { result: { token, seq: this.log(token).length, visitor: { level: "anonymous", name: null, email: null }, state: this.state() } };
    }
    if (method === "chat.resume") {
      if (!this.visitors.has(params.token)) return { error: { code: -32001, message: "unauthenticated" } };
      const rest = this.log(params.token).filter((event) => event.seq > params.after), events = rest.slice(0, this.pageSize);
      const more = rest.length > events.length;
      socket.token = params.token;
      socket.live ||= !more;
      return { result: { seq: this.log(params.token).length, events, more, state: this.state() } };
    }
    if (method === "chat.send") {
      const token = socket.token!;
      const name = `${token} ${params.client_id}`, known = this.named.get(name);
      const event = known ?? this.keep(token, params.text, "in");
      if (!known) this.untold.push(event);
      this.named.set(name, event);
      return { result: { message: event.data.message!.id, seq: event.seq, at: "" } };
    }
    if (method === "chat.state") return { result: this.state() };
    return { result: {} };
  }
}

/** One browser profile: tabs of it share storage, storage events and locks. */
export class FakeBrowser {
  items = new Map<string, string>();
  private held = new Map<string, FakeTab>();
  private queue: { name: string; run: () => void }[] = [];
  tabs: FakeTab[] = [];
  /** With `plain` there are no Web Locks, as on a page without https. */
  constructor(readonly desk: FakeDesk, readonly clock: FakeClock, readonly plain = false) {}

  tab(profile: Profile = {}): FakeTab {
    const tab = new FakeTab(this, profile);
    this.tabs.push(tab);
    return tab;
  }
  store(tab: FakeTab): Store {
    const tell = (key: string) => { for (const other of this.tabs) if (other !== tab && other.alive) queueMicrotask(() => other.chat.stored(key)); };
    return {
      get: (key) => this.items.get(key) ?? null,
      set: (key, value) => { if (!tab.alive) return; const old = this.items.get(key); this.items.set(key, value); if (old !== value) tell(key); },
      remove: (key) => { if (tab.alive && this.items.delete(key)) tell(key); },
      keys: () => [...this.items.keys()],
    };
  }
  locks(tab: FakeTab): Locks {
    if (this.plain) return storedLocks(this.store(tab), this.clock, () => `lease-${++ids}`);
    return {
      alone: async (name, work) => {
        while (this.held.has(name)) await new Promise<void>((run) => this.queue.push({ name, run }));
        this.held.set(name, tab);
        try { return await work(); } finally { this.free(name); }
      },
      ifFree: async (name, work) => { await Promise.resolve(); if (!this.held.has(name)) work(); },
      hold: (name) => { this.held.set(name, tab); return () => this.free(name); },
    };
  }
  die(tab: FakeTab) {
    tab.alive = false;
    for (const [name, holder] of this.held) if (holder === tab) this.free(name);
  }
  private free(name: string) {
    this.held.delete(name);
    const at = this.queue.findIndex((waiting) => waiting.name === name);
    if (at >= 0) this.queue.splice(at, 1)[0]!.run();
  }
}

let ids = 0;

export class FakeTab {
  alive = true;
  chat: Conversation;
  shown: string[] = [];
  constructor(private browser: FakeBrowser, profile: Profile) {
    const ports: Ports = {
      store: browser.store(this), locks: browser.locks(this), random: () => 0.5, uuid: () => `id-${++ids}`,
      clock: { now: () => browser.clock.now(), later: (ms, work) => browser.clock.later(ms, () => this.alive && work()) },
      open: () => browser.desk.open(),
    };
    this.chat = new Conversation(ports, profile);
    this.chat.onMessage = (message) => this.shown.push(message.text);
  }
  get texts() { return this.chat.messages.map((message) => message.text); }
  /** The tab is closed or crashes: its socket is cut, its locks are free, its code runs no more. */
  close() {
    this.browser.die(this);
    (this.chat as any).rpc?.socket.cut();
  }
}

export function world(plain = false) {
  const desk = new FakeDesk(), clock = new FakeClock(), browser = new FakeBrowser(desk, clock, plain);
  return { desk, clock, browser };
}
