// SPDX-License-Identifier: Apache-2.0
// Until when a ticket shall be out of the way.
import { useState } from "preact/hooks";
import { fail, snooze } from "./desk";
import { Dialog } from "./dialog";
import { dayAndHour } from "./time";
import type { Ticket } from "./wire";

const hourMs = 3600000;

/** Of a working day, in the reader's own zone. */
function morning(daysAhead: number, from: Date): Date {
  return new Date(from.getFullYear(), from.getMonth(), from.getDate() + daysAhead, 8);
}

const mondayIn = (from: Date) => ((8 - from.getDay()) % 7 || 7);

export function choices(now: Date): { name: string; until: Date }[] {
  return [
    { name: "In an hour", until: new Date(now.getTime() + hourMs) },
    { name: "In three hours", until: new Date(now.getTime() + 3 * hourMs) },
    { name: "Tomorrow morning", until: morning(1, now) },
    { name: "On Monday morning", until: morning(mondayIn(now), now) },
  ];
}

/** What a `datetime-local` field holds: the time in the reader's zone. */
const local = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

export function SnoozeDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const [begun] = useState(() => new Date()), [own, setOwn] = useState("");
  const take = (until: Date, event: Event) => {
    snooze(ticket.id, until).catch(fail);
    (event.currentTarget as HTMLElement).closest("dialog")?.close();
  };
  return (
    <Dialog title={`Snooze #${ticket.id}`} onClose={onClose}>
      <ul onKeyDown={(e) => {
        const all = [...e.currentTarget.querySelectorAll("button")], at = all.indexOf(document.activeElement as HTMLButtonElement);
        const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
        if (by && at >= 0) { e.preventDefault(); all[(at + by + all.length) % all.length]!.focus(); }
      }}>
        {choices(begun).map(({ name, until }, n) => (
          <li key={name}><button class="choice row" {...(n === 0 ? { "data-first": true } : {})} onClick={(e) => take(until, e)}>
            <span class="grow">{name}</span><span class="quiet">{dayAndHour(until)}</span></button></li>
        ))}
      </ul>
      <form class="row" onSubmit={(e) => { e.preventDefault(); take(new Date(own), e); }}>
        <label class="field grow">Another time
          <input type="datetime-local" required min={local(begun)} value={own} onInput={(e) => setOwn(e.currentTarget.value)} /></label>
        <button class="primary" disabled={!own}>Snooze</button>
      </form>
      <p class="quiet">It stays yours and takes no room until then. It comes back earlier when the customer writes. Its deadlines run on.</p>
    </Dialog>
  );
}
