// SPDX-License-Identifier: Apache-2.0
// The supervisor's board: figures of one instant, each of which opens the tickets it counts and says how it is made.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { alerts, agents, claim, fail, forcePresence, now, prioritise, queues, risks, show, told, totals, transfer, wire } from "./desk";
import { Drawer, Force, forced, openFigure } from "./board_drawer";
import type { Figure } from "./board_drawer";
import { offer } from "./keys";
import { go, place } from "./places";
import { Sparkline } from "./sparkline";
import { clock, exact, span } from "./time";
import type { Agent, Alert, Level, Queue, Risk, Ticket } from "./wire";
import { subjectOf } from "./words";

const age = (at: string | null) => (at ? clock(now.value - Date.parse(at)) : "–");
const percent = (level: Level) => (level.percent === null ? "–" : `${level.percent} %`);

/** `name` says what the number is where the list it opens is called otherwise. */
function Number_({ value, title, name = title, figure, of, what, children }: { value: string | number; title: string; name?: string; figure: Figure; of?: { queue?: string; agent?: string }; what?: string; children?: preact.ComponentChildren }) {
  return <button class="link" title={what} aria-label={`${name}: ${value}`} onClick={() => openFigure(title, figure, of)}>{children ?? value}</button>;
}

/** Opens a figure's tickets from its words. */
const Opens = ({ title, figure, of, children }: { title: string; figure: Figure; of?: { queue?: string }; children: preact.ComponentChildren }) =>
  <button class="link" onClick={() => openFigure(title, figure, of)}>{children}</button>;

function Figure_({ name, what, tone = "", children }: { name: string; what: string; tone?: string; children: preact.ComponentChildren }) {
  return <div class={`figure ${tone}`} title={what}><span class="figure-value">{children}</span><span class="quiet">{name}</span></div>;
}

/** Which agents the table shows. */
const only = signal<"all" | "on" | "free">("all");
const fits: Record<typeof only.value, (agent: Agent) => boolean> = {
  all: () => true, on: (agent) => agent.presence !== "offline" && agent.queues.length > 0, free: (agent) => agent.free };

/** Opens the agents that a figure counts. */
const Agents_ = ({ who, count }: { who: "on" | "free"; count: number }) => (
  <button class="link" aria-label={`Agents ${who}: ${count}`} onClick={() => {
    only.value = only.value === who ? "all" : who;
    document.getElementById("agents")?.scrollIntoView({ block: "nearest" });
  }}>{count}</button>
);

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
      <Figure_ name="agents on" what="With a queue, and not offline"><Agents_ who="on" count={all.agents_on} /></Figure_>
      <Figure_ name="free" what="Available, with room for more"><Agents_ who="free" count={all.agents_free} /></Figure_>
    </div>
  );
}

/** Above or below what is aimed at, by a shape and a word. */
function LevelCell({ queue }: { queue: Queue }) {
  const { level } = queue, aim = level.target_percent ?? 80, low = level.percent !== null && level.percent < aim;
  const formula = `${level.met} of ${level.total} first answers today within ${span((level.within_seconds ?? 0) * 1000)} (aim ${aim} %)`;
  return (
    <td class="number" data-head="level"><Number_ value={percent(level)} title={`Level of ${queue.queue}, answered late`} figure="missed" of={{ queue: queue.queue }} what={formula}>
      <span class={level.percent === null ? "" : low ? "due late" : "due fine"}>{percent(level)}{level.percent === null ? "" : low ? " ▼" : " ▲"}</span></Number_></td>
  );
}

