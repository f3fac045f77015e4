// SPDX-License-Identifier: Apache-2.0
// The supervisor's board: queues and agents as they are, each number opens the tickets it counts.
import { signal } from "@preact/signals";
import { agents, fail, forcePresence, now, queues, show, wire } from "./desk";
import { Dialog } from "./dialog";
import { go, place } from "./places";
import { clock, dueAt, dueClass, dueText, exact, span } from "./time";
import type { Agent, Queue, Ticket } from "./wire";
import { channelWord, stateWord, subjectOf } from "./words";

interface Opened { title: string; rows: Ticket[] | null }
const opened = signal<Opened | null>(null);
/** Somebody whose state is about to be set. */
const forced = signal<Agent | null>(null);

async function open(title: string, params: object, keep: (ticket: Ticket) => boolean = () => true) {
  opened.value = { title, rows: null };
  const page = await wire.call<{ items: Ticket[] }>("ticket.list", { limit: 200, ...params });
  if (opened.value?.title === title) opened.value = { title, rows: page.items.filter(keep).sort((a, b) => (dueAt(a) ?? Infinity) - (dueAt(b) ?? Infinity)) };
}

const nearestOf = (times: (string | null)[]) => times.reduce<string | null>((a, b) => (b && (!a || b < a) ? b : a), null);
const age = (at: string | null) => (at ? clock(now.value - Date.parse(at)) : "–");

function Figure({ name, value, what, tone = "" }: { name: string; value: string | number; what: string; tone?: string }) {
  return <div class={`figure ${tone}`} title={what}><span class="figure-value">{value}</span><span class="quiet">{name}</span></div>;
}

function Totals() {
  const rows = [...queues.value.values()], people = [...agents.value.values()].filter((agent) => agent.role === "agent");
  const next = nearestOf(rows.map((queue) => queue.next_due_at)), on = people.filter((agent) => agent.presence !== "offline");
  const free = on.filter((agent) => agent.presence === "available" && agent.load_percent < agent.capacity_percent);
  const late = next !== null && Date.parse(next) < now.value;
  return (
    <div class="figures">
      <Figure name="waiting" value={rows.reduce((sum, queue) => sum + queue.waiting, 0)} what="Tickets in all queues that no agent has" />
      <Figure name="oldest" value={age(nearestOf(rows.map((queue) => queue.oldest_at)))} what="How long the oldest of them has waited" />
      <Figure name={late ? "late" : "next due"} tone={late ? "late" : ""} value={next ? span(Date.parse(next) - now.value) : "–"} what={next ? exact(next) : "No clock runs among those that wait"} />
      <Figure name="agents on" value={on.length} what="Available or away, not offline" />
      <Figure name="free" value={free.length} what="Available, with room for more" />
    </div>
  );
}

function QueueRow({ queue }: { queue: Queue }) {
  const due = queue.next_due_at ? Date.parse(queue.next_due_at) : null;
  const tone = due === null ? "" : due < now.value ? "late" : due - now.value < 15 * 60000 ? "soon" : "fine";
  return (
    <tr>
      <th scope="row">{queue.queue}</th>
      <td class="number"><button class="link" onClick={() => open(`Waiting in ${queue.queue}`, { queue: queue.queue, state: "queued" }).catch(fail)}>{queue.waiting}</button></td>
      <td class="number" title={queue.oldest_at ? exact(queue.oldest_at) : ""}>{age(queue.oldest_at)}</td>
      <td class="number"><span class={`due ${tone}`} title={queue.next_due_at ? exact(queue.next_due_at) : ""}>
        {due === null ? "–" : due < now.value ? `late by ${span(now.value - due)}` : `in ${span(due - now.value)}`}</span></td>
    </tr>
  );
}

