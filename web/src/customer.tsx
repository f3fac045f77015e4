// SPDX-License-Identifier: Apache-2.0
// Who it is: addresses, other tickets, and everything that happened over all channels.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { customer, fail, fetchRest, now, openId, show, wire } from "./desk";
import { exact, span } from "./time";
import type { Customer, Ticket } from "./wire";
import { stateWord, subjectOf } from "./words";

interface Happened { kind: string; at: string; ticket: number | null; message: number | null; text: string | null }

const past = signal<Ticket[] | null>(null);
const timeline = signal<Happened[] | null>(null);

async function lookUp(id: number) {
  const page = await wire.call<{ items: Ticket[] }>("ticket.list", { customer: id, limit: 20 });
  if (customer.value?.id === id) past.value = page.items;
}

async function loadTimeline(id: number) {
  const body = await (await fetchRest(`/customers/${id}/timeline`)).json();
  if (customer.value?.id === id) timeline.value = body.items;
}

function Past({ rows }: { rows: Ticket[] | null }) {
  if (!rows) return <div class="skeleton" aria-label="Loading" />;
  const others = rows.filter((ticket) => ticket.id !== openId.value);
  if (!others.length) return <p class="quiet">This is the first.</p>;
  return (
    <ul class="past">
      {others.map((ticket) => (
        <li key={ticket.id} class="row">
          <button class="link grow" onClick={() => show(ticket.id)}>#{ticket.id} {subjectOf(ticket)}</button>
          <span class="quiet" title={exact(ticket.created_at)}>{stateWord(ticket.state)} · {span(now.value - Date.parse(ticket.created_at))}</span>
        </li>
      ))}
    </ul>
  );
}

function Timeline({ who }: { who: Customer }) {
  return (
    <details class="whole-story" onToggle={(e) => { if (e.currentTarget.open && !timeline.value) loadTimeline(who.id).catch(fail); }}>
      <summary>Timeline, all channels</summary>
      {!timeline.value && <div class="skeleton" aria-label="Loading" />}
      <ul>
        {timeline.value?.map((one) => (
          <li key={`${one.kind} ${one.at} ${one.message}`}>
            <p class="quiet">{exact(one.at)} · {one.kind}{one.ticket !== null && <> · <button class="link" onClick={() => show(one.ticket!)}>#{one.ticket}</button></>}</p>
            {one.text && <p class="excerpt">{one.text.slice(0, 240)}</p>}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function CustomerCard() {
  const who = customer.value;
  useEffect(() => {
    past.value = null;
    timeline.value = null;
    if (who) lookUp(who.id).catch(fail);
  }, [who?.id, openId.value]);
  // The one of a chat is a number of the desk's own.
  const reachedBy = who?.identities?.filter((one) => one.kind !== "chat");
  if (!who) return <aside class="customer" aria-label="Customer"><p class="quiet">The customer is not known: no usable address came with it.</p></aside>;
  return (
    <aside class="customer" aria-label="Customer">
      <h2>{who.name || "Without a name"}</h2>
      {(who.tier ?? 0) > 0 && <p><span class="chip">tier {who.tier}</span></p>}
      <ul class="identities">
        {reachedBy?.map((one) => <li key={one.kind + one.value} class="row"><span class="quiet kind">{one.kind}</span><span class="value">{one.value}</span></li>)}
      </ul>
      <h3>Other tickets {past.value && past.value.length > 1 && <span class="count">{past.value.length - 1}</span>}</h3>
      <Past rows={past.value} />
      <Timeline who={who} />
    </aside>
  );
}
