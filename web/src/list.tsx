// SPDX-License-Identifier: Apache-2.0
// My tickets by due time, those that wait for others, and what waits in the queues. Rows have one height, so a long list shows only
// those in view.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { allWaiting, fail, mine, moreWaiting, now, openId, presence, queues, show, snoozed, unread, waiting, waitingForOthers } from "./desk";
import { Icon } from "./icons";
import { offer } from "./keys";
import { dueAt, dueClass, dueText, exact, span } from "./time";
import type { Ticket } from "./wire";
import { channelWord, subjectOf } from "./words";

const rowPx = 52, margin = 10;
/** The row that the keyboard stands on. */
const cursor = signal<number | null>(null);

function Row({ ticket }: { ticket: Ticket }) {
  const due = dueAt(ticket);
  return (
    <li class={unread.value.has(ticket.id) ? "unread" : ""}>
      <button class="line" data-ticket={ticket.id} aria-current={openId.value === ticket.id} data-cursor={cursor.value === ticket.id || undefined}
        onClick={() => { cursor.value = ticket.id; show(ticket.id); }}>
        <span class="line-mark"><Icon name={ticket.channel} label={channelWord(ticket.channel)} /></span>
        <span class="line-words">
          <span class="subject">{subjectOf(ticket)}</span>
          <span class="quiet line-who">#{ticket.id} {ticket.customer?.name ?? ""}{unread.value.has(ticket.id) && <span class="sr"> unread</span>}</span>
        </span>
        {ticket.snoozed_until
          ? <span class="quiet" title={exact(ticket.snoozed_until)}>back in {span(Date.parse(ticket.snoozed_until) - now.value)}</span>
          : <span class={`due ${dueClass(ticket, now.value)}`} title={due === null ? "" : exact(new Date(due).toISOString())}>{dueText(ticket, now.value)}</span>}
      </button>
    </li>
  );
}

/** Only the rows in view of the nearest scroller are there; the list is as high as all of them. */
function Rows({ rows, onEnd }: { rows: Ticket[]; onEnd?: () => void }) {
  const box = useRef<HTMLUListElement>(null);
  const [view, setView] = useState({ from: 0, to: 40 });
  useEffect(() => {
    const scroller = box.current!.closest<HTMLElement>(".left-scroll")!;
    const look = () => {
      const top = scroller.getBoundingClientRect().top - box.current!.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(top / rowPx) - margin), to = Math.ceil((top + scroller.clientHeight) / rowPx) + margin;
      if (to >= rows.length) onEnd?.();
      setView((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    scroller.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => { scroller.removeEventListener("scroll", look); window.removeEventListener("resize", look); };
  }, [rows.length]);
  const shown = rows.slice(view.from, Math.max(view.to, view.from));
  return (
    <ul ref={box} class="rows" style={{ height: rows.length * rowPx, paddingTop: Math.min(view.from, rows.length) * rowPx }}>
      {shown.map((t) => <Row key={t.id} ticket={t} />)}
    </ul>
  );
}

function Section({ title, rows, empty, count = rows.length, onEnd }: { title: string; rows: Ticket[]; empty?: string; count?: number; onEnd?: () => void }) {
  return (
    <section>
      <h2>{title} <span class="count">{count || ""}</span></h2>
      {rows.length ? <Rows rows={rows} {...(onEnd ? { onEnd } : {})} /> : <p class="quiet empty">{empty}</p>}
    </section>
  );
}

function Queues() {
  const rows = [...queues.value.values()].filter((queue) => queue.waiting > 0);
  if (!rows.length) return null;
  return (
    <section>
      <h2>Queues</h2>
      <ul class="queues">
        {rows.map((queue) => (
          <li key={queue.queue} class="row">
            <span class="grow">{queue.queue}</span><span class="number">{queue.waiting}</span>
            <span class="quiet number">{queue.oldest_at ? `oldest ${span(now.value - Date.parse(queue.oldest_at))}` : ""}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const inOrder = () => [...mine.value, ...waitingForOthers.value, ...snoozed.value, ...waiting.value];

function move(by: number) {
  const rows = inOrder(), at = rows.findIndex((t) => t.id === (cursor.value ?? openId.value));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  if (!next) return;
  cursor.value = next.id;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.line[data-ticket="${next.id}"]`)?.focus());
}

export function TicketList() {
  useEffect(() => offer([
    { keys: "j", name: "Next ticket in the list", group: "List", run: () => move(1) },
    { keys: "k", name: "Previous ticket in the list", group: "List", run: () => move(-1) },
    { keys: "o", name: "Open the chosen ticket", group: "List", run: () => { if (cursor.value !== null) show(cursor.value); }, when: () => cursor.value !== null },
  ]), []);
  return (
    // Without a row to stand on, the keyboard needs the list itself to scroll what an offer covers.
    <div class="left-scroll" {...(inOrder().length ? {} : { tabIndex: 0, role: "region", "aria-label": "Tickets" })}><nav aria-label="Tickets">
      <Section title="Mine" rows={mine.value} empty={presence.value === "available" ? "Nothing is yours. Stay available: what comes next is offered to you here." : "Nothing is yours. Be available, and what comes next is offered to you here."} />
      {waitingForOthers.value.length > 0 && <Section title="Pending and on hold" rows={waitingForOthers.value} />}
      {snoozed.value.length > 0 && <Section title="Snoozed" rows={snoozed.value} />}
      <Queues />
      <Section title="In the queues" rows={waiting.value} count={Math.max(allWaiting.value, waiting.value.length)} empty="No one is waiting." onEnd={() => moreWaiting().catch(fail)} />
    </nav></div>
  );
}
