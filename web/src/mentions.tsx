// SPDX-License-Identifier: Apache-2.0
// While one writes a note: whom an `@` may call.
import { agents, user } from "./desk";
import { matches } from "./palette";

/** What stands between the last `@` and the caret, if a name is being written there. */
export function begunName(text: string, caret: number): string | null {
  return /(?:^|[\s(])@([\p{L}\p{N}_.-]*)$/u.exec(text.slice(0, caret))?.[1] ?? null;
}

const atMost = 6;

export function colleagues(begun: string) {
  return [...agents.value.values()].filter((one) => one.user !== user.value?.user && matches(`${one.user} ${one.name}`, begun)).slice(0, atMost);
}

export function Suggestions({ begun, chosen, onTake }: { begun: string; chosen: number; onTake: (name: string) => void }) {
  const found = colleagues(begun);
  if (!found.length) return null;
  return (
    <ul class="suggestions" role="listbox" aria-label="Colleagues">
      {found.map((one, n) => (
        <li key={one.user} role="option" aria-selected={n === Math.min(chosen, found.length - 1)} onMouseDown={(e) => { e.preventDefault(); onTake(one.user); }}>
          <strong>@{one.user}</strong> <span class="quiet">{one.name}, {one.presence}</span></li>
      ))}
    </ul>
  );
}
