// SPDX-License-Identifier: Apache-2.0
// What the conversation needs of the world, so that it runs without a browser: storage, locks among tabs, time, sockets.

export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** The part of WebSocket that is used. */
export interface Socket {
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: { data: any }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface Clock {
  now(): number;
  /** Runs `work` once after `ms`; the result calls it off. */
  later(ms: number, work: () => void): () => void;
}

export interface Locks {
  /** Runs `work` while no other tab is in a section of this name. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` at once, or not at all when another tab holds the name. */
  ifFree(name: string, work: () => void): Promise<void>;
  /** Holds the name until the result is called or the tab dies. */
  hold(name: string): () => void;
}

export interface Ports {
  store: Store; locks: Locks; clock: Clock;
  open(): Socket;
  random(): number;
  uuid(): string;
}

/** A storage area under a prefix; what the area refuses (denied, full) lives in memory instead. */
export function prefixed(area: () => Storage, prefix: string): Store {
  const memory = new Map<string, string>();
  return {
    get(key) {
      if (memory.has(key)) return memory.get(key)!;
      try { return area().getItem(prefix + key); } catch { return null; }
    },
    set(key, value) {
      try { area().setItem(prefix + key, value); memory.delete(key); } catch { memory.set(key, value); }
    },
    remove(key) {
      memory.delete(key);
      try { area().removeItem(prefix + key); } catch { /* Denied: nothing was written. */ }
    },
    keys() {
      const found = new Set(memory.keys());
      try {
        for (let i = 0; i < area().length; i++) {
          const key = area().key(i)!;
          if (key.startsWith(prefix)) found.add(key.slice(prefix.length));
        }
      } catch { /* Denied: only what memory has. */ }
      return [...found];
    },
  };
}

export function webLocks(manager: LockManager, prefix: string): Locks {
  return {
    alone: (name, work) => manager.request(prefix + name, work) as Promise<any>,
    async ifFree(name, work) {
      await manager.request(prefix + name, { ifAvailable: true }, (lock) => { if (lock) work(); });
    },
    hold(name) {
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      void manager.request(prefix + name, () => held).catch(() => {});
      return release;
    },
  };
}

const settleMs = 60, leaseMs = 20000;
// Hidden tabs may run their timers once a minute only.
const heldMs = 150000, renewMs = 20000;

/**
 * For pages without Web Locks (plain http): a lease in the storage the tabs share. Two tabs write, both wait, the last
 * writer has it. A name held for long is a lease renewed; that of a tab that crashed runs out.
 */
export function storedLocks(store: Store, clock: Clock, uuid: () => string): Locks {
  const pause = (ms: number) => new Promise<void>((resolve) => clock.later(ms, resolve));
  return {
    async alone(name, work) {
      const key = `lock:${name}`, mine = uuid();
      for (;;) {
        const [holder, until] = (store.get(key) ?? "").split("|");
        if (!holder || Number(until) < clock.now()) {
          store.set(key, `${mine}|${clock.now() + leaseMs}`);
          await pause(settleMs);
          if (store.get(key)?.startsWith(mine)) break;
        }
        await pause(settleMs);
      }
      try { return await work(); } finally { if (store.get(key)?.startsWith(mine)) store.remove(key); }
    },
    async ifFree(name, work) {
      const until = Number(store.get(`lock:${name}`)?.split("|")[1]) || 0;
      if (until < clock.now()) { store.remove(`lock:${name}`); work(); }
    },
    hold(name) {
      let callOff = () => {};
      const renew = () => {
        store.set(`lock:${name}`, `${name}|${clock.now() + heldMs}`);
        callOff = clock.later(renewMs, renew);
      };
      renew();
      return () => { callOff(); store.remove(`lock:${name}`); };
    },
  };
}
