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

async function load() {
  if (macros.value) return;
  macros.value = [];
  macros.value = (await wire.call<{ items: Macro[] }>("macro.list")).items;
}

export function Macros({ ticket, onText }: { ticket: Ticket; onText: (text: string, actions: Actions) => void }) {
  const [open, setOpen] = useState(false), [question, setQuestion] = useState("");
  useEffect(() => {
    load().catch(() => undefined);
    return offer([{ ...ticketKeys.macro, when: () => !!macros.value?.length, run: () => setOpen(true) }]);
  }, []);
  if (!macros.value?.length) return null;
  const fitting = macros.value.filter((m) => (!m.queue || m.queue === ticket.queue) && (!m.channel || m.channel === ticket.channel) && matches(m.name, question));
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
      <button onClick={() => setOpen(true)}>Macro <kbd>/</kbd></button>
      {open && (
        <Dialog title="Insert a macro" kind="palette" onClose={() => { setOpen(false); setQuestion(""); }}>
          <input data-first aria-label="Search macros" placeholder="Its name" value={question} onInput={(e) => setQuestion(e.currentTarget.value)} />
          <ul>{fitting.map((macro) => (
            <li key={macro.id}><button class="choice" onClick={(e) => { void insert(macro); e.currentTarget.closest("dialog")?.close(); }}>
              <strong>{macro.name}</strong><span class="quiet excerpt">{macro.text.slice(0, 100)}</span></button></li>
          ))}</ul>
        </Dialog>
      )}
    </>
  );
}
