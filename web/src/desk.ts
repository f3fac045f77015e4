// SPDX-License-Identifier: Apache-2.0
// What the page knows, as signals: a fold of the console's events over the lists it asked for.
import { batch, computed, effect, signal } from "@preact/signals";
import { alertTo } from "./attention";
import * as drafts from "./drafts";
import { go, place } from "./places";
import { dueAt } from "./time";
import { Agent, Alert, Call, Customer, Message, Offer, Queue, Risk, Ticket, Totals, User, Wire, WireEvent } from "./wire";

export const user = signal<User | null>(null);
export const up = signal(false);
export const presence = signal("offline");
/** Why one is away, when somebody or something else set it. */
export const presenceReason = signal("");
export const notice = signal("");
export const offers = signal<Offer[]>([]);
export const calls = signal<Ringing[]>([]);
export const tickets = signal<Map<number, Ticket>>(new Map());
export const openId = computed(() => (place.value.page === "desk" ? place.value.ticket : null));
export const messages = signal<Message[]>([]);
/** What happened to the open ticket beside its messages, the oldest first. */
export const history = signal<Happening[]>([]);
/** Older messages are there than the first of `messages`. */
export const older = signal(false);
export const customer = signal<Customer | null>(null);
export const queues = signal<Map<string, Queue>>(new Map());
export const agents = signal<Map<string, Agent>>(new Map());
export const totals = signal<Totals | null>(null);
export const risks = signal<Risk[]>([]);
export const alerts = signal<Alert[]>([]);
/** Tickets with a customer's message that was not looked at. */
export const unread = signal<ReadonlySet<number>>(new Set(JSON.parse(sessionStorage.getItem("deskwire.unread") ?? "[]")));
effect(() => sessionStorage.setItem("deskwire.unread", JSON.stringify([...unread.value])));
export const viewers = signal<Viewer[]>([]);
export const now = signal(Date.now());
export const visitorTypes = signal(false);
export const wire = new Wire();

export interface Happening { seq: number; at: string; text: string; until: string | null }

/** A telephone that rings, and since when we know. */
export interface Ringing extends Call { since: number }

/** A colleague who has the open ticket before them. */
export interface Viewer { user: string; name: string; writing: boolean }

export const isSupervisor = computed(() => user.value?.role === "supervisor" || user.value?.role === "admin");

const tokenKey = "deskwire.token";

const byDue = (a: Ticket, b: Ticket) => (dueAt(a) ?? Infinity) - (dueAt(b) ?? Infinity) || a.id - b.id;
const mineOf = (list: Iterable<Ticket>) => [...list].filter((t) => t.agent === user.value?.user);
export const mine = computed(() => mineOf(tickets.value.values()).filter((t) => t.state === "assigned" && !t.snoozed_until).sort(byDue));
/** Mine too, out of the way for a while; the next to wake first. */
export const snoozed = computed(() =>
  mineOf(tickets.value.values()).filter((t) => t.snoozed_until).sort((a, b) => Date.parse(a.snoozed_until!) - Date.parse(b.snoozed_until!)));
export const waitingForOthers = computed(() =>
  mineOf(tickets.value.values()).filter((t) => t.state === "pending" || t.state === "on_hold").sort(byDue));
export const waiting = computed(() => [...tickets.value.values()].filter((t) => t.state === "queued").sort(byDue));
/** As many wait in the queues one sees; the page knows the first of them, and those that changed since. */
export const allWaiting = computed(() => [...queues.value.values()].reduce((sum, queue) => sum + queue.waiting, 0));
export const open = computed(() => (openId.value === null ? null : tickets.value.get(openId.value) ?? null));

const noticeMs = 12000, pageBack = 50;

/** Says something for as long as it takes to read. */
export function told(words: string) {
  notice.value = words;
  setTimeout(() => { if (notice.value === words) notice.value = ""; }, noticeMs);
}

export const fail = (error: unknown) => told(error instanceof Error ? error.message : String(error));

/** Of the events that are being applied together; copied once for all of them. */
let together = false, changing: Map<number, Ticket> | null = null;

function put(ticket: Ticket) {
  const next = changing ?? new Map(tickets.value);
  next.set(ticket.id, ticket);
  if (together) changing = next;
  else tickets.value = next;
}

let arrived: WireEvent[] = [];

/** Events are drawn with the next frame: a hundred of them cost one drawing. */
function arrive(event: WireEvent) {
  arrived.push(event);
  if (arrived.length > 1) return;
  if (document.hidden) setTimeout(settle, 100);
  else requestAnimationFrame(settle);
}

document.addEventListener("visibilitychange", settle);

