// SPDX-License-Identifier: Apache-2.0
// A ticket that the desk begins: to whom, from which mailbox or number, and what.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { begin, customer, fail, open as openTicket, openId, show, wire } from "./desk";
import { Dialog } from "./dialog";
import { drawId } from "./dom";
import { offer } from "./keys";
import { channelWord } from "./words";

interface DeskFacts { channels: { channel_name: string; channel: string; writes_first: boolean }[]; queues: { queue: string; mine: boolean }[] }

const facts = signal<DeskFacts | null>(null);
const shown = signal(false);
/** The same for as long as the dialog is open: sent twice, it is one ticket. */
const clientId = signal("");

/** Begins one; the dialog asks the rest. */
export function write() {
  clientId.value = drawId();
  shown.value = true;
  if (!facts.value) wire.call<DeskFacts>("desk.get").then((answer) => (facts.value = answer), fail);
}

function CreateDialog() {
  const who = openId.value === null ? null : customer.value, known = (kind: string) => who?.identities?.find((one) => one.kind === kind)?.value ?? "";
  const from = facts.value?.channels.filter((one) => one.writes_first) ?? [];
  const [name, setName] = useState(""), [to, setTo] = useState<string | null>(null), [subject, setSubject] = useState(""), [text, setText] = useState(""), [queue, setQueue] = useState("");
  const [busy, setBusy] = useState(false);
  const chosen = from.find((one) => one.channel_name === (name || openTicket.value?.channel_name)) ?? from[0], byText = chosen?.channel === "sms";
  const address = to ?? known(byText ? "phone" : "email");
  async function create(event: Event) {
    event.preventDefault();
    const dialog = (event.currentTarget as HTMLElement).closest("dialog");
    if (!chosen) return;
    setBusy(true);
    try {
      const ticket = await begin({ channel: chosen.channel, channel_name: chosen.channel_name, to: address, subject: subject || text.slice(0, 60), text,
        client_id: clientId.value, ...(queue ? { queue } : {}) });
      dialog?.close();
      show(ticket.id);
    } catch (error) {
      fail(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title="New ticket" onClose={() => (shown.value = false)}>
      <form onSubmit={create}>
        <label class="field">From
          <select data-first value={chosen?.channel_name} onChange={(e) => { setName(e.currentTarget.value); setTo(null); }}>
            {from.map((one) => <option key={one.channel_name} value={one.channel_name}>{one.channel_name} ({channelWord(one.channel)})</option>)}
          </select></label>
        <label class="field">To
          <input required value={address} type={byText ? "tel" : "text"} placeholder={byText ? "+84 91 234 56 78" : "Ann Lee <ann@example.com>"} onInput={(e) => setTo(e.currentTarget.value)} /></label>
        {!byText && <label class="field">Subject<input required maxLength={998} value={subject} onInput={(e) => setSubject(e.currentTarget.value)} /></label>}
        <label class="field">Message<textarea required rows={6} value={text} onInput={(e) => setText(e.currentTarget.value)} /></label>
        <label class="field">Queue
          <select value={queue} onChange={(e) => setQueue(e.currentTarget.value)}>
            <option value="">the channel's own</option>
            {facts.value?.queues.filter((one) => one.mine).map((one) => <option key={one.queue}>{one.queue}</option>)}
          </select></label>
        <p class="quiet">It is yours; the answer comes back to you.</p>
        <p class="row end"><button type="button" onClick={(e) => e.currentTarget.closest("dialog")?.close()}>Cancel</button>
          <button class="primary" disabled={busy || !chosen || !address || !text.trim()}>Send</button></p>
      </form>
    </Dialog>
  );
}

/** Offers `c` and shows the dialog while it is wanted. */
export function Create() {
  useEffect(() => offer([{ keys: "c", name: "Write to someone: a new ticket", group: "Everywhere", run: write }]), []);
  return shown.value ? <CreateDialog /> : null;
}
