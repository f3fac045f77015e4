// SPDX-License-Identifier: Apache-2.0
// Ready-made texts, filled in by the desk for this ticket.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { fail, wire } from "./desk";
import { Dialog } from "./dialog";
import { offer } from "./keys";
import { matches } from "./palette";
import { ticketKeys } from "./ticket_keys";
import type { Ticket } from "./wire";

/** What shall become of the ticket: at once, and (`state`) when the answer is sent. */
export interface Actions { priority?: string; tags_add?: string[]; state?: "pending" | "hold" | "resolve" }
interface Macro { id: number; name: string; text: string; queue: string | null; channel: string | null; actions: Actions }

/** Null: not asked for yet. Empty where the desk has none. */
const macros = signal<Macro[] | null>(null);

/** Asked anew whenever they are looked at: somebody may have made one. */
async function load() {
  macros.value = (await wire.call<{ items: Macro[] }>("macro.list")).items;
}

/** What becomes of the ticket, in words. */
export const effect = ({ state, priority, tags_add }: Actions) => [state, priority, ...(tags_add ?? []).map((tag) => `+${tag}`)].filter(Boolean).join(", ");

const firstWords = (text: string) => (text.length > 100 ? `${text.slice(0, 100).replace(/\s+\S*$/, "")} …` : text);

export function Macros({ ticket, onText }: { ticket: Ticket; onText: (text: string, actions: Actions) => void }) {
  const [open, setOpen] = useState(false), [question, setQuestion] = useState(""), [at, setAt] = useState(0);
  function look() {
    load().catch(fail);
    setAt(0);
    setOpen(true);
  }
  useEffect(() => {
    if (!macros.value) load().catch(() => undefined);
    return offer([{ ...ticketKeys.macro, run: look }]);
  }, []);
  if (!macros.value) return null;
  const fitting = macros.value.filter((m) => (!m.queue || m.queue === ticket.queue) && (!m.channel || m.channel === ticket.channel) && matches(m.name, question));
  const chosen = Math.max(0, Math.min(at, fitting.length - 1));
  function take(from: Element, macro?: Macro) {
    from.closest("dialog")?.close();
    if (macro) void insert(macro);
  }
  async function insert(macro: Macro) {
    try {
      const { text, missing } = await wire.call<{ text: string; missing: string[] }>("macro.render", { macro: macro.id, ticket: ticket.id });
      onText(text, macro.actions);
      if (missing.length) fail(`The desk does not know ${missing.join(", ")}: please fill it in.`);
    } catch (error) {
      fail(error);
    }
  }
  return (
    <>
      <button onClick={look}>Macro <kbd>/</kbd></button>
      {open && (
        <Dialog title="Insert a macro" kind="palette" onClose={() => { setOpen(false); setQuestion(""); }}>
          <input data-first role="combobox" aria-expanded="true" aria-controls="macro-list" aria-activedescendant={fitting.length ? `macro-${chosen}` : undefined} aria-label="Search macros"
            placeholder="Its name" value={question} onInput={(e) => { setQuestion(e.currentTarget.value); setAt(0); }}
            onKeyDown={(e) => {
              if (e.key === "ArrowDown") setAt(Math.min(chosen + 1, fitting.length - 1));
              else if (e.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
              else if (e.key === "Enter") take(e.currentTarget, fitting[chosen]);
              else return;
              e.preventDefault();
            }} />
          <ul id="macro-list" role="listbox">{fitting.map((macro, n) => (
            <li key={macro.id} id={`macro-${n}`} role="option" aria-selected={n === chosen} onMouseMove={() => setAt(n)} onClick={(e) => take(e.currentTarget, macro)}>
              <span class="grow"><strong>{macro.name}</strong> <span class="quiet">{effect(macro.actions)}</span><span class="quiet excerpt">{firstWords(macro.text)}</span></span></li>
          ))}</ul>
          {!fitting.length && <p class="quiet empty">{macros.value.length ? "None is called that." : "None yet. A supervisor makes them under Administration."}</p>}
        </Dialog>
      )}
    </>
  );
}
