// SPDX-License-Identifier: Apache-2.0
// The supervisor's board: figures of one instant, each of which opens the tickets it counts and says how it is made.
import { useEffect } from "preact/hooks";
import { alerts, agents, claim, fail, now, queues, risks, show, told, totals } from "./desk";
import { Drawer, Force, forced, openFigure } from "./board_drawer";
import type { Figure } from "./board_drawer";
import { offer } from "./keys";
import { go, place } from "./places";
import { Sparkline } from "./sparkline";
import { clock, exact, span } from "./time";
import type { Agent, Alert, Level, Queue } from "./wire";

const age = (at: string | null) => (at ? clock(now.value - Date.parse(at)) : "–");
const percent = (level: Level) => (level.percent === null ? "–" : `${level.percent} %`);

function Number_({ value, title, figure, of, what, children }: { value: string | number; title: string; figure: Figure; of?: { queue?: string; agent?: string }; what?: string; children?: preact.ComponentChildren }) {
  return <button class="link" title={what} aria-label={`${title}: ${value}`} onClick={() => openFigure(title, figure, of)}>{children ?? value}</button>;
}

/** Opens a figure's tickets from its words. */
const Opens = ({ title, figure, of, children }: { title: string; figure: Figure; of?: { queue?: string }; children: preact.ComponentChildren }) =>
  <button class="link" onClick={() => openFigure(title, figure, of)}>{children}</button>;

function Figure_({ name, what, tone = "", children }: { name: string; what: string; tone?: string; children: preact.ComponentChildren }) {
  return <div class={`figure ${tone}`} title={what}><span class="figure-value">{children}</span><span class="quiet">{name}</span></div>;
}

function Totals() {
  const all = totals.value;
  if (!all) return <div class="skeleton tall" aria-label="Loading" />;
  const formula = `${all.level.met} of ${all.level.total}: ${all.level.formula ?? ""}`;
  return (
    <div class="figures">
      <Figure_ name="waiting" what="Tickets in all queues that no agent has"><Number_ value={all.waiting} title="Waiting" figure="waiting" /></Figure_>
      <Figure_ name="oldest" what={all.oldest_at ? `Waits since ${exact(all.oldest_at)}` : "Nobody waits"}><Number_ value={age(all.oldest_at)} title="Waiting, the oldest first" figure="waiting" /></Figure_>
      <Figure_ name="service level today" what={formula}><Number_ value={percent(all.level)} title="Service level today, answered late" figure="missed" what={formula} /></Figure_>
      <Figure_ name="late" tone={all.late ? "late" : ""} what="Waiting or with an agent, with a deadline that has passed"><Number_ value={all.late} title="Late" figure="late" /></Figure_>
      <Figure_ name="due in 30 m" what="Waiting or with an agent, with a deadline within half an hour"><Number_ value={all.due_in_30m} title="Due in 30 minutes" figure="due_in_30m" /></Figure_>
      <Figure_ name="at risk" tone={all.at_risk ? "late" : ""} what="Waiting, and nobody is expected to come to it in time"><Number_ value={all.at_risk} title="At risk" figure="at_risk" /></Figure_>
      <Figure_ name="agents on" what="With a queue, and not offline">{all.agents_on}</Figure_>
      <Figure_ name="free" what="Available, with room for more">{all.agents_free}</Figure_>
    </div>
  );
}

/** Above or below what is aimed at, by a shape and a word. */
function LevelCell({ queue }: { queue: Queue }) {
  const { level } = queue, aim = level.target_percent ?? 80, low = level.percent !== null && level.percent < aim;
  const formula = `${level.met} of ${level.total} first answers today within ${span((level.within_seconds ?? 0) * 1000)} (aim ${aim} %)`;
  return (
    <td class="number"><Number_ value={percent(level)} title={`Level of ${queue.queue}, answered late`} figure="missed" of={{ queue: queue.queue }} what={formula}>
      <span class={level.percent === null ? "" : low ? "due late" : "due fine"}>{percent(level)}{level.percent === null ? "" : low ? " ▼" : " ▲"}</span></Number_></td>
  );
}

