// SPDX-License-Identifier: Apache-2.0
// The open ticket's head: what it is, what is due, and what one may change about it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Chooser } from "./chooser";
import { agents, claim, fail, isSupervisor, leave, mine, now, prioritise, queues, setState, show, transfer, unsnooze, user, viewers } from "./desk";
import { cardOpen } from "./customer";
import { takeLostFocus } from "./dom";
import { Icon } from "./icons";
import { offer } from "./keys";
import { SnoozeDialog } from "./snooze";
import { Tags } from "./tags";
import { ExplainDialog, ResolveDialog, TransferDialog } from "./ticket_dialogs";
import { ticketKeys } from "./ticket_keys";
import { clock, dueAt, dueClass, dueText, exact, nearest, span } from "./time";
import type { Deadline, Ticket } from "./wire";
import { channelWord, metricWord, stateWord, subjectOf } from "./words";

type Asked = "" | "resolve" | "transfer" | "snooze" | "explain";
export const asked = signal<Asked>("");

/** The browser tells of a closed dialog a moment later, when the next may be open already. */
function closed(which: Asked) {
  if (asked.value === which) asked.value = "";
}

export const isSettled = (ticket: Ticket) => ticket.state === "resolved" || ticket.state === "closed";

const canSnooze = (ticket: Ticket) => ticket.state === "assigned" && ticket.agent === user.value?.user;

/** What is due next among one's own. */
const nextOf = (ticket: Ticket) => mine.value.find((one) => one.id !== ticket.id);

/** How a deadline came to be, in words. */
function derivation({ sla, calendar, target_seconds, used_seconds, started_at, state }: Deadline): string {
  // A day of a calendar is not 24 hours long: what counts in one is told in hours.
  const long = (seconds: number) => (calendar && seconds >= 3600 ? `${Math.round(seconds / 360) / 10} h` : span(seconds * 1000));
  const whose = calendar ? `of ${calendar} hours` : "around the clock";
  const used = used_seconds >= 60 && state !== "met" ? `; ${long(used_seconds)} of it were used before the last pause` : "";
  return `${sla ?? "The policy"} gives ${long(target_seconds)} ${whose}${started_at ? `, from ${exact(started_at)}` : ""}${used}.`;
}