function AgentRow({ agent }: { agent: Agent }) {
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td><button class="link presence-of" onClick={() => (forced.value = agent)}><span class={`dot ${agent.presence}`} aria-hidden="true" />{agent.presence}{agent.reason ? ` (${agent.reason})` : ""}</button></td>
      <td class="number" title={agent.since ? exact(agent.since) : ""}>{agent.since ? span(now.value - Date.parse(agent.since)) : "–"}</td>
      <td><button class="load" aria-label={`${agent.name}: ${agent.load_percent} % of ${agent.capacity_percent} %`}
        onClick={() => open(`With ${agent.name}`, { state: "assigned" }, (ticket) => ticket.agent === agent.user).catch(fail)}>
        <meter min={0} max={Math.max(agent.capacity_percent, agent.load_percent, 1)} high={agent.capacity_percent} value={agent.load_percent} />
        <span class="number">{agent.load_percent} %</span></button></td>
      <td class="quiet">{agent.queues.join(", ")}</td>
    </tr>
  );
}

function Drawer({ title, rows }: Opened) {
  return (
    <Dialog title={title} kind="wide" onClose={() => (opened.value = null)}>
      {!rows && <div class="skeleton" aria-label="Loading" />}
      {rows && !rows.length && <p class="quiet empty">None any more.</p>}
      <table class="plain-table">
        <tbody>{rows?.map((ticket) => (
          <tr key={ticket.id}>
            <td class="number">#{ticket.id}</td>
            <td><button class="link" onClick={() => { opened.value = null; show(ticket.id); }}>{subjectOf(ticket)}</button></td>
            <td class="quiet">{ticket.customer?.name}</td><td class="quiet">{channelWord(ticket.channel)}</td><td class="quiet">{ticket.priority}</td>
            <td class="quiet">{ticket.agent ?? stateWord(ticket.state)}</td>
            <td class="number"><span class={`due ${dueClass(ticket, now.value)}`}>{dueText(ticket, now.value)}</span></td>
          </tr>
        ))}</tbody>
      </table>
    </Dialog>
  );
}

function Force({ agent }: { agent: Agent }) {
  const set = (state: string) => {
    forcePresence(agent.user, state, "set by a supervisor").catch(fail);
    forced.value = null;
  };
  return (
    <Dialog title={`${agent.name} is ${agent.presence}`} onClose={() => (forced.value = null)}>
      <p>Away and offline: nothing more is offered; open offers go to someone else. What is theirs stays theirs.</p>
      <p class="row end">{["available", "away", "offline"].filter((state) => state !== agent.presence).map((state, n) => (
        <button key={state} data-first={n === 0 || undefined} onClick={() => set(state)}>Set {state}</button>
      ))}</p>
    </Dialog>
  );
}

const byNeed = (a: Queue, b: Queue) => (a.next_due_at ?? "~").localeCompare(b.next_due_at ?? "~") || b.waiting - a.waiting || a.queue.localeCompare(b.queue);
const order = ["available", "away", "offline"];
const byPresence = (a: Agent, b: Agent) => order.indexOf(a.presence) - order.indexOf(b.presence) || a.name.localeCompare(b.name);

export function Board() {
  const wall = place.value.page === "wall";
  return (
    <main class={wall ? "board wall" : "board"}>
      <header class="row"><h1 class="grow">Board</h1>
        <button class="plain" onClick={() => go({ page: wall ? "board" : "wall" })}>{wall ? "Leave the wall" : "Wall"}</button></header>
      <Totals />
      <div class="board-halves">
        <section><h2>Queues</h2>
          <table class="board-table">
            <thead><tr><th scope="col">Queue</th><th scope="col" class="number">waiting</th><th scope="col" class="number">oldest</th><th scope="col" class="number">next due</th></tr></thead>
            <tbody>{[...queues.value.values()].sort(byNeed).map((queue) => <QueueRow key={queue.queue} queue={queue} />)}</tbody>
          </table>
        </section>
        <section><h2>Agents</h2>
          <table class="board-table">
            <thead><tr><th scope="col">Agent</th><th scope="col">state</th><th scope="col" class="number">since</th><th scope="col">load</th><th scope="col">queues</th></tr></thead>
            <tbody>{[...agents.value.values()].filter((agent) => agent.role === "agent").sort(byPresence).map((agent) => <AgentRow key={agent.user} agent={agent} />)}</tbody>
          </table>
        </section>
      </div>
      {opened.value && <Drawer {...opened.value} />}
      {forced.value && <Force agent={forced.value} />}
    </main>
  );
}
