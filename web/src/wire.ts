// SPDX-License-Identifier: Apache-2.0
// The console socket: JSON-RPC 2.0 over one WebSocket, resumed by sequence after a lost connection.

export interface Deadline {
  metric: string; due_at: string; state: "running" | "paused" | "met" | "breached"; sla: string | null; calendar: string | null;
  target_seconds: number; used_seconds: number; started_at: string | null; resumed_at: string | null; stopped_at: string | null;
}
export interface Person { id: number; name: string }
export interface Ticket {
  id: number; subject: string; state: string; queue: string; channel: string; channel_name: string; priority: string;
  customer: Person | null; agent: string | null; created_at: string; updated_at: string; deadlines: Deadline[];
  snoozed_until: string | null; tags: string[]; disposition: string | null;
}
export interface Attachment { n: number; name: string; type: string; size_bytes: number; content_id: string | null }
export interface Address { name: string | null; address: string }
export interface Message {
  id: number; ticket: number; seq: number; direction: "in" | "out" | "note" | "system"; channel: string;
  author: { kind: string; id: number | null; name: string }; at: string; text: string; reply_text: string | null; has_html: boolean;
  from: Address | null; cc: Address[]; forwarded_by: Address | null; attachments: Attachment[];
  delivery: { state: string; detail: string | null } | null;
  held_until: string | null; mentions: string[];
  sms: { parts: number; ucs2: boolean; forced_by: string | null } | null;
}
export interface Offer { offer: number; ticket: Ticket | number; expires_at: string; why: unknown }
export interface Call {
  state: "ringing" | "answered" | "missed" | "ended"; call: string; channel_name: string; from: string | null; from_shown: string;
  customer: { id: number; name: string | null } | null; tickets: Ticket[]; agent: string | null; at: string;
}
/** Of today; `percent` null: nothing was answered yet. */
export interface Level { percent: number | null; met: number; total: number; within_seconds?: number; target_percent?: number; formula?: string }
export interface Queue {
  id: number; queue: string; waiting: number; oldest_at: string | null; next_due_at: string | null; late: number; due_in_30m: number; at_risk: number; level: Level;
  expected_wait: { p50_seconds: number; p90_seconds: number } | null; slot_at: string; arrivals: number[]; answered: number[];
}
export interface Totals { waiting: number; oldest_at: string | null; level: Level; late: number; due_in_30m: number; at_risk: number; agents_on: number; agents_free: number }
export interface Risk { ticket: number; due_at: string; queue: string | null; place: number; expected_at: string | null; remedy: string; act: "bring_back" | "give" | "raise" | null; agent: string | null }
export interface Alert {
  name: string; state: "raised" | "cleared"; when: "waiting" | "oldest" | "level" | "at_risk"; queue: string | null; over: number | null; under: number | null;
  for_seconds: number; value: number | null; since: string | null; raised_at: string | null;
}
export interface Agent {
  id: number; user: string; name: string; role: string; presence: "offline" | "available" | "away"; reason: string | null; since: string | null;
  load_percent: number; capacity_percent: number; free: boolean; tickets: number; offers: number; answered_today: number; queues: string[]; skills: { skill: string; level: number }[];
}
export interface Customer {
  id: number; name: string | null; tier?: number; created_at?: string; identities?: { kind: string; value: string; name?: string | null; region?: string | null; shown?: string }[];
  pinned?: { text: string; by: string; at: string } | null;
}
export interface User { id: number; name: string; role: string; user?: string }
export interface WireEvent { seq: number; prev: number; type: string; at: string; data: any }

export class RpcError extends Error {
  constructor(readonly code: number, message: string, readonly data: any) {
    super(data?.detail ?? data?.refusal ?? message);
  }
}

type Waiter = { resolve(value: any): void; reject(error: Error): void };

export class Wire {
  onEvent: (event: WireEvent) => void = () => {};
  /** Before an answer is given to whoever called. */
  onAnswer: () => void = () => {};
  onCall: (call: Call) => void = () => {};
  onResync: (reason: string) => void = () => {};
  onUp: (up: boolean) => void = () => {};
  /** Who one is may have changed while one was away. */
  onUser: (user: User) => void = () => {};
  /** What comes and goes without being an event: typing, a ringing call. */
  onFleeting: (method: string, params: any) => void = () => {};
  onSignedOut: (reason: string) => void = () => {};
  private socket: WebSocket | null = null;
  private waiting = new Map<number, Waiter>();
  private nextId = 1;
  private seq = 0;
  private attempt = 0;
  private stopped = false;
  token: string | null = null;

  /** Opens the socket without logging in. */
  connect(): Promise<void> {
    this.stopped = false;
    return new Promise((resolve, reject) => {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const socket = new WebSocket(`${scheme}://${location.host}/console`, "deskwire.console.v1");
      this.socket = socket;
      socket.onopen = () => resolve();
      socket.onmessage = (frame) => this.receive(frame.data as string);
      socket.onclose = () => { reject(new Error("The desk cannot be reached.")); this.lost(socket); };
    });
  }

  call<T>(method: string, params: object = {}): Promise<T> {
    const socket = this.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error("Not connected; trying again."));
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  async login(params: object): Promise<User> {
    const result = await this.call<{ token: string; user: User; seq: number }>("session.login", params);
    this.token = result.token;
    this.seq = result.seq;
    this.attempt = 0;
    this.onUp(true);
    return result.user;
  }

  close() {
    this.stopped = true;
    this.token = null;
    this.socket?.close();
  }

  private receive(text: string) {
    const frame = JSON.parse(text);
    if (frame.method === "event") {
      this.seq = frame.params.seq;
      this.onEvent(frame.params);
    } else if (frame.method === "call") {
      this.onCall(frame.params);
    } else if (frame.method === "resync") {
      this.onAnswer();
      this.onResync(frame.params.reason);
    } else if (frame.method) {
      this.onFleeting(frame.method, frame.params);
    } else {
      this.onAnswer();
      const waiter = this.waiting.get(frame.id);
      this.waiting.delete(frame.id);
      if (frame.error) waiter?.reject(new RpcError(frame.error.code, frame.error.message, frame.error.data));
      else waiter?.resolve(frame.result);
    }
  }

  private lost(socket: WebSocket) {
    if (socket !== this.socket) return;
    for (const waiter of this.waiting.values()) waiter.reject(new Error("The connection was lost."));
    this.waiting.clear();
    this.onUp(false);
    if (!this.stopped && this.token) setTimeout(() => this.resume(), this.delay());
  }

  // Jitter keeps a thousand pages from coming back in the same second.
  private delay() {
    this.attempt++;
    return Math.min(15000, 300 * 2 ** this.attempt) * (0.5 + Math.random());
  }

  private async resume() {
    if (this.stopped || !this.token) return;
    try {
      await this.connect();
      const { user } = await this.call<{ user: User }>("session.resume", { token: this.token, after: this.seq });
      this.attempt = 0;
      this.onUser(user);
      this.onUp(true);
    } catch (error) {
      if (error instanceof RpcError && error.code === -32001) this.onSignedOut("Your session has ended. Please log in again.");
    }
  }
}
