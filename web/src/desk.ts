// SPDX-License-Identifier: Apache-2.0
// What the page knows, as signals: a fold of the console's events over the lists it asked for.
import { computed, signal } from "@preact/signals";
import { Call, Message, Offer, Ticket, User, Wire, WireEvent } from "./wire";

export const user = signal<User | null>(null);
export const up = signal(false);
export const presence = signal("offline");
export const notice = signal("");
export const offers = signal<Offer[]>([]);
export const calls = signal<Ringing[]>([]);
export const tickets = signal<Map<number, Ticket>>(new Map());
export const openId = signal<number | null>(null);
export const messages = signal<Message[]>([]);
export const customer = signal<any>(null);
export const now = signal(Date.now());
export const visitorTypes = signal(false);
export const wire = new Wire();

/** A telephone that rings, and since when we know. */
export interface Ringing extends Call { since: number }

const tokenKey = "deskwire.token";

/** The nearest deadline that still runs, as milliseconds, or null. */
export function dueAt(ticket: Ticket): number | null {
  const open = ticket.deadlines.filter((d) => d.state === "running" || d.state === "breached").map((d) => Date.parse(d.due_at));
  return open.length ? Math.min(...open) : null;
}

const byDue = (a: Ticket, b: Ticket) => (dueAt(a) ?? Infinity) - (dueAt(b) ?? Infinity) || a.id - b.id;
const mineOf = (list: Iterable<Ticket>) => [...list].filter((t) => t.agent === user.value?.user);
export const mine = computed(() => mineOf(tickets.value.values()).filter((t) => t.state === "assigned").sort(byDue));
export const waitingForOthers = computed(() =>
  mineOf(tickets.value.values()).filter((t) => t.state === "pending" || t.state === "on_hold").sort(byDue));
export const waiting = computed(() => [...tickets.value.values()].filter((t) => t.state === "queued").sort(byDue));
export const open = computed(() => (openId.value === null ? null : tickets.value.get(openId.value) ?? null));

export function fail(error: unknown) {
  notice.value = error instanceof Error ? error.message : String(error);
}

function put(ticket: Ticket) {
  const next = new Map(tickets.value);
  next.set(ticket.id, ticket);
  tickets.value = next;
}

function apply(event: WireEvent) {
  const { type, data } = event;
  if (type === "ticket.changed") put(data.ticket);
  if ((type === "message.added" || type === "message.changed") && (data.ticket?.id ?? data.ticket) === openId.value) addMessage(data.message);
  if (type === "offer.made") offers.value = [...offers.value.filter((o) => o.offer !== data.offer), data];
  if (type === "offer.ended") offers.value = offers.value.filter((o) => o.offer !== data.offer);
  if (type === "agent.changed" && data.agent?.user === user.value?.user) presence.value = data.agent.presence;
}

let typingEnds = 0;

/** What comes and goes without being an event. */
function fleeting(method: string, params: any) {
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

function addMessage(message: Message) {
  const rest = messages.value.filter((m) => m.id !== message.id);
  messages.value = [...rest, message].sort((a, b) => a.seq - b.seq);
}

async function loadLists() {
  const next = new Map<number, Ticket>();
  for (const params of [{ mine: true, limit: 200 }, { state: "queued", limit: 200 }]) {
    const page = await wire.call<{ items: Ticket[] }>("ticket.list", params);
    for (const ticket of page.items) next.set(ticket.id, ticket);
  }
  tickets.value = next;
  if (openId.value !== null) await show(openId.value);
}

async function enter(params: object) {
  await wire.connect();
  const who = await wire.login(params);
  user.value = { ...who, user: who.user ?? who.name };
  sessionStorage.setItem(tokenKey, wire.token!);
  await loadLists();
}

/** Over REST first: its cookie lets plain links, such as attachments, work on this page. */
async function openSession(name: string, password: string): Promise<string> {
  const answer = await fetch("/api/v1/login", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: name, password }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  return body.token;
}

export async function login(name: string, password: string) {
  await enter({ token: await openSession(name, password) });
  await setPresence("available");
}

/** Goes on with the session of this tab after a reload; quietly does nothing without one. */
export async function restore() {
  const token = sessionStorage.getItem(tokenKey);
  if (!token) return;
  try {
    await enter({ token });
  } catch {
    signOut("");
  }
}

export function signOut(reason: string) {
  const token = sessionStorage.getItem(tokenKey);
  if (token) void fetch("/api/v1/logout", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  sessionStorage.removeItem(tokenKey);
  wire.close();
  user.value = null;
  openId.value = null;
  offers.value = [];
  calls.value = [];
  tickets.value = new Map();
  notice.value = reason;
}

export async function setPresence(state: string) {
  const result = await wire.call<{ state: string }>("presence.set", { state });
  presence.value = result.state;
}

export async function show(id: number) {
  const result = await wire.call<{ ticket: Ticket; messages: Message[]; customer: any }>("ticket.get", { ticket: id });
  put(result.ticket);
  openId.value = id;
  messages.value = result.messages;
  customer.value = result.customer;
}

export async function accept(offer: Offer) {
  await wire.call("offer.accept", { offer: offer.offer });
  offers.value = offers.value.filter((o) => o.offer !== offer.offer);
  await show(ticketOf(offer));
}

export async function decline(offer: Offer, reason: string) {
  await wire.call("offer.decline", { offer: offer.offer, reason });
  offers.value = offers.value.filter((o) => o.offer !== offer.offer);
}

export const ticketOf = (offer: Offer) => (typeof offer.ticket === "number" ? offer.ticket : offer.ticket.id);

export async function write(kind: "reply" | "note", text: string, clientId: string) {
  const last = messages.value.at(-1)?.seq ?? 0;
  const result = await wire.call<{ message: Message }>(`ticket.${kind}`, {
    ticket: openId.value, client_id: clientId, text, expected_seq: last,
  });
  addMessage(result.message);
}

export async function act(action: "pending" | "hold" | "resolve") {
  const result = await wire.call<{ ticket: Ticket }>(`ticket.${action}`, { ticket: openId.value });
  put(result.ticket);
}

wire.onEvent = apply;
wire.onFleeting = fleeting;
wire.onCall = ring;
wire.onUp = (value) => (up.value = value);
wire.onResync = () => void loadLists().catch(fail);
wire.onSignedOut = signOut;
// Longer than anyone lets it ring: what ended while the connection was away closes by itself.
const ringsAtMostMs = 90000;

setInterval(() => {
  now.value = Date.now();
  if (calls.value.some((c) => now.value - c.since > ringsAtMostMs)) calls.value = calls.value.filter((c) => now.value - c.since <= ringsAtMostMs);
}, 1000);
