// SPDX-License-Identifier: Apache-2.0
// Who it is: addresses, other tickets, and everything that happened over all channels.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { customer, fail, fetchRest, messages, now, openId, show, wire } from "./desk";
import { exact, hourIn, span } from "./time";
import type { Customer, Message, Ticket } from "./wire";
import { stateWord, subjectOf } from "./words";

interface Happened { kind: "message" | "ticket" | "event"; at: string; ticket: number | null; message: number | null; text: string | null; direction?: Message["direction"]; author?: string | null }

/** Whose words they are, or what happened: a note must not pass for the customer's. */
function what(one: Happened, who: Customer): string {
  if (one.kind === "ticket") return "new ticket";
  if (one.kind === "event") return "now " + stateWord((one.text ?? "").split(" to ").at(-1)!);
  if (one.direction === "note") return `internal note by ${one.author ?? "a colleague"}`;
  return one.direction === "in" ? who.name || "the customer" : one.author ?? "the desk";
}

/** Where there is no room for it beside the ticket: whether it covers it. */
export const cardOpen = signal(false);

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
          <button class="link grow" title={subjectOf(ticket)} onClick={() => show(ticket.id)}>#{ticket.id} {subjectOf(ticket)}</button>
          <span class="quiet" title={exact(ticket.created_at)}>{ticket.snoozed_until ? "snoozed" : stateWord(ticket.state)} · {span(now.value - Date.parse(ticket.created_at))} ago</span>
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
          <li key={`${one.kind} ${one.at} ${one.message}`} class={one.direction ?? ""}>
            <p class="quiet">{exact(one.at)} · <strong>{what(one, who)}</strong>{one.ticket !== null && <> · <button class="link" onClick={() => show(one.ticket!)}>#{one.ticket}</button></>}</p>
            {one.text && one.kind !== "event" && <p class="excerpt">{one.text.slice(0, 240)}</p>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What colleagues should know first; changed in place. */
function Pinned({ who }: { who: Customer }) {
  const [writing, setWriting] = useState(false), field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setWriting(false), [who.id]);
  useEffect(() => { if (writing) field.current?.focus(); }, [writing]);
  const save = async () => {
    const answer = await wire.call<{ customer: Customer }>("customer.pin", { customer: who.id, text: field.current!.value.trim() });
    if (customer.value?.id === who.id) customer.value = answer.customer;
    setWriting(false);
  };
  if (writing) {
    return (
      <form class="pinned" onSubmit={(e) => { e.preventDefault(); save().catch(fail); }}>
        <textarea ref={field} aria-label="What colleagues should know first" rows={3} maxLength={1000} defaultValue={who.pinned?.text ?? ""}
          onKeyDown={(e) => { if (e.key === "Escape") setWriting(false); if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); save().catch(fail); } }} />
        <p class="row end"><button type="button" class="plain" onClick={() => setWriting(false)}>Cancel</button><button class="primary">Pin</button></p>
      </form>
    );
  }
  if (!who.pinned) return <button class="plain quiet pin" onClick={() => setWriting(true)}>+ pin what colleagues should know</button>;
  return (
    <div class="pinned" title={`${who.pinned.by}, ${exact(who.pinned.at)}`}>
      <p class="excerpt">{who.pinned.text}</p>
      <button class="link" onClick={() => setWriting(true)}>Change</button>
    </div>
  );
}

/** An address that a chat's visitor gave and nobody proved. */
const claimed = (who: Customer) => messages.value.filter((one) => one.channel === "chat" && one.direction === "in" && one.from
  && !who.identities?.some(({ value }) => value === one.from!.address)).at(-1)?.from?.address;

export function CustomerCard() {
  const who = customer.value;
  useEffect(() => {
    past.value = null;
    timeline.value = null;
    cardOpen.value = false;
    if (who) lookUp(who.id).catch(fail);
  }, [who?.id, openId.value]);
  // The one of a chat is a number of the desk's own.
  const reachedBy = who?.identities?.filter((one) => one.kind !== "chat");
  if (!who) return <aside class="customer" aria-label="Customer"><p class="quiet">The customer is not known: no usable address came with it.</p></aside>;
  const region = reachedBy?.find((one) => one.region)?.region, local = region ? hourIn(region, now.value) : null;
  return (
    <aside class="customer" aria-label="Customer">
      <div class="row"><h2 class="grow">{who.name || "Without a name"}</h2><button class="plain close-card" onClick={() => (cardOpen.value = false)}>Back to the ticket</button></div>
      {local && <p class="quiet" title={`The hour in ${region}, by the telephone number`}>local time {local}</p>}
      {(who.tier ?? 0) > 0 && <p><span class="chip">tier {who.tier}</span></p>}
      <ul class="identities">
        {reachedBy?.map((one) => <li key={one.kind + one.value} class="row"><span class="quiet kind">{one.kind}</span><span class="value">{one.shown ?? one.value}</span></li>)}
        {claimed(who) && <li class="row" title="The visitor gave it, and nothing proves it: answers go into the chat"><span class="quiet kind">email</span>
          <span class="value">{claimed(who)} <span class="quiet">(as given)</span></span></li>}
      </ul>
      <Pinned who={who} />
      <h3>Other tickets {past.value && past.value.length > 1 && <span class="count">{past.value.length - 1}</span>}</h3>
      <Past rows={past.value} />
      <Timeline who={who} />
    </aside>
  );
}
