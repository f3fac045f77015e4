// SPDX-License-Identifier: Apache-2.0
// JSON-RPC 2.0 over one socket. A call without an answer in time means a half-open connection: the socket is given up.
import type { Clock, Socket } from "./ports";

export class RpcError extends Error {
  readonly retryAfterMs: number;
  constructor(readonly code: number, message: string, readonly data: any) {
    super(data?.detail ?? message);
    this.retryAfterMs = Number(data?.retry_after_ms) || 0;
  }
}

/** The connection went away before an answer came; whether the desk did the thing is not known. */
export class Lost extends Error {}

type Waiter = { resolve(value: any): void; reject(error: Error): void; callOff(): void };

export class Rpc {
  onNotify: (method: string, params: any) => void = () => {};
  onClosed: (code: number) => void = () => {};
  readonly opened: Promise<void>;
  open = false;
  private waiting = new Map<number, Waiter>();
  private nextId = 1;
  private closed = false;
  private failOpening = (_: Error) => {};

  constructor(private socket: Socket, private clock: Clock, openMs = 15000) {
    this.opened = new Promise((resolve, reject) => {
      this.failOpening = reject;
      const callOff = clock.later(openMs, () => this.close(1006));
      socket.onopen = () => { callOff(); if (!this.closed) { this.open = true; resolve(); } };
    });
    this.opened.catch(() => {});
    socket.onmessage = (frame) => this.receive(frame.data);
    socket.onclose = (event) => this.gone(event.code);
  }

  call<T = any>(method: string, params: object, limitMs = 15000): Promise<T> {
    if (!this.open || this.closed) return Promise.reject(new Lost());
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, callOff: this.clock.later(limitMs, () => this.close(1006)) });
      this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** Does not wait for the peer: on a half-open connection its goodbye would never come. */
  close(code = 1000) {
    if (this.closed) return;
    this.gone(code);
    try { this.socket.close(1000); } catch { /* It was not open yet. */ }
  }

  private receive(text: any) {
    if (this.closed || typeof text !== "string") return;
    let frame: any;
    try { frame = JSON.parse(text); } catch { return; }
    if (frame.method) return this.onNotify(frame.method, frame.params);
    const waiter = this.waiting.get(frame.id);
    if (!waiter) return;
    this.waiting.delete(frame.id);
    waiter.callOff();
    if (frame.error) waiter.reject(new RpcError(frame.error.code, frame.error.message, frame.error.data));
    else waiter.resolve(frame.result);
  }

  private gone(code: number) {
    if (this.closed) return;
    this.closed = true;
    this.open = false;
    const lost = new Lost();
    this.failOpening(lost);
    for (const waiter of this.waiting.values()) { waiter.callOff(); waiter.reject(lost); }
    this.waiting.clear();
    this.onClosed(code);
  }
}
