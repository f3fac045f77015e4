// SPDX-License-Identifier: Apache-2.0
// Everything one can do, by name (Ctrl+K) and as a sheet of keys (?).
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { openId, tickets, wire } from "./desk";
import { Dialog } from "./dialog";
import { acts, offer, possible } from "./keys";
import { go } from "./places";
import { ticketKeys } from "./ticket_keys";
import { RpcError } from "./wire";
import type { Ticket } from "./wire";
import { stateWord, subjectOf } from "./words";

export const shown = signal<"" | "palette" | "sheet">("");

/** The hint of an act is its keys. */
interface Choice { name: string; hint: string; isAct?: boolean; run: () => void; snippet?: Piece[] }
interface Piece { text: string; hit: boolean }
interface Hit { ticket: Ticket; snippet: Piece[] }

const pauseMs = 150;
let canSearch = true;

/** What the desk finds in all tickets, a moment after one stops typing. */
function useSearch(question: string): Hit[] {
  const [hits, setHits] = useState<Hit[]>([]);
  useEffect(() => {
    if (!canSearch || question.trim().length < 2) return setHits([]);
    let wanted = true;
    const timer = setTimeout(() => {
      wire.call<{ items: Hit[] }>("ticket.search", { query: question, limit: 10 }).then(({ items }) => wanted && setHits(items), (error) => {
        if (error instanceof RpcError && error.code === -32601) canSearch = false;
      });
    }, pauseMs);
    return () => { wanted = false; clearTimeout(timer); };
  }, [question]);
  return hits;
}

const found = ({ ticket, snippet }: Hit): Choice => (
  { name: `#${ticket.id} ${subjectOf(ticket)}`, hint: stateWord(ticket.state), snippet, run: () => go({ page: "desk", ticket: ticket.id }) });

/** All words of the question must stand in the name, in any order. */
export function matches(name: string, question: string): boolean {
  const text = name.toLowerCase();
  return question.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** What begins with the question comes first, then what has a word that does. */
function rank(name: string, question: string): number {
  const text = name.toLowerCase(), asked = question.trim().toLowerCase();
  return text.startsWith(asked) ? 0 : text.includes(` ${asked}`) ? 1 : 2;
}

function choices(question: string): Choice[] {
  const all: Choice[] = acts.value.filter(possible).map((act) => ({ name: act.name, hint: act.keys, isAct: true, run: act.run }));
  for (const ticket of tickets.value.values())
    all.push({ name: `#${ticket.id} ${subjectOf(ticket)}`, hint: stateWord(ticket.state), run: () => go({ page: "desk", ticket: ticket.id }) });
  const number = /^#?(\d{1,15})$/.exec(question.trim());
  if (number) all.unshift({ name: `Open #${number[1]}`, hint: "Enter", run: () => go({ page: "desk", ticket: Number(number[1]) }) });
  return all.filter((choice) => matches(`${choice.name} ${number ? number[1] : ""}`, question)).sort((a, b) => rank(a.name, question) - rank(b.name, question)).slice(0, 50);
}

/** The browser tells of a closed dialog a moment later, when the other may be open already. */
function closed(which: "palette" | "sheet") {
  if (shown.value === which) shown.value = "";
}

function Palette() {
  const [question, setQuestion] = useState("");
  const [at, setAt] = useState(0);
  const hits = useSearch(question), near = choices(question);
  const all = [...near, ...hits.map(found).filter((hit) => !near.some((one) => one.name === hit.name))];
  const chosen = Math.min(at, all.length - 1);
  const take = (choice?: Choice) => {
    shown.value = "";
    choice?.run();
  };
  return (
    <Dialog title="What do you want to do?" kind="palette" onClose={() => closed("palette")}>
      <input data-first role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={all.length ? `choice-${chosen}` : undefined}
        aria-label="Search acts and tickets" placeholder="An act, words of a message, a name, a number" value={question}
        onInput={(e) => { setQuestion(e.currentTarget.value); setAt(0); }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt(Math.min(chosen + 1, all.length - 1));
          else if (e.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
          else if (e.key === "Enter") take(all[chosen]);
          else return;
          e.preventDefault();
        }} />
      <ul id="palette-list" role="listbox">
        {all.map((choice, n) => (
          <li key={choice.name + choice.hint} id={`choice-${n}`} role="option" aria-selected={n === chosen} onClick={() => take(choice)} onMouseMove={() => setAt(n)}>
            <span class="grow">{choice.name}
              {choice.snippet && <span class="excerpt quiet">{choice.snippet.map((piece, i) => (piece.hit ? <mark key={i}>{piece.text}</mark> : piece.text))}</span>}
            </span>{choice.hint && (choice.isAct ? <kbd>{choice.hint}</kbd> : <span class="quiet">{choice.hint}</span>)}
          </li>
        ))}
      </ul>
      {!all.length && <p class="quiet empty">Nothing is called that. A ticket's number opens it.</p>}
    </Dialog>
  );
}

/** With those of a ticket, also while none is open. */
function Sheet() {
  const here = acts.value.filter((act) => act.keys && (act.group !== "Go to" || possible(act))), away = Object.values(ticketKeys).filter(({ keys }) => !here.some((act) => act.keys === keys));
  const all = [...here, ...away], groups = [...new Set(all.map((act) => act.group))];
  return (
    <Dialog title="Keys" kind="sheet" onClose={() => closed("sheet")}>
      <div class="sheet-groups">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}{group === "Ticket" && openId.value === null && " (once one is open)"}</h3>
            <dl>{all.filter((act) => act.group === group).map((act) => (
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