/** All that came is known from here on. */
function settle() {
  const events = arrived;
  arrived = [];
  if (!events.length) return;
  batch(() => {
    together = true;
    for (const event of events) apply(event);
    if (changing) tickets.value = changing;
    together = false;
    changing = null;
  });
}

function apply({ type, data }: WireEvent) {
  if (type === "ticket.changed") changed(data.ticket);
  if (type === "message.added" || type === "message.changed") said(type === "message.added", data.message);
  if (type === "offer.made") offered(data);
  if (type === "offer.ended") offers.value = offers.value.filter((o) => o.offer !== data.offer);
  if (type === "agent.changed" && data.agent?.user === user.value?.user) present(data.agent);
  if (type === "board.queue") queues.value = new Map(queues.value).set(data.queue, data);
  if (type === "board.totals") totals.value = data;
  if (type === "board.at_risk") risks.value = data.items;
  if (type === "board.alert") alarm(data);
  if (type === "board.agent") agents.value = new Map(agents.value).set(data.user, data);
}

function changed(ticket: Ticket) {
  put(ticket);
  if (ticket.id === loaded.value) askHistory();
}

let historyAsked = 0;
const historyPauseMs = 150;

/** A ticket on which much happens at once is asked about once. */
function askHistory() {
  historyAsked ||= window.setTimeout(() => {
    historyAsked = 0;
    if (loaded.value !== null) loadHistory(loaded.value).catch(fail);
  }, historyPauseMs);
}

async function loadHistory(id: number) {
  const { items } = await wire.call<{ items: Happening[] }>("ticket.history", { ticket: id, limit: 200 });
  if (loaded.value === id) history.value = items.reverse();
}

/** What the desk made of one's presence, and why; one's own choice has no reason. */
function present(agent: Agent) {
  presence.value = agent.presence;
  presenceReason.value = agent.presence === "available" ? "" : agent.reason ?? "";
}

function alarm(alert: Alert) {
  const rest = alerts.value.filter((one) => one.name !== alert.name);
  alerts.value = alert.state === "raised" ? [...rest, alert] : rest;
  if (alert.state === "raised") alertTo(`The board: ${alert.name}`);
}

function said(isNew: boolean, message: Message) {
  if (message.ticket === openId.value) addMessage(message);
  if (isNew && message.direction === "in" && (message.ticket !== openId.value || document.hidden)) unread.value = new Set([...unread.value, message.ticket]);
}

function offered(offer: Offer) {
  offers.value = [...offers.value.filter((o) => o.offer !== offer.offer), offer];
  alertTo(typeof offer.ticket === "object" ? `New for you: ${offer.ticket.subject}` : "New for you");
}

interface Mention { ticket: number; subject: string | null; by: string; text: string }

function called({ ticket, subject, by, text }: Mention) {
  unread.value = new Set([...unread.value, ticket]);
  alertTo(`${by} calls you: ${text}`);
  if (ticket !== openId.value) told(`${by} calls you in #${ticket} ${subject ?? ""}`);
}

let typingEnds = 0;

/** What comes and goes without being an event. */
function fleeting(method: string, params: any) {
  if (method === "mention") called(params);
  if (method === "viewers" && params.ticket === openId.value) viewers.value = params.agents;
  if (method !== "typing" || params.ticket !== openId.value) return;
  clearTimeout(typingEnds);
  visitorTypes.value = params.typing;
  typingEnds = window.setTimeout(() => (visitorTypes.value = false), 8000);
}

let typingSaid = 0;

/** At most every three seconds: the visitor's page forgets it after six. */
export function sayTyping(ticket: number) {
  if (Date.now() - typingSaid < 3000) return;
  typingSaid = Date.now();
  wire.call("ticket.typing", { ticket, typing: true }).catch(() => undefined);
}

export function sayRead(ticket: number) {
  wire.call("ticket.read", { ticket }).catch(() => undefined);
}

const callId = (call: Call) => `${call.channel_name}:${call.call}`;

function ring(call: Call) {
  const rest = calls.value.filter((c) => callId(c) !== callId(call));
  calls.value = call.state === "ringing" ? [...rest, { ...call, since: Date.now() }] : rest;
}

export function dismiss(call: Call) {
  calls.value = calls.value.filter((c) => callId(c) !== callId(call));
}

export function addMessage(message: Message) {
  const rest = messages.value.filter((m) => m.id !== message.id);
  messages.value = [...rest, message].sort((a, b) => a.seq - b.seq);
}

async function loadBoard() {
  const board = await wire.call<{ queues: Queue[]; agents: Agent[]; totals: Totals; at_risk: Risk[]; alerts: Alert[] }>("board.subscribe");
  batch(() => {
    queues.value = new Map(board.queues.map((queue) => [queue.queue, queue]));
    totals.value = board.totals;
    risks.value = board.at_risk;
    alerts.value = board.alerts;
    agents.value = new Map(board.agents.map((agent) => [agent.user, agent]));
    const self = agents.value.get(user.value?.user ?? "");
    if (self) present(self);
  });
}

