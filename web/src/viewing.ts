// SPDX-License-Identifier: Apache-2.0
// Tells colleagues that one has a ticket before one, and whether one writes. The desk forgets it after half a minute of silence.
import { useEffect } from "preact/hooks";
import { up, viewers, wire } from "./desk";
import type { Viewer } from "./desk";

const everyMs = 10000;

export function useViewing(ticket: number, writing: boolean) {
  const isUp = up.value;
  useEffect(() => {
    if (!isUp) return;
    let here = true;
    const say = () => wire.call<{ agents: Viewer[] }>("ticket.viewing", { ticket, writing }).then(({ agents }) => { if (here) viewers.value = agents; }, () => undefined);
    void say();
    const timer = setInterval(() => { if (!document.hidden) void say(); }, everyMs);
    return () => { here = false; clearInterval(timer); };
  }, [ticket, writing, isUp]);
  useEffect(() => () => void wire.call("ticket.viewing", { ticket: null, writing: false }).catch(() => undefined), [ticket]);
}
