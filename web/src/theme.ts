// SPDX-License-Identifier: Apache-2.0
// Light, dark, or as the system says; remembered on this machine.
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const key = "deskwire.theme";
const order: Theme[] = ["auto", "light", "dark"];

const remembered = localStorage.getItem(key) as Theme | null;
export const theme = signal<Theme>(remembered && order.includes(remembered) ? remembered : "auto");

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(key, theme.value);
});

export function nextTheme() {
  theme.value = order[(order.indexOf(theme.value) + 1) % order.length]!;
}