/** The most urgent of those that wait, from a place on. */
const waitingFrom = async (offset: number) => (await wire.call<{ items: Ticket[] }>("board.list", { figure: "waiting", offset })).items;

async function loadLists() {
  await loadBoard();
  const next = new Map<number, Ticket>(), before = tickets.value;
  for (const state of ["assigned", "pending", "on_hold"]) {
    const page = await wire.call<{ items: Ticket[] }>("ticket.list", { mine: true, state, limit: 200 });
    for (const ticket of page.items) next.set(ticket.id, ticket);
  }
  for (const ticket of await waitingFrom(0)) next.set(ticket.id, ticket);
  // What changed while the pages were asked for is newer than they are.
  for (const [id, ticket] of tickets.value) if (before.get(id) !== ticket) next.set(id, ticket);
  tickets.value = next;
  if (openId.value !== null) await load(openId.value);
}

let loadingMore = false;

/** The next of those that wait, when one has come to the end of those that are known. */
export async function moreWaiting() {
  const known = waiting.value.length;
  if (loadingMore || known >= allWaiting.value) return;
  loadingMore = true;
  try {
    // What came or went meanwhile moves places: one page back, nothing is missed.
    const before = tickets.value, page = await waitingFrom(Math.max(0, known - pageBack)), next = new Map(tickets.value);
    // What changed meanwhile is newer than the page.
    for (const ticket of page) if (next.get(ticket.id) === before.get(ticket.id)) next.set(ticket.id, ticket);
    tickets.value = next;
  } finally {
    loadingMore = false;
  }
}

async function enter(params: object) {
  await wire.connect();
  const who = await wire.login(params);
  user.value = { ...who, user: who.user ?? who.name };
  sessionStorage.setItem(tokenKey, wire.token!);
  await loadLists();
}

/** Why a log-in was refused, as a word beside the sentence. */
export class LoginError extends Error {
  constructor(message: string, readonly code: string) { super(message); }
}

/** Over REST first: its cookie lets plain links, such as attachments, work on this page. */
async function openSession(name: string, password: string, code: string): Promise<string> {
  const answer = await fetch("/api/v1/login", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: name, password, ...(code ? { code } : {}) }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new LoginError(body.detail, body.code);
  return body.token;
}

/** What REST has under this path, asked for as whoever uses this tab. */
export async function fetchRest(path: string): Promise<Response> {
  const answer = await fetch(`/api/v1${path}`, { headers: { Authorization: `Bearer ${wire.token}` } });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw new Error(problem?.detail ?? `The desk answered ${answer.status}.`);
}

export async function login(name: string, password: string, code: string) {
  await enter({ token: await openSession(name, password, code) });
  await setPresence("available");
}

/** Goes on with the session of this tab after a reload; quietly does nothing without one. */
export async function restore() {
  const token = sessionStorage.getItem(tokenKey);
  if (!token) return;
  try {
    await enter({ token });
  } catch {
    forgetSession("");
  }
}

