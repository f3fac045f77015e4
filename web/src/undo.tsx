// SPDX-License-Identifier: Apache-2.0
// For the seconds in which the desk still holds an answer, one can take it back.
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addMessage, fail, now, wire } from "./desk";
import * as drafts from "./drafts";
import { offer } from "./keys";
import { go } from "./places";
import type { Message, Ticket } from "./wire";

/** How long an answer is held; what is said in a chat is said at once. */
export const holdFor = (ticket: Ticket) => (ticket.channel === "chat" ? 0 : 10);

const sent = signal<Message[]>([]);
const heldUntil = (message: Message) => (message.held_until ? Date.parse(message.held_until) : 0);
/** Those that can still be taken back, the newest last. */
const held = computed(() => sent.value.filter((message) => heldUntil(message) > now.value));

export function noteSent(message: Message) {
  if (message.held_until) sent.value = [...held.peek(), message];
}

/** Takes the newest back; its words stand before whatever was begun since. */
async function undo() {
  const last = held.peek().at(-1);
  if (!last) return;
  sent.value = sent.peek().filter((one) => one !== last);
  const { message, text } = await wire.call<{ message: Message; text: string }>("message.undo", { ticket: last.ticket, message: last.id });
  addMessage(message);
  const begun = drafts.read(last.ticket, "reply");
  drafts.put(last.ticket, "reply", begun ? `${text}\n${begun}` : text, message.seq);
  go({ page: "desk", ticket: last.ticket });
  requestAnimationFrame(() => document.querySelector<HTMLElement>(".composer textarea")?.focus());
}

export function UndoBar() {
  useEffect(() => offer([
    { keys: "z", name: "Take back what was just sent", group: "Ticket", when: () => held.value.length > 0, run: () => void undo().catch(fail) },
  ]), []);
  const last = held.value.at(-1);
  if (!last) return null;
  const whole = holdFor({ channel: last.channel } as Ticket), left = Math.min(whole, Math.max(1, Math.ceil((heldUntil(last) - now.value) / 1000)));
  return (
    <p class="undo" role="status">
      <progress max={whole} value={left} aria-hidden="true" />
      <span class="grow">Your answer to #{last.ticket} leaves in {left} s</span>
      <button onClick={() => undo().catch(fail)}>Undo <kbd>Z</kbd></button>
    </p>
  );
}
