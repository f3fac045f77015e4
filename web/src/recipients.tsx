// SPDX-License-Identifier: Apache-2.0
// Whom an answer goes to, and who reads along.
import { useEffect, useState } from "preact/hooks";
import { messages, wire } from "./desk";
import type { Address, Ticket } from "./wire";

const shown = ({ name, address }: Address) => (name ? `${/[,;"]/.test(name) ? `"${name.replace(/"/g, "")}"` : name} <${address}>` : address);

/** As typed: addresses between commas that stand in no quotation marks. The desk says which of them is none. */
const split = (text: string) => text.split(/[,;](?=(?:[^"]*"[^"]*")*[^"]*$)/).map((one) => one.trim()).filter(Boolean);

/** Asked anew when somebody wrote: the answer is to them. Who read along what is answered reads the answer too, unless one takes them out. */
export function useCopies(ticket: Ticket) {
  const [to, setTo] = useState<Address[]>([]), [text, setText] = useState(""), [open, setOpen] = useState(false);
  const answered = messages.value.filter((one) => one.direction === "in").at(-1)?.id;
  useEffect(() => {
    if (ticket.channel !== "email") return;
    let wanted = true;
    wire.call<{ to: Address[]; cc: Address[] }>("ticket.recipients", { ticket: ticket.id }).then((found) => {
      if (!wanted) return;
      setTo(found.to);
      setText(found.cc.map(shown).join(", "));
      setOpen(found.cc.length > 0);
    }, () => undefined);
    return () => { wanted = false; };
  }, [ticket.id, answered]);
  return { to, text, setText, open, setOpen, all: () => split(text) };
}

export function To({ ticket, copies }: { ticket: Ticket; copies: ReturnType<typeof useCopies> }) {
  const { to, text, setText, open, setOpen } = copies;
  return (
    <>
      <span class="quiet to grow" title={to.map(shown).join(", ")}>{to.length ? `to ${to.map(shown).join(", ")}` : ticket.customer?.name ? `to ${ticket.customer.name}` : ""}</span>
      {ticket.channel === "email" && (open
        ? <label class="cc row">Cc <input ref={(field) => { if (field && !text) field.focus(); }} value={text} placeholder="Ann Lee <ann@example.com>, …" onInput={(e) => setText(e.currentTarget.value)}
            onBlur={() => setOpen(text.trim() !== "")} /></label>
        : <button class="plain quiet" onClick={() => setOpen(true)}>Cc</button>)}
    </>
  );
}