export function signOut(reason: string) {
  const token = sessionStorage.getItem(tokenKey);
  if (token) void fetch("/api/v1/logout", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  forgetSession(reason);
}

/** The page as before a log-in; the session itself has ended already. */
function forgetSession(reason: string) {
  sessionStorage.removeItem(tokenKey);
  wire.close();
  user.value = null;
  unread.value = new Set();
  arrived = [];
  loaded.value = null;
  offers.value = [];
  calls.value = [];
  tickets.value = new Map();
  customer.value = null;
  messages.value = [];
  notice.value = reason;
}

export async function setPresence(state: string) {
  const result = await wire.call<{ state: string }>("presence.set", { state });
  presence.value = result.state;
  presenceReason.value = "";
}

export const show = (id: number) => go({ page: "desk", ticket: id });
export const leave = () => go({ page: "desk", ticket: null });

async function load(id: number) {
  const result = await wire.call<{ ticket: Ticket; messages: Message[]; more?: boolean; customer: Customer | null; drafts?: drafts.Draft[] }>("ticket.get", { ticket: id });
  if (openId.value !== id) return;
  drafts.take(id, result.drafts);
  batch(() => {
    put(result.ticket);
    messages.value = result.messages;
    older.value = result.more ?? false;
    customer.value = result.customer;
    if (loaded.value !== id) history.value = [];
    loaded.value = id;
  });
  loadHistory(id).catch(fail);
}

/** The ticket whose messages are shown; until it is the open one, that one is still on its way. */
export const loaded = signal<number | null>(null);

export async function loadOlder() {
  const first = messages.value[0];
  if (!first || openId.value === null) return;
  const result = await wire.call<{ messages: Message[]; more?: boolean }>("ticket.get", { ticket: openId.value, before_seq: first.seq });
  messages.value = [...result.messages, ...messages.value];
  older.value = result.more ?? false;
}

/** Opening a ticket loads it; signing in does so for the one in the address. */
effect(() => {
  const id = openId.value;
  if (id === null || !user.value) return;
  batch(() => {
    viewers.value = [];
    visitorTypes.value = false;
    if (unread.peek().has(id)) unread.value = new Set([...unread.peek()].filter((one) => one !== id));
  });
  load(id).catch((error) => {
    fail(error);
    if (openId.peek() === id && loaded.peek() !== id) leave();
  });
});

export async function accept(offer: Offer) {
  await wire.call("offer.accept", { offer: offer.offer });
  offers.value = offers.value.filter((o) => o.offer !== offer.offer);
  show(ticketOf(offer));
}

export async function decline(offer: Offer, reason: string) {
  await wire.call("offer.decline", { offer: offer.offer, reason });
  offers.value = offers.value.filter((o) => o.offer !== offer.offer);
}

export const ticketOf = (offer: Offer) => (typeof offer.ticket === "number" ? offer.ticket : offer.ticket.id);

export interface Writing { kind: "reply" | "note"; text: string; clientId: string; expectedSeq: number; attachments: number[]; holdSeconds: number; cc: string[] }

export async function write({ kind, text, clientId, expectedSeq, attachments, holdSeconds, cc }: Writing): Promise<Message> {
  const result = await wire.call<{ message: Message }>(`ticket.${kind}`, {
    ticket: openId.value, client_id: clientId, text, expected_seq: expectedSeq, ...(attachments.length ? { attachments } : {}),
    ...(holdSeconds ? { hold_seconds: holdSeconds } : {}), ...(cc.length ? { cc } : {}),
  });
  notice.value = "";
  addMessage(result.message);
  return result.message;
}

export async function begin(params: object): Promise<Ticket> {
  const { ticket } = await wire.call<{ ticket: Ticket }>("ticket.create", params);
  put(ticket);
  return ticket;
}

/** What the desk answers is the ticket as it is now, or its number alone when it has left one's sight. */
async function act(method: string, params: object) {
  const { ticket } = await wire.call<{ ticket: Ticket }>(`ticket.${method}`, params);
  if (ticket.subject === undefined) forget(ticket.id);
  else put(ticket);
}

function forget(id: number) {
  tickets.value = new Map([...tickets.value].filter(([one]) => one !== id));
  if (openId.value === id) leave();
}

export const setState = (ticket: number, state: "pending" | "hold") => act(state, { ticket });
export const resolve = (ticket: number, disposition: string) => act("resolve", { ticket, ...(disposition ? { disposition } : {}) });
export const prioritise = (ticket: number, priority: string) => act("priority", { ticket, priority });
export const snooze = (ticket: number, until: Date) => act("snooze", { ticket, until: until.toISOString() });
export const unsnooze = (ticket: number) => act("unsnooze", { ticket });
export const tag = (ticket: number, change: { add?: string[]; remove?: string[] }) => act("tag", { ticket, ...change });
export const claim = (ticket: number) => act("claim", { ticket });
export const transfer = (ticket: number, to: { queue: string } | { agent: string }, note: string) =>
  act("transfer", { ticket, ...to, ...(note ? { note } : {}) });

export async function forcePresence(agent: string, state: string, reason: string) {
  await wire.call("presence.set", { agent, state, ...(reason ? { reason } : {}) });
}

wire.onEvent = arrive;
// What an answer says is newer than every event before it.
wire.onAnswer = settle;
wire.onFleeting = fleeting;
wire.onCall = ring;
wire.onUp = (value) => {
  up.value = value;
  // Subscriptions end with the socket; the events in between came with the resume.
  if (value && queues.peek().size) void loadBoard().catch(fail);
};
// A role that changed while the page is open shows and hides what it may, and opens other lists.
wire.onUser = (one) => {
  const changed = user.peek()?.role !== one.role;
  user.value = one;
  if (changed) void loadLists().catch(fail);
};
wire.onResync = () => void loadLists().catch(fail);
wire.onSignedOut = forgetSession;
// Longer than anyone lets it ring: what ended while the connection was away closes by itself.
const ringsAtMostMs = 90000;

setInterval(() => {
  now.value = Date.now();
  if (calls.value.some((c) => now.value - c.since > ringsAtMostMs)) calls.value = calls.value.filter((c) => now.value - c.since <= ringsAtMostMs);
}, 1000);