/** The nearest deadline; all of them, with their hours, on hover, focus or a tap. */
function Deadlines({ ticket }: { ticket: Ticket }) {
  const due = dueAt(ticket), next = nearest(ticket);
  if (!ticket.deadlines.length) return null;
  return (
    <details class="deadlines">
      <summary class={`due ${dueClass(ticket, now.value)}`}>
        {next && due !== null ? `${metricWord(next.metric)} ${due - now.value < 3600000 && due > now.value ? `due in ${clock(due - now.value)}` : dueText(ticket, now.value)}` : "No clock runs"}
      </summary>
      <ul>
        {ticket.deadlines.map((one) => (
          <li key={one.metric}>
            <p class="row"><span class="grow">{metricWord(one.metric)}</span><span>{exact(one.due_at)}</span><span class={`chip ${one.state}`}>{one.state}</span></p>
            <p class="quiet">{derivation(one)}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Fact({ choices, ...rest }: { label: string; value: string; choices: [string, string][]; onChoose: (value: string) => void; disabled?: boolean }) {
  return <span class="chooser"><Chooser {...rest}>{choices.map(([key, words]) => <option key={key} value={key}>{words}</option>)}</Chooser></span>;
}

const named = (values: string[]) => values.map((value): [string, string] => [value, stateWord(value)]);

function Facts({ ticket }: { ticket: Ticket }) {
  const settled = isSettled(ticket), run = (act: Promise<unknown>) => void act.catch(fail);
  const people = [...agents.value.values()].map((agent): [string, string] => [agent.user, agent.user === user.value?.user ? "me" : agent.name]);
  if (ticket.agent && !agents.value.has(ticket.agent)) people.push([ticket.agent, ticket.agent]);
  const places = [...queues.value.keys()];
  if (!places.includes(ticket.queue)) places.push(ticket.queue);
  const states = named([...new Set([ticket.state, "pending", "on_hold", "resolved"])]);
  return (
    <div class="facts"><div class="what">
      <div class="choosers" {...(settled ? { tabIndex: 0 } : {})} role="group" aria-label="What it is">
        <Fact label="State" value={ticket.state} disabled={settled} choices={states}
          onChoose={(state) => { if (state === "resolved") asked.value = "resolve"; else run(setState(ticket.id, state === "on_hold" ? "hold" : "pending")); }} />
        <Fact label="Queue" value={ticket.queue} disabled={settled} choices={named(places)} onChoose={(queue) => run(transfer(ticket.id, { queue }, ""))} />
        <Fact label="Priority" value={ticket.priority} disabled={settled} choices={named(["low", "normal", "high", "urgent"])}
          onChoose={(priority) => run(prioritise(ticket.id, priority))} />
        <Fact label="Agent" value={ticket.agent ?? ""} disabled={settled} choices={[...(ticket.agent ? [] : [["", "no one yet"] as [string, string]]), ...people]}
          onChoose={(agent) => run(transfer(ticket.id, { agent }, ""))} />
      </div>
      <span class="quiet came"><Icon name={ticket.channel} label={`By ${channelWord(ticket.channel)}, to`} /> {ticket.channel_name}</span>
      <Tags ticket={ticket} settled={settled} /></div>
      <Deadlines ticket={ticket} />
    </div>
  );
}

function Here() {
  if (!viewers.value.length) return null;
  return <p class="here" role="status">{viewers.value.map((one) => `${one.name} ${one.writing ? "is writing" : "is here"}`).join(", ")}</p>;
}

export function Header({ ticket }: { ticket: Ticket }) {
  const settled = isSettled(ticket), next = nextOf(ticket), waits = ticket.state === "queued" && !ticket.agent;
  useEffect(() => {
    asked.value = "";
    const open = () => !isSettled(ticket);
    return offer([
      { ...ticketKeys.resolve, when: open, run: () => (asked.value = "resolve") },
      { ...ticketKeys.pending, when: open, run: () => void setState(ticket.id, "pending").catch(fail) },
      { ...ticketKeys.hold, when: open, run: () => void setState(ticket.id, "hold").catch(fail) },
      { ...ticketKeys.snooze, when: () => canSnooze(ticket), run: () => (asked.value = "snooze") },
      { ...ticketKeys.transfer, when: open, run: () => (asked.value = "transfer") },
      { ...ticketKeys.explain, run: () => (asked.value = "explain") },
      { ...ticketKeys.next, when: () => nextOf(ticket) !== undefined, run: () => show(nextOf(ticket)!.id) },
      { ...ticketKeys.back, run: leave },
    ]);
  }, [ticket.id, ticket.state, ticket.agent]);
  return (
    <header class="ticket-head">
      <div class="row head-line">
        <button class="back plain" aria-label="Back to the list" onClick={leave}>←</button>
        <h1 class="grow"><span class="quiet">#{ticket.id}</span> {subjectOf(ticket)}</h1>
        {settled && <span class={`chip state ${ticket.state}`}>{stateWord(ticket.state)}</span>}
        <button class="plain card-opener" title="Customer" onClick={() => (cardOpen.value = true)}><Icon name="me" label="Customer" /></button>
        <button class="plain" onClick={() => (asked.value = "explain")}>Why here? <kbd>Y</kbd></button>
        {waits && <button onClick={() => claim(ticket.id).catch(fail)}>{isSupervisor.value ? "Take over" : "Take it"}</button>}
        {ticket.snoozed_until
          ? <button title={exact(ticket.snoozed_until)} onClick={() => unsnooze(ticket.id).catch(fail)}>Wake (until {span(Date.parse(ticket.snoozed_until) - now.value)})</button>
          : canSnooze(ticket) && <button onClick={() => (asked.value = "snooze")}>Snooze <kbd>S</kbd></button>}
        {ticket.state === "resolved" && <button onClick={() => transfer(ticket.id, { agent: user.value!.user! }, "").catch(fail)}>Open again</button>}
        {settled && next && <button class="primary" ref={takeLostFocus} onClick={() => show(next.id)}>Next: #{next.id} <kbd>X</kbd></button>}
        {!settled && <button onClick={() => (asked.value = "transfer")}>Transfer <kbd>T</kbd></button>}
        {!settled && <button class="primary" onClick={() => (asked.value = "resolve")}>Resolve <kbd>E</kbd></button>}
      </div>
      <Facts ticket={ticket} />
      <Here />
      {asked.value === "resolve" && <ResolveDialog ticket={ticket} onClose={() => closed("resolve")} />}
      {asked.value === "transfer" && <TransferDialog ticket={ticket} onClose={() => closed("transfer")} />}
      {asked.value === "snooze" && <SnoozeDialog ticket={ticket} onClose={() => closed("snooze")} />}
      {asked.value === "explain" && <ExplainDialog ticket={ticket} onClose={() => closed("explain")} />}
    </header>
  );
}