function QueueRow({ queue }: { queue: Queue }) {
  const due = queue.next_due_at ? Date.parse(queue.next_due_at) : null, of = { queue: queue.queue }, wait = queue.expected_wait;
  const tone = due === null ? "" : due < now.value ? "late" : due - now.value < 15 * 60000 ? "soon" : "fine";
  return (
    <tr>
      <th scope="row">{queue.queue}</th>
      <td class="number"><Number_ value={queue.waiting} title={`Waiting in ${queue.queue}`} figure="waiting" of={of} /></td>
      <td class="number" title={queue.oldest_at ? exact(queue.oldest_at) : ""}>{age(queue.oldest_at)}</td>
      <LevelCell queue={queue} />
      <td class="number">{queue.late > 0 && <><Number_ value={queue.late} title={`Late in ${queue.queue}`} figure="late" of={of}><span class="due late">{queue.late} late</span></Number_>{" "}</>}
        <span class={`due ${tone}`} title={queue.next_due_at ? exact(queue.next_due_at) : ""}>
        {due === null ? "–" : due < now.value ? `late by ${span(now.value - due)}` : `in ${span(due - now.value)}`}</span></td>
      <td class="number" title="Of those that come now: half wait at most the first, nine of ten at most the second. From how fast tickets were taken in the last half hour.">
        {!wait ? "–" : wait.p90_seconds < 60 ? "under 1 m" : `${span(wait.p50_seconds * 1000)} – ${span(wait.p90_seconds * 1000)}`}</td>
      <td><Sparkline name={`Came into ${queue.queue}`} counts={queue.arrivals} newestAt={queue.slot_at} tone="in" /></td>
      <td><Sparkline name={`Answered in ${queue.queue}`} counts={queue.answered} newestAt={queue.slot_at} tone="out" /></td>
    </tr>
  );
}

function AgentRow({ agent }: { agent: Agent }) {
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td><button class="link presence-of" title={agent.reason ? `${agent.reason}; set their state` : "Set their state"} aria-label={`${agent.name} is ${agent.presence}: set their state`} onClick={() => (forced.value = agent)}><span class={`dot ${agent.presence}`} aria-hidden="true" />{agent.presence}</button></td>
      <td class="number" title={agent.since ? exact(agent.since) : ""}>{agent.since ? span(now.value - Date.parse(agent.since)) : "–"}</td>
      <td><button class="load" aria-label={`${agent.name}: ${agent.load_percent} % of ${agent.capacity_percent} %`} onClick={() => openFigure(`With ${agent.name}`, "assigned", { agent: agent.user })}>
        <meter min={0} max={Math.max(agent.capacity_percent, agent.load_percent, 1)} high={agent.capacity_percent} value={agent.load_percent} />
        <span class="number">{agent.load_percent} %</span></button></td>
      <td class="number"><Number_ value={agent.answered_today} title={`Answered by ${agent.name} today`} figure="answered" of={{ agent: agent.user }} /></td>
      <td class="quiet">{agent.queues.join(", ")}</td>
    </tr>
  );
}

const unit = (alert: Alert, value: number | null) => (value === null ? "–" : alert.when === "oldest" ? span(value * 1000) : alert.when === "level" ? `${value} %` : String(value));
const watched = { waiting: "Waiting", oldest: "The oldest waits", level: "Service level", at_risk: "At risk" };
const opens = { waiting: "waiting", oldest: "waiting", level: "missed", at_risk: "at_risk" } as const;

/** What the alert watches, as it is now. */
function valueNow(alert: Alert): number | null {
  const from = alert.queue ? queues.value.get(alert.queue) : totals.value;
  if (!from) return alert.value;
  if (alert.when === "oldest") return from.oldest_at ? (now.value - Date.parse(from.oldest_at)) / 1000 : 0;
  return alert.when === "level" ? from.level.percent : from[alert.when];
}

