// SPDX-License-Identifier: Apache-2.0
// One ticket: header with state and deadline, the timeline, and the composer. Mail is shown as text only.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { act, customer, fail, messages, now, open, openId, sayRead, sayTyping, visitorTypes, write } from "./desk";
import type { Message, Ticket } from "./wire";
import { dueClass, dueText, exact } from "./time";

/** Unguessable enough to be unique; randomUUID is missing where the page is served without TLS. */
const drawId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

const channelWord = (channel: string) => ({ email: "mail", sms: "text", voice: "call" })[channel] ?? channel;

function Header({ ticket }: { ticket: Ticket }) {
  const settled = ticket.state === "resolved" || ticket.state === "closed";
  return (
    <header class="ticket-head">
      <button class="back" onClick={() => (openId.value = null)}>← Back</button>
      <h1>#{ticket.id} {ticket.subject || "(no subject)"}</h1>
      <p class="quiet">
        {channelWord(ticket.channel)} · {ticket.state.replace("_", " ")} · {ticket.queue} · {ticket.priority} · {ticket.agent ?? "no one yet"}{" · "}
        <span class={`due ${dueClass(ticket, now.value)}`}>{dueText(ticket, now.value)}</span>
        {customer.value && <> · {customer.value.name}</>}
      </p>
      {!settled && (
        <p class="row">
          <button onClick={() => act("pending").catch(fail)}>Pending</button>
          <button onClick={() => act("hold").catch(fail)}>Hold</button>
          <button onClick={() => act("resolve").catch(fail)}>Resolve</button>
        </p>
      )}
    </header>
  );
}

function Delivery({ message }: { message: Message }) {
  if (!message.delivery) return null;
  const { state, detail } = message.delivery;
  const shown = state === "failed" && detail ? `failed: ${detail}` : detail === "seen" ? "seen" : state;
  return <>{" · "}<span class={`delivery ${state}`} title={detail ?? ""}>{shown}</span></>;
}

function Card({ message }: { message: Message }) {
  const [whole, setWhole] = useState(false);
  return (
    <article class={`message ${message.direction}`}>
      <p class="quiet">
        <strong>{message.author.name || message.author.kind}</strong>
        {message.direction === "note" && " · internal note"}
        {message.forwarded_by && ` · forwarded by ${message.forwarded_by.name || message.forwarded_by.address}`}
        {" · "}<time title={message.at}>{exact(message.at)}</time><Delivery message={message} />
      </p>
      <pre class="body">{whole ? message.text : message.reply_text ?? message.text}</pre>
      {message.reply_text !== null && (
        <button class="quoted" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Hide quoted text" : "Show quoted text"}
        </button>
      )}
      {message.attachments.map((a) => (
        <p><a href={`/api/v1/messages/${message.id}/attachments/${a.n}`}>▣ {a.name || "attachment"}</a>{" "}
          <span class="quiet">{Math.ceil(a.size_bytes / 1024)} KB</span></p>
      ))}
    </article>
  );
}

function Composer({ ticket }: { ticket: Ticket }) {
  const [text, setText] = useState("");
  const [note, setNote] = useState(false);
  const [busy, setBusy] = useState(false);
  // Drawn once a draft, so that pressing Send twice sends once.
  const [clientId, setClientId] = useState(drawId);
  if (ticket.channel === "voice" && !note) setNote(true);
  if (ticket.state === "closed") return <p class="quiet composer">Closed. A new message of the customer opens a follow-up.</p>;
  async function send() {
    if (!text.trim() || busy) return;
    setBusy(true);
    try {
      await write(note ? "note" : "reply", text, clientId);
      setText("");
      setClientId(drawId());
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <section class={note ? "composer note" : "composer"}>
      <div class="row" role="tablist">
        {ticket.channel !== "voice" && <button role="tab" aria-selected={!note} onClick={() => setNote(false)}>Reply</button>}
        <button role="tab" aria-selected={note} onClick={() => setNote(true)}>Note</button>
      </div>
      <textarea aria-label={note ? "Internal note" : "Reply"} value={text} rows={5}
        placeholder={note ? "Only colleagues see this." : `Answer ${ticket.customer?.name ?? "the customer"}`}
        onInput={(e) => {
          setText(e.currentTarget.value);
          if (!note && ticket.channel === "chat") sayTyping(ticket.id);
        }}
        onKeyDown={(e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) void send(); }} />
      <p class="row">
        <button class="primary" disabled={busy || !text.trim()} onClick={send}>{note ? "Add note" : "Send"}</button>
        <span class="quiet">Ctrl+Enter</span>
      </p>
    </section>
  );
}

/** Opens at the newest message and stays there unless one has scrolled up to read. */
function Timeline({ ticket }: { ticket: Ticket }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [messages.value]);
  // The visitor of a chat sees how far an agent has read.
  useEffect(() => {
    if (ticket.channel === "chat" && !document.hidden) sayRead(ticket.id);
  }, [ticket.id, messages.value.length]);
  return (
    <div class="timeline" ref={box}
      onScroll={(e) => { const t = e.currentTarget; atEnd.current = t.scrollHeight - t.scrollTop - t.clientHeight < 40; }}>
      {messages.value.map((m) => <Card key={m.id} message={m} />)}
      {visitorTypes.value && <p class="quiet" role="status">{ticket.customer?.name ?? "The visitor"} is typing …</p>}
    </div>
  );
}

export function TicketPane() {
  const ticket = open.value;
  if (!ticket) return <section class="pane hollow"><p class="quiet">Accept an offer or choose a ticket.</p></section>;
  return (
    <section class="pane" aria-label="Ticket">
      <Header ticket={ticket} />
      <Timeline key={`timeline ${ticket.id}`} ticket={ticket} />
      <Composer key={ticket.id} ticket={ticket} />
    </section>
  );
}
