// SPDX-License-Identifier: Apache-2.0
// Behind every number of the board: the tickets it counts, and what a supervisor may do with them.
import { signal } from "@preact/signals";
import { agents, fail, forcePresence, now, prioritise, queues, show, transfer, user, wire } from "./desk";
import { Dialog } from "./dialog";
import { dueClass, dueText } from "./time";
import type { Agent, Ticket } from "./wire";
import { channelWord, stateWord, subjectOf } from "./words";

export type Figure = "waiting" | "due_in_30m" | "at_risk" | "met" | "missed" | "answered" | "assigned";
interface Opened { title: string; rows: Ticket[] | null; total: number; params: object }

const opened = signal<Opened | null>(null);
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

/** Does it, then shows the list as it is afterwards. */
function act(doing: Promise<unknown>) {
  const now = opened.value;
  doing.then(() => (now ? load(now) : undefined)).catch(fail);
}

function Acts({ ticket }: { ticket: Ticket }) {
  const settled = ticket.state === "resolved" || ticket.state === "closed", me = user.value!.user!;
  if (settled) return null;
  return (
    <span class="row end acts">
      <select aria-label={`Priority of #${ticket.id}`} value={ticket.priority} onChange={(e) => act(prioritise(ticket.id, e.currentTarget.value))}>
        {["low", "normal", "high", "urgent"].map((one) => <option key={one}>{one}</option>)}
      </select>
      <select aria-label={`Give #${ticket.id} to`} value="" onChange={(e) => {
        const [kind, ...name] = e.currentTarget.value.split(":");
        act(transfer(ticket.id, kind === "queue" ? { queue: name.join(":") } : { agent: name.join(":") }, ""));
      }}>
        <option value="" disabled>give to …</option>
        <optgroup label="Colleagues">{[...agents.value.values()].filter((one) => one.user !== ticket.agent && one.role === "agent").map((one) => (
          <option key={one.user} value={`agent:${one.user}`}>{one.name} — {one.presence}, {one.load_percent} %</option>))}</optgroup>
        <optgroup label="Queues">{[...queues.value.keys()].filter((one) => one !== ticket.queue || ticket.agent).map((one) => <option key={one} value={`queue:${one}`}>{one}</option>)}</optgroup>
      </select>
      {ticket.agent !== me && <button title={`${ticket.agent ? `Takes it from ${ticket.agent}` : "Out of the line"}; it is yours then, with its deadlines`}
        onClick={() => act(transfer(ticket.id, { agent: me }, ""))}>Take over</button>}
    </span>
  );
}

export function Drawer() {
  if (!opened.value) return null;
  const { title, rows, total } = opened.value;
  return (
    <Dialog title={rows ? `${title}: ${total}` : title} kind="wide" onClose={() => (opened.value = null)}>
      {!rows && <div class="skeleton" aria-label="Loading" />}
      {rows && !rows.length && <p class="quiet empty">None any more.</p>}
      {rows && rows.length < total && <p class="quiet">The first {rows.length}.</p>}
      <table class="plain-table behind-figure">
        <tbody>{rows?.map((ticket) => (
          <tr key={ticket.id}>
            <td class="number">#{ticket.id}</td>
            <td><button class="link" onClick={() => { opened.value = null; show(ticket.id); }}>{subjectOf(ticket)}</button>
              <p class="quiet">{[ticket.customer?.name, channelWord(ticket.channel), ticket.agent ?? stateWord(ticket.state)].filter(Boolean).join(" · ")}</p></td>
            <td class="number"><span class={`due ${dueClass(ticket, now.value)}`}>{dueText(ticket, now.value)}</span></td>
            <td><Acts ticket={ticket} /></td>
          </tr>
        ))}</tbody>
      </table>
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
      <p>Away or offline: nothing more is offered; {agent.offers ? `${agent.offers} open ${agent.offers === 1 ? "offer goes" : "offers go"} to someone else. ` : ""}{agent.tickets ? theirs : ""}</p>
      <p>Available: what waits is offered to them at once.</p>
      <p class="row end">{["available", "away", "offline"].filter((state) => state !== agent.presence).map((state, n) => (
        <button key={state} data-first={n === 0 || undefined} onClick={() => set(state)}>Set {state}</button>
      ))}</p>
    </Dialog>
  );
}
