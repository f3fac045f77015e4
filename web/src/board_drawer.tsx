// SPDX-License-Identifier: Apache-2.0
// Behind every number of the board: the tickets it counts, and what a supervisor may do with them.
import { signal } from "@preact/signals";
import { Chooser } from "./chooser";
import { agents, fail, forcePresence, now, prioritise, queues, show, told, transfer, user, wire } from "./desk";
import { Dialog } from "./dialog";
import { ExplainDialog } from "./ticket_dialogs";
import { dueClass, dueText, span } from "./time";
import type { Agent, Ticket } from "./wire";
import { channelWord, stateWord, subjectOf } from "./words";

export type Figure = "waiting" | "late" | "due_in_30m" | "at_risk" | "met" | "missed" | "answered" | "assigned";
interface Opened { title: string; rows: Ticket[] | null; total: number; params: object }

const opened = signal<Opened | null>(null);
/** The ticket whose way is asked for. */
const asked = signal<number | null>(null);
/** Somebody whose state is about to be set. */
export const forced = signal<Agent | null>(null);

async function load(opening: Opened) {
  const { items, total } = await wire.call<{ items: Ticket[]; total: number }>("board.list", opening.params);
  if (opened.value?.params === opening.params) opened.value = { ...opening, rows: items, total };
}

export function openFigure(title: string, figure: Figure, of: { queue?: string; agent?: string } = {}) {
  const opening = { title, rows: null, total: 0, params: { figure, ...of } };
  opened.value = opening;
  load(opening).catch(fail);
}

/** Does it and says so, then shows the list as it is afterwards; whoever works by keys stays in it. */
function act(doing: Promise<unknown>, words: string) {
  const now = opened.value;
  doing.then(() => told(words)).then(() => (now ? load(now) : undefined)).then(() => requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>(".behind-figure button, dialog[open] button")?.focus();
  })).catch(fail);
}

function Acts({ ticket }: { ticket: Ticket }) {
  const settled = ticket.state === "resolved" || ticket.state === "closed", me = user.value!.user!;
  if (settled) return null;
  return (
    <span class="row end acts">
      <Chooser label={`Priority of #${ticket.id}`} value={ticket.priority} onChoose={(priority) => act(prioritise(ticket.id, priority), `#${ticket.id} is ${priority} now; its deadlines went along.`)}>
        {["low", "normal", "high", "urgent"].map((one) => <option key={one}>{one}</option>)}
      </Chooser>
      <Chooser label={`Give #${ticket.id} to`} value="" onChoose={(value) => {
        const [kind, ...rest] = value.split(":"), name = rest.join(":");
        act(transfer(ticket.id, kind === "queue" ? { queue: name } : { agent: name }, ""), `#${ticket.id} went to ${agents.value.get(name)?.name ?? name}.`);
      }}>
        <option value="" disabled>give to …</option>
        <optgroup label="Colleagues">{[...agents.value.values()].filter((one) => one.user !== ticket.agent && one.role === "agent").map((one) => (
          <option key={one.user} value={`agent:${one.user}`}>{one.name} — {one.presence}, {one.load_percent} %{one.queues.includes(ticket.queue) ? "" : `, not of ${ticket.queue}`}</option>))}</optgroup>
        <optgroup label="Queues">{[...queues.value.keys()].filter((one) => one !== ticket.queue || ticket.agent).map((one) => <option key={one} value={`queue:${one}`}>{one}</option>)}</optgroup>
      </Chooser>
      {ticket.agent !== me && <button title={`${ticket.agent ? `Takes it from ${ticket.agent}` : "Out of the line"}; it is yours then, with its deadlines`}
        aria-label={`Take over #${ticket.id}`} onClick={() => act(transfer(ticket.id, { agent: me }, ""), `#${ticket.id} is yours.`)}>Take over</button>}
    </span>
  );
}

const whose = (ticket: Ticket) => (ticket.agent ? agents.value.get(ticket.agent)?.name ?? ticket.agent
  : ticket.state === "queued" ? `waits ${span(now.value - Date.parse(ticket.created_at))}` : stateWord(ticket.state));

export function Drawer() {
  if (!opened.value) return null;
  const { title, rows, total } = opened.value;
  return (
    <Dialog title={rows ? `${title}: ${total}` : title} kind="wide" onClose={() => (opened.value = null)}>
      {!rows && <div class="skeleton" aria-label="Loading" />}
      {rows && !rows.length && <p class="quiet empty">None.</p>}
      {rows && rows.length < total && <p class="quiet">The first {rows.length}.</p>}
      <table class="plain-table behind-figure">
        <tbody>{rows?.map((ticket) => (
          <tr key={ticket.id}>
            <td class="number">#{ticket.id}</td>
            <td><button class="link" onClick={() => { opened.value = null; show(ticket.id); }}>{subjectOf(ticket)}</button>
              <p class="quiet">{[ticket.customer?.name, channelWord(ticket.channel), ticket.queue, whose(ticket)].filter(Boolean).join(" · ")}{" · "}
                <button class="link" aria-label={`Why is #${ticket.id} here?`} onClick={() => (asked.value = ticket.id)}>Why?</button></p></td>
            <td class="number"><span class={`due ${dueClass(ticket, now.value)}`}>{dueText(ticket, now.value)}</span></td>
            <td><Acts ticket={ticket} /></td>
          </tr>
        ))}</tbody>
      </table>
      {asked.value !== null && <ExplainDialog ticket={{ id: asked.value }} onClose={() => (asked.value = null)} />}
    </Dialog>
  );
}

export function Force() {
  const agent = forced.value;
  if (!agent) return null;
  const set = (state: string) => {
    forcePresence(agent.user, state, "set by a supervisor").catch(fail);
    forced.value = null;
  };
  const theirs = agent.tickets === 1 ? "The ticket they have stays theirs." : `The ${agent.tickets} tickets they have stay theirs.`;
  return (
    <Dialog title={`${agent.name} is ${agent.presence}`} onClose={() => (forced.value = null)}>
      {agent.presence !== "available" ? <p>Available: what waits is offered to them at once.</p> : (
        <p>Away or offline: nothing more is offered. {agent.offers ? `${agent.offers} open ${agent.offers === 1 ? "offer goes" : "offers go"} to someone else. ` : ""}{agent.tickets ? theirs : ""}</p>)}
      <p class="row end">{["available", "away", "offline"].filter((state) => state !== agent.presence).map((state, n) => (
        <button key={state} data-first={n === 0 || undefined} onClick={() => set(state)}>Set {state}</button>
      ))}</p>
    </Dialog>
  );
}
