// SPDX-License-Identifier: Apache-2.0
// The words that the desk sorts its matters by.
import { useEffect, useRef, useState } from "preact/hooks";
import { fail, tag, tickets } from "./desk";
import { offer } from "./keys";
import { ticketKeys } from "./ticket_keys";
import type { Ticket } from "./wire";

/** As the desk takes them: "Lost parcel" becomes "lost-parcel". */
export const asTag = (words: string) => words.trim().toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|-+$/g, "").slice(0, 40);

const known = () => [...new Set([...tickets.value.values()].flatMap((ticket) => ticket.tags ?? []))].sort();

export function Tags({ ticket, settled }: { ticket: Ticket; settled: boolean }) {
  const [adding, setAdding] = useState(false), field = useRef<HTMLInputElement>(null), opener = useRef<HTMLButtonElement>(null);
  useEffect(() => offer([{ ...ticketKeys.label, when: () => !settled, run: () => setAdding(true) }]), [settled]);
  useEffect(() => { if (adding) field.current?.focus(); }, [adding]);
  const done = () => {
    const wasHere = document.activeElement === field.current;
    setAdding(false);
    if (wasHere) requestAnimationFrame(() => opener.current?.focus());
  };
  const add = () => {
    const word = asTag(field.current?.value ?? "");
    done();
    if (word) tag(ticket.id, { add: [word] }).catch(fail);
  };
  return (
    <span class="tags">
      {(ticket.tags ?? []).map((word) => (
        <span key={word} class="chip tag">{word}
          {!settled && <button class="plain" aria-label={`Remove the tag ${word}`} onClick={() => tag(ticket.id, { remove: [word] }).catch(fail)}>×</button>}</span>
      ))}
      {adding
        ? <form class="tag-form" onSubmit={(e) => { e.preventDefault(); add(); }}>
            <input ref={field} aria-label="A tag" list="known-tags" maxLength={60} placeholder="tag" onBlur={add}
              onKeyDown={(e) => { if (e.key === "Escape") { e.currentTarget.value = ""; done(); } }} />
            <datalist id="known-tags">{known().map((word) => <option key={word} value={word} />)}</datalist>
          </form>
        : !settled && <button ref={opener} class="plain quiet" onClick={() => setAdding(true)}>+ tag</button>}
    </span>
  );
}
