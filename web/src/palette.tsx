// SPDX-License-Identifier: Apache-2.0
// Everything one can do, by name (Ctrl+K) and as a sheet of keys (?).
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { tickets } from "./desk";
import { Dialog } from "./dialog";
import { acts, offer, possible } from "./keys";
import { go } from "./places";

export const shown = signal<"" | "palette" | "sheet">("");

interface Choice { name: string; hint: string; run: () => void }

/** All words of the question must stand in the name, in any order. */
export function matches(name: string, question: string): boolean {
  const text = name.toLowerCase();
  return question.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function choices(question: string): Choice[] {
  const all: Choice[] = acts.value.filter(possible).map((act) => ({ name: act.name, hint: act.keys, run: act.run }));
  for (const ticket of tickets.value.values())
    all.push({ name: `#${ticket.id} ${ticket.subject}`, hint: ticket.queue, run: () => go({ page: "desk", ticket: ticket.id }) });
  const number = /^#?(\d{1,15})$/.exec(question.trim());
  if (number) all.unshift({ name: `Open #${number[1]}`, hint: "Enter", run: () => go({ page: "desk", ticket: Number(number[1]) }) });
  return all.filter((choice) => matches(`${choice.name} ${number ? number[1] : ""}`, question)).slice(0, 50);
}

function Palette() {
  const [question, setQuestion] = useState("");
  const [at, setAt] = useState(0);
  const found = choices(question);
  const chosen = Math.min(at, found.length - 1);
  const take = (choice?: Choice) => {
    shown.value = "";
    choice?.run();
  };
  return (
    <Dialog title="What do you want to do?" kind="palette" onClose={() => (shown.value = "")}>
      <input data-first role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={found.length ? `choice-${chosen}` : undefined}
        aria-label="Search acts and tickets" placeholder="An act, a subject, a number" value={question}
        onInput={(e) => { setQuestion(e.currentTarget.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
          else if (e.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
          else if (e.key === "Enter") take(found[chosen]);
          else return;
          e.preventDefault();
        }} />
      <ul id="palette-list" role="listbox">
        {found.map((choice, n) => (
          <li key={choice.name + choice.hint} id={`choice-${n}`} role="option" aria-selected={n === chosen} onClick={() => take(choice)} onMouseMove={() => setAt(n)}>
            <span class="grow">{choice.name}</span>{choice.hint && <kbd>{choice.hint}</kbd>}
          </li>
        ))}
      </ul>
      {!found.length && <p class="quiet empty">Nothing is called that. A ticket's number opens it.</p>}
    </Dialog>
  );
}

function Sheet() {
  const groups = [...new Set(acts.value.filter((act) => act.keys).map((act) => act.group))];
  return (
    <Dialog title="Keys" kind="sheet" onClose={() => (shown.value = "")}>
      <div class="sheet-groups">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>{acts.value.filter((act) => act.group === group && act.keys).map((act) => (
              <div class="row" key={act.keys + act.name}><dt class="grow">{act.name}</dt><dd><kbd>{act.keys}</kbd></dd></div>
            ))}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

export function Helpers() {
  useEffect(() => offer([
    { keys: "Ctrl+k", name: "Search acts and tickets", group: "Everywhere", run: () => (shown.value = "palette") },
    { keys: "?", name: "Show all keys", group: "Everywhere", run: () => (shown.value = "sheet") },
  ]), []);
  if (shown.value === "palette") return <Palette />;
  if (shown.value === "sheet") return <Sheet />;
  return null;
}
