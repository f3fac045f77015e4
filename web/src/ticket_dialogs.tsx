// SPDX-License-Identifier: Apache-2.0
// Questions about one ticket: what came of it, who shall have it, why it is where it is.
import { useEffect, useState } from "preact/hooks";
import { agents, fail, queues, resolve, transfer, user, wire } from "./desk";
import { Dialog } from "./dialog";
import { exact } from "./time";
import type { Ticket } from "./wire";
import { metricWord } from "./words";

interface Asking { ticket: Ticket; onClose: () => void }

/** Closes the dialog around it, which tells its owner. */
const close = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close();

const outcomes = ["answered", "refunded", "no fault found", "passed on", "no answer needed"];

export function ResolveDialog({ ticket, onClose }: Asking) {
  const [outcome, setOutcome] = useState("");
  return (
    <Dialog title={`Resolve #${ticket.id}`} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); resolve(ticket.id, outcome.trim()).catch(fail); close(e); }}>
        <label class="field">What came of it?
          <input data-first list="outcomes" maxLength={200} value={outcome} placeholder="may stay empty" onInput={(e) => setOutcome(e.currentTarget.value)} />
        </label>
        <datalist id="outcomes">{outcomes.map((one) => <option key={one} value={one} />)}</datalist>
        <p class="quiet">A new message of the customer opens it again.</p>
        <p class="row end"><button type="button" onClick={close}>Cancel</button><button class="primary">Resolve</button></p>
      </form>
    </Dialog>
  );
}

export function TransferDialog({ ticket, onClose }: Asking) {
  const [to, setTo] = useState(""), [note, setNote] = useState("");
  const people = [...agents.value.values()].filter((agent) => agent.user !== ticket.agent && agent.role !== "admin");
  const places = [...queues.value.keys()].filter((queue) => queue !== ticket.queue || ticket.agent);
  return (
    <Dialog title={`Transfer #${ticket.id}`} onClose={onClose}>
      <form onSubmit={(e) => {
        e.preventDefault();
        const [kind, ...name] = to.split(":");
        transfer(ticket.id, kind === "queue" ? { queue: name.join(":") } : { agent: name.join(":") }, note.trim()).catch(fail);
        close(e);
      }}>
        <label class="field">To
          <select data-first required value={to} onChange={(e) => setTo(e.currentTarget.value)}>
            <option value="" disabled>choose a queue or a colleague</option>
            <optgroup label="Queues">{places.map((queue) => <option key={queue} value={`queue:${queue}`}>{queue}</option>)}</optgroup>
            <optgroup label="Colleagues">
              {people.map((agent) => (
                <option key={agent.user} value={`agent:${agent.user}`}>
                  {agent.user === user.value?.user ? "me" : agent.name} — {agent.presence}, {agent.load_percent} % busy
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <label class="field">Note for them
          <textarea rows={3} value={note} placeholder="Only colleagues see this." onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
        <p class="quiet">Its age and its deadlines go along.</p>
        <p class="row end"><button type="button" onClick={close}>Cancel</button><button class="primary" disabled={!to}>Transfer</button></p>
      </form>
    </Dialog>
  );
}

interface Explained {
  words: string[]; rule: { name: string; when: string } | null;
  agents: { agent: string | null; words: string }[];
  deadlines: { metric: string; state: string; words: string[] }[];
  offers: { offer: number; agent: string | null; made_at: string; end: string; reason: string | null; words: string;
    why: { policy_version: number; candidates: { agent: string | null; words: string; load_percent: number }[]; candidates_total: number } }[];
}

const shown = (user: string | null) => (user ? agents.value.get(user)?.name ?? user : "someone who is gone");
const ended = (end: string) => (end === "pending" ? "still open" : end.replace(/_/g, " "));

/** Where the ticket is and why; of each offer who else was looked at, as it was then. */
export function ExplainDialog({ ticket, onClose }: { ticket: { id: number }; onClose: () => void }) {
  const [why, setWhy] = useState<Explained | null>(null);
  useEffect(() => void wire.call<Explained>("ticket.explain", { ticket: ticket.id }).then(setWhy, (error) => { fail(error); onClose(); }), [ticket.id]);
  return (
    <Dialog title={`Why #${ticket.id} is here`} kind="wide" onClose={onClose}>
      {!why ? <div class="skeleton" aria-label="Loading" /> : (
        <>
          <p>{why.words.join(" ")}</p>
          {why.rule && <p class="quiet">It holds when <code>{why.rule.when}</code>.</p>}
          {why.agents.length > 0 && <h3>Agents</h3>}
          <table class="plain-table">
            <tbody>{why.agents.map((one, n) => <tr key={n}><th scope="row">{shown(one.agent)}</th><td>{one.words}</td></tr>)}</tbody>
          </table>
          {why.deadlines.length > 0 && <h3>Deadlines</h3>}
          <ul class="unfolding">{why.deadlines.map((one) => (
            <li key={one.metric}><details>
              <summary><strong>{metricWord(one.metric)}</strong>: {one.words.at(-1)}</summary>
              <ol class="counted">{one.words.map((line, n) => <li key={n}>{line}</li>)}</ol>
            </details></li>
          ))}</ul>
          {why.offers.length > 0 && <h3>Offers</h3>}
          <ul class="unfolding">{why.offers.map((one) => (
            <li key={one.offer}><details>
              <summary>{exact(one.made_at)} to <strong>{shown(one.agent)}</strong>: {ended(one.end)}{one.reason ? ` (${one.reason})` : ""}</summary>
              <p>{one.words[0]?.toUpperCase()}{one.words.slice(1)}. Policy version {one.why.policy_version}.</p>
              <table class="plain-table"><thead><tr><th>Agent</th><th>Then</th><th class="number">Busy</th></tr></thead><tbody>{one.why.candidates.map((who, n) => (
                <tr key={n}><th scope="row">{shown(who.agent)}</th><td>{who.words}</td><td class="number">{who.load_percent} %</td></tr>
              ))}</tbody></table>
              {one.why.candidates_total > one.why.candidates.length && <p class="quiet">The first {one.why.candidates.length} of {one.why.candidates_total}.</p>}
            </details></li>
          ))}</ul>
        </>
      )}
    </Dialog>
  );
}