function QueueRow({ queue }: { queue: Queue }) {
  const due = queue.next_due_at ? Date.parse(queue.next_due_at) : null, of = { queue: queue.queue }, wait = queue.expected_wait;
  const dueWords = due === null ? "–" : due < now.value ? `late by ${span(now.value - due)}` : `in ${span(due - now.value)}`;
  const waits = !wait ? "–" : wait.p90_seconds < 60 ? "under 1 m" : `${span(wait.p50_seconds * 1000)} – ${span(wait.p90_seconds * 1000)}`;
  const tone = due === null ? "" : due < now.value ? "late" : due - now.value < 15 * 60000 ? "soon" : "fine";
  return (
    <tr>
      <th scope="row">{queue.queue}</th>
      <td class="number" data-head="waiting"><Number_ value={queue.waiting} title={`Waiting in ${queue.queue}`} figure="waiting" of={of} /></td>
      <td class="number" data-head="oldest"><Number_ value={age(queue.oldest_at)} title={`Waiting in ${queue.queue}`} name={`Oldest in ${queue.queue}`} figure="waiting" of={of} what={queue.oldest_at ? `Waits since ${exact(queue.oldest_at)}` : "Nobody waits"} /></td>
      <LevelCell queue={queue} />
      <td class="number" data-head="next due"><span>{queue.late > 0 && <><Number_ value={queue.late} title={`Late in ${queue.queue}`} figure="late" of={of}><span class="due late">{queue.late} late</span></Number_>{" "}</>}
        <Number_ value={dueWords} title={`Waiting in ${queue.queue}`} name={`Next due in ${queue.queue}`} figure="waiting" of={of} what={queue.next_due_at ? exact(queue.next_due_at) : "Nothing that waits has a deadline"}>
          <span class={`due ${tone}`}>{dueWords}</span></Number_></span></td>
      <td class="number" data-head="expected wait"><Number_ value={waits} title={`Waiting in ${queue.queue}`} name={`Expected wait in ${queue.queue}`} figure="waiting" of={of}
        what="Of those that come now: half wait at most the first, nine of ten at most the second. From how fast tickets were taken in the last half hour." /></td>
      <td data-head="arrivals"><Sparkline name={`Came into ${queue.queue}`} counts={queue.arrivals} newestAt={queue.slot_at} tone="in" /></td>
      <td data-head="answered"><Sparkline name={`Answered in ${queue.queue}`} counts={queue.answered} newestAt={queue.slot_at} tone="out" /></td>
    </tr>
  );
}