function Alerts() {
  if (!alerts.value.length) return null;
  return (
    <div role="alert"><ul class="alerts">
      {alerts.value.map((alert) => (
        <li key={alert.name}><strong>{alert.name}</strong>:{" "}
          <Opens title={alert.name} figure={opens[alert.when]} {...(alert.queue ? { of: { queue: alert.queue } } : {})}>{watched[alert.when]}{alert.queue ? ` in ${alert.queue}` : ""}: {unit(alert, valueNow(alert))}</Opens>{" "}
          (limit {alert.over !== null ? unit(alert, alert.over) : unit(alert, alert.under)}), for {span(now.value - Date.parse(alert.since ?? alert.raised_at!))}</li>
      ))}
    </ul></div>
  );
}

/** Of one queue the advice is the same for many: the first few say it, the others are a number. */
const mostRisks = 6;

function Risks() {
  const waiting = totals.value?.waiting ?? 0, most = totals.value?.at_risk ?? 0, shown = risks.value.slice(0, mostRisks);
  const calm = !waiting ? "Nobody waits." : totals.value?.agents_on ? "Everything that waits is expected to be taken in time." : "Nobody is here: what is due within half an hour will stand here.";
  return (
    <section><h2>At risk</h2>
      {!risks.value.length && <p class="quiet empty">{calm}</p>}
      <ul class="risks">
        {shown.map((risk) => (
          <li key={risk.ticket} class="row">
            <button class="link" onClick={() => show(risk.ticket)}>#{risk.ticket}</button>
            <span class="due late">{Date.parse(risk.due_at) < now.value ? "late by" : "due in"} {span(Date.parse(risk.due_at) - now.value)}</span>
            <span class="grow">{risk.queue}: {risk.remedy}</span>
            <button class="only-board" aria-label={`Take over #${risk.ticket}`} onClick={() => claim(risk.ticket).then(() => told(`#${risk.ticket} is yours.`), fail)}>Take over</button>
          </li>
        ))}
        {most > shown.length && <li><Opens title="At risk" figure="at_risk">All {most}</Opens></li>}
      </ul>
    </section>
  );
}

const byNeed = (a: Queue, b: Queue) => (a.next_due_at ?? "~").localeCompare(b.next_due_at ?? "~") || b.waiting - a.waiting || a.queue.localeCompare(b.queue);
const order = ["available", "away", "offline"];
const byPresence = (a: Agent, b: Agent) => order.indexOf(a.presence) - order.indexOf(b.presence) || a.name.localeCompare(b.name);

function Queues() {
  return (
    <section><h2>Queues</h2>
      <div class="scroll-x"><table class="board-table">
        <thead><tr><th scope="col">Queue</th><th scope="col" class="number">waiting</th><th scope="col" class="number">oldest</th><th scope="col" class="number">level</th>
          <th scope="col" class="number">next due</th><th scope="col" class="number">expected wait</th><th scope="col">arrivals</th><th scope="col">answered</th></tr></thead>
        <tbody>{[...queues.value.values()].sort(byNeed).map((queue) => <QueueRow key={queue.queue} queue={queue} />)}</tbody>
      </table></div>
    </section>
  );
}

function Agents() {
  return (
    <section><h2>Agents</h2>
      <div class="scroll-x"><table class="board-table">
        <thead><tr><th scope="col">Agent</th><th scope="col">state</th><th scope="col" class="number">since</th><th scope="col">load</th><th scope="col" class="number">today</th><th scope="col">queues</th></tr></thead>
        <tbody>{[...agents.value.values()].filter((agent) => agent.role === "agent").sort(byPresence).map((agent) => <AgentRow key={agent.user} agent={agent} />)}</tbody>
      </table></div>
    </section>
  );
}

export function Board() {
  const wall = place.value.page === "wall";
  useEffect(() => offer([{ keys: "Escape", name: "Leave the wall", group: "Go to", when: () => place.value.page === "wall", run: () => go({ page: "board" }) }]), []);
  return (
    <main class={wall ? "board wall" : "board"}>
      <header class="row"><h1 class="grow">Board</h1>{wall && <span class="quiet">{new Date(now.value).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</span>}
        <button class="plain" onClick={() => go({ page: wall ? "board" : "wall" })}>{wall ? "Leave the wall" : "Wall"}</button></header>
      <Alerts />
      <Totals />
      <Queues />
      <div class="board-halves"><Agents /><Risks /></div>
      <Drawer />
      <Force />
    </main>
  );
}
