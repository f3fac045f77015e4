// SPDX-License-Identifier: Apache-2.0
// A sound and a notification of the browser for what waits for this agent. Both are off until asked for.
import { signal } from "@preact/signals";

const key = "deskwire.attention";
export const attentive = signal(localStorage.getItem(key) === "on");

export async function setAttentive(on: boolean) {
  if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  attentive.value = on;
  localStorage.setItem(key, on ? "on" : "off");
  if (on) ring();
}

function ring() {
  const context = new AudioContext(), tone = context.createOscillator(), loud = context.createGain();
  loud.gain.setValueAtTime(0.12, context.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
  tone.frequency.value = 660;
  tone.connect(loud).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
  tone.onended = () => void context.close();
}

export function alertTo(words: string) {
  if (!attentive.value) return;
  ring();
  if (document.hidden && "Notification" in window && Notification.permission === "granted") new Notification("Deskwire", { body: words });
}
