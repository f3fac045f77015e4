// SPDX-License-Identifier: Apache-2.0
// The keyboard: every act has a name and keys, which the `?` sheet and the palette show. Single keys are ignored while one types;
// those with Ctrl are not. "g b" is g, then b within a second.
import { signal } from "@preact/signals";
import { isTyping } from "./dom";

export interface Act {
  /** "j", "?", "Ctrl+k", "g b"; empty: only in the palette. */
  keys: string;
  name: string;
  group: string;
  run: () => void;
  /** Absent: always. */
  when?: () => boolean;
}

export const acts = signal<Act[]>([]);

/** Adds acts while a component is there; returns how to take them away. */
export function offer(more: Act[]): () => void {
  acts.value = [...acts.value, ...more];
  return () => (acts.value = acts.value.filter((act) => !more.includes(act)));
}

export const possible = (act: Act) => act.when?.() ?? true;

const sequenceMs = 1000;
let begun = "", begunAt = 0;

/** How a key press is written in `keys`. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

export function press(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const name = nameOf(event);
  if (isTyping(event.target) && !name.startsWith("Ctrl+")) return;
  if (document.querySelector("dialog[open]") && !name.startsWith("Ctrl+")) return;
  const whole = begun && event.timeStamp - begunAt < sequenceMs ? `${begun} ${name}` : name;
  const act = acts.value.find((one) => one.keys === whole && possible(one)) ?? acts.value.find((one) => one.keys === name && possible(one));
  const begins = acts.value.some((one) => one.keys.startsWith(`${name} `));
  begun = !act && begins ? name : "";
  begunAt = event.timeStamp;
  if (!act) return;
  event.preventDefault();
  act.run();
}

document.addEventListener("keydown", press);