function AgentRow({ agent }: { agent: Agent }) {
  return (
    <tr>
      <th scope="row">{agent.name}</th>
      <td data-head="state"><button class="link presence-of" title={agent.reason ? `${agent.reason}; set their state` : "Set their state"} aria-label={`${agent.name} is ${agent.presence}: set their state`} onClick={() => (forced.value = agent)}><span class={`dot ${agent.presence}`} aria-hidden="true" />{agent.presence}</button></td>
      <td class="number" data-head="since" title={agent.since ? exact(agent.since) : ""}>{agent.since ? span(now.value - Date.parse(agent.since)) : "–"}</td>
      <td data-head="load"><button class="load" aria-label={`${agent.name}: ${agent.load_percent} % of ${agent.capacity_percent} %`} onClick={() => openFigure(`With ${agent.name}`, "assigned", { agent: agent.user })}>
        <meter min={0} max={Math.max(agent.capacity_percent, agent.load_percent, 1)} high={agent.capacity_percent} value={agent.load_percent} />
        <span class="number">{agent.load_percent} %</span></button></td>
      <td class="number" data-head="today"><Number_ value={agent.answered_today} title={`Answered by ${agent.name} today`} figure="answered" of={{ agent: agent.user }} /></td>
      <td class="quiet" data-head="queues">{agent.queues.join(", ")}</td>
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
const raised: Record<string, string> = { low: "normal", normal: "high", high: "urgent" };

const riskPauseMs = 1000;

/** What those at risk are about; asked again when they are others, once a second however often they change. */
function useAtRisk(ids: string): Map<number, Ticket> {
  const [found, setFound] = useState(new Map<number, Ticket>()), waiting = useRef(0);
  useEffect(() => {
    if (!ids || waiting.current) return;
    waiting.current = window.setTimeout(() => {
      waiting.current = 0;
      wire.call<{ items: Ticket[] }>("board.list", { figure: "at_risk" }).then(({ items }) => setFound(new Map(items.map((one) => [one.id, one]))), fail);
    }, found.size ? riskPauseMs : 0);
  }, [ids]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  return found;
}

/** The advice as a button, where one call does it. */
function Help({ risk, ticket }: { risk: Risk; ticket: Ticket | undefined }) {
  const { act, agent } = risk, name = agent ? agents.value.get(agent)?.name ?? agent : "", next = raised[ticket?.priority ?? ""];
  const help = (label: string, doing: () => Promise<unknown>, done: string) =>
    <button class="only-board" onClick={() => doing().then(() => told(done), fail)}>{label}</button>;
  if (act === "bring_back" && agent) return help(`Set ${name} available`, () => forcePresence(agent, "available", "set by a supervisor"), `${name} is available.`);
  if (act === "give" && agent) return help(`Give it to ${name}`, () => transfer(risk.ticket, { agent }, ""), `#${risk.ticket} went to ${name}.`);
  if (act === "raise" && next) return help(`Make it ${next}`, () => prioritise(risk.ticket, next), `#${risk.ticket} is ${next} now; its deadlines went along.`);
  return null;
}

function Risks() {
  const waiting = totals.value?.waiting ?? 0, most = totals.value?.at_risk ?? 0, shown = risks.value.slice(0, mostRisks);
  const about = useAtRisk(shown.map((risk) => risk.ticket).join());
  const calm = !waiting ? "Nobody waits." : totals.value?.agents_on ? "Everything that waits is expected to be taken in time." : "Nobody is here: what is due within half an hour will stand here.";
  return (
    <section><h2>At risk</h2>
      {!risks.value.length && <p class="quiet empty">{calm}</p>}
      <ul class="risks">
        {shown.map((risk) => (
          <li key={risk.ticket}>
            <p class="row"><button class="link grow" onClick={() => show(risk.ticket)}>#{risk.ticket} {about.has(risk.ticket) ? subjectOf(about.get(risk.ticket)!) : ""}</button>
              <span class="due late">{Date.parse(risk.due_at) < now.value ? "late by" : "due in"} {span(Math.abs(Date.parse(risk.due_at) - now.value))}</span></p>
            <p class="row"><span class="grow quiet">{risk.queue}: {risk.remedy}</span><Help risk={risk} ticket={about.get(risk.ticket)} />
              <button class="only-board" aria-label={`Take over #${risk.ticket}`} onClick={() => claim(risk.ticket).then(() => told(`#${risk.ticket} is yours.`), fail)}>Take over</button></p>
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
      <div class="scroll-x"><table class="board-table cards">
        <thead><tr><th scope="col">Queue</th><th scope="col" class="number">waiting</th><th scope="col" class="number">oldest</th><th scope="col" class="number">level</th>
          <th scope="col" class="number">next due</th><th scope="col" class="number">expected wait</th><th scope="col">arrivals</th><th scope="col">answered</th></tr></thead>
        <tbody>{[...queues.value.values()].sort(byNeed).map((queue) => <QueueRow key={queue.queue} queue={queue} />)}</tbody>
      </table></div>
    </section>
  );
}

function Agents() {
  return (
    <section id="agents"><header class="row"><h2 class="grow">Agents{only.value === "all" ? "" : only.value === "on" ? ", those who are on" : ", those who are free"}</h2>
      {only.value !== "all" && <button class="plain" onClick={() => (only.value = "all")}>Show all</button>}</header>
      <div class="scroll-x"><table class="board-table cards">
        <thead><tr><th scope="col">Agent</th><th scope="col">state</th><th scope="col" class="number">since</th><th scope="col">load</th><th scope="col" class="number">today</th><th scope="col">queues</th></tr></thead>
        <tbody>{[...agents.value.values()].filter((agent) => agent.role === "agent" && fits[only.value](agent)).sort(byPresence).map((agent) => <AgentRow key={agent.user} agent={agent} />)}</tbody>
      </table></div>
    </section>
  );
}

/** The whole screen where the browser lets it; Escape leaves it, and the wall with it. */
function toWall(on: boolean) {
  if (on) document.documentElement.requestFullscreen?.().catch(() => undefined);
  else if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  go({ page: on ? "wall" : "board" });
}

export function Board() {
  const wall = place.value.page === "wall";
  useEffect(() => {
    const left = () => { if (!document.fullscreenElement && place.value.page === "wall") go({ page: "board" }); };
    document.addEventListener("fullscreenchange", left);
    return () => document.removeEventListener("fullscreenchange", left);
  }, []);
  useEffect(() => offer([{ keys: "Escape", name: "Leave the wall", group: "Go to", when: () => place.value.page === "wall", run: () => toWall(false) }]), []);
  return (
    <main class={wall ? "board wall" : "board"}>
      <header class="row"><h1 class="grow">Board</h1>{wall && <span class="quiet">{new Date(now.value).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}</span>}
        <button class="plain" onClick={() => toWall(!wall)}>{wall ? "Leave the wall" : "Wall"}</button></header>
      <Alerts />
      <Totals />
      <Queues />
      <div class="board-halves"><Agents /><Risks /></div>
      <Drawer />
      <Force />
    </main>
  );
}
