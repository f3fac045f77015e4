// SPDX-License-Identifier: Apache-2.0
// Where one answers: a reply on the ticket's channel or a note on yellow paper, with files, what was begun before, and a word when
// somebody wrote meanwhile.
import { useEffect, useRef, useState } from "preact/hooks";
import { fail, messages, prioritise, resolve, sayTyping, setState, tag, up, user, write } from "./desk";
import { drawId } from "./dom";
import * as drafts from "./drafts";
import { Files, useFiles } from "./files";
import { To, useCopies } from "./recipients";
import { offer } from "./keys";
import { Macros } from "./macros";
import type { Actions } from "./macros";
import { begunName, colleagues, Suggestions } from "./mentions";
import { countSms } from "./sms";
import { ticketKeys } from "./ticket_keys";
import { holdFor, noteSent } from "./undo";
import { useViewing } from "./viewing";
import { RpcError } from "./wire";
import type { Message, Ticket } from "./wire";
import { channelWord } from "./words";

type Then = Actions["state"];

const lastSeq = () => messages.value.at(-1)?.seq ?? 0;
const isMine = ({ author }: Message) => author.kind === "agent" && author.id === user.value?.id;
const thenWord = { pending: "then pending", hold: "then on hold", resolve: "then resolved" };

const follow = (ticket: number, then: Then) =>
  (then === "resolve" ? resolve(ticket, "answered") : then ? setState(ticket, then) : Promise.resolve());

/** What is being written on a ticket, by kind, and the last message that was there when it was begun. */
function useDraft(ticket: Ticket, noteOnly: boolean) {
  const [kind, setKind] = useState<drafts.Kind>(noteOnly || (!drafts.read(ticket.id, "reply") && drafts.read(ticket.id, "note")) ? "note" : "reply");
  const [text, setText] = useState(() => drafts.read(ticket.id, kind));
  const [base, setBase] = useState(() => drafts.baseOf(ticket.id, kind) ?? lastSeq());
  const turnTo = (next: drafts.Kind) => {
    setKind(next);
    setText(drafts.read(ticket.id, next));
    setBase(drafts.baseOf(ticket.id, next) ?? lastSeq());
  };
  const change = (next: string) => {
    const from = text ? base : lastSeq();
    setBase(from);
    setText(next);
    drafts.keep(ticket.id, kind, next, from);
  };
  const read = () => {
    setBase(lastSeq());
    drafts.keep(ticket.id, kind, text, lastSeq());
  };
  // Words that were taken back.
  useEffect(() => {
    const to = drafts.replaced.value;
    if (to?.ticket !== ticket.id) return;
    drafts.replaced.value = null;
    turnTo(to.kind);
  }, [drafts.replaced.value]);
  return { kind, text, base, turnTo, change, read };
}

function Meanwhile({ count, onRead }: { count: number; onRead: () => void }) {
  if (!count) return null;
  return (
    <p class="meanwhile" role="status">{count === 1 ? "A message has" : `${count} messages have`} come since you began.
      <button onClick={onRead}>I have read it</button></p>
  );
}

function SmsCount({ text }: { text: string }) {
  const { parts, ucs2, left, forcedBy } = countSms(text);
  if (!parts) return null;
  return (
    <span class={parts > 1 ? "sms-count many" : "sms-count"} title={ucs2 ? `“${forcedBy}” is not in the small alphabet: 70 characters a text instead of 160` : "160 characters a text, 153 in each of several"}>
      {parts === 1 ? "1 text" : `${parts} texts`}, {left} left</span>
  );
}

export function Composer({ ticket }: { ticket: Ticket }) {
  const noteOnly = ticket.channel === "voice";
  const { kind, text, base, turnTo, change, read } = useDraft(ticket, noteOnly);
  const { files, attach, drop, clear, arrived, ids } = useFiles();
  const [busy, setBusy] = useState(false), [then, setThen] = useState<Then>(undefined);
  // Drawn once a message, so that pressing Send twice sends once.
  const [clientId, setClientId] = useState(drawId);
  const [caret, setCaret] = useState(0), [suggested, setSuggested] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null), isNote = kind === "note";
  const begun = isNote ? begunName(text, caret) : null, names = begun === null ? [] : colleagues(begun);
  const later = text ? messages.value.filter((m) => m.seq > base && m.direction !== "system" && !isMine(m)).length : 0;
  const copies = useCopies(ticket);
  useViewing(ticket.id, text !== "");
  useLayout(area, text);
  const turn = (next: drafts.Kind) => {
    if (noteOnly && next === "reply") return;
    turnTo(next);
    area.current?.focus();
  };
  useEffect(() => offer([
    { ...ticketKeys.reply, when: () => !noteOnly, run: () => turn("reply") },
    { ...ticketKeys.note, run: () => turn("note") },
  ]), [ticket.id]);

  const ready = (text.trim() !== "" || files.length > 0) && arrived && !busy && up.value;

  async function send() {
    if (!ready) return;
    setBusy(true);
    try {
      noteSent(await write({ kind, text, clientId, expectedSeq: text ? base : lastSeq(), attachments: ids, holdSeconds: isNote ? 0 : holdFor(ticket), cc: isNote ? [] : copies.all() }));
      change("");
      clear();
      setClientId(drawId());
      if (!isNote && ticket.channel !== "chat") area.current?.blur();
      if (!isNote) await follow(ticket.id, then);
      setThen(undefined);
    } catch (error) {
      fail(error instanceof RpcError && error.data?.refusal === "ticket_changed" ? new Error("Somebody wrote meanwhile: read it, then send again.") : error);
    } finally {
      setBusy(false);
    }
  }

  /** A macro's words, and what it does to the ticket: tags and priority now, its state with the answer. */
  function insert(more: string, actions: Actions) {
    change(text ? `${text}\n${more}` : more);
    if (!isNote) setThen(actions.state);
    if (actions.tags_add?.length) tag(ticket.id, { add: actions.tags_add }).catch(fail);
    if (actions.priority && actions.priority !== ticket.priority) prioritise(ticket.id, actions.priority).catch(fail);
    area.current?.focus();
  }

  function complete(name: string) {
    const at = caret - (begun?.length ?? 0), rest = text.slice(caret);
    change(`${text.slice(0, at)}${name} ${rest}`);
    setCaret(at + name.length + 1);
    requestAnimationFrame(() => area.current?.setSelectionRange(at + name.length + 1, at + name.length + 1));
  }

  function press(e: KeyboardEvent) {
    const chosen = names[Math.min(suggested, names.length - 1)];
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) void send();
    else if (chosen && (e.key === "Enter" || e.key === "Tab")) complete(chosen.user);
    else if (chosen && e.key === "ArrowDown") setSuggested(Math.min(suggested + 1, names.length - 1));
    else if (chosen && e.key === "ArrowUp") setSuggested(Math.max(suggested - 1, 0));
    else if (e.key === "Escape") area.current?.blur();
    else return;
    e.preventDefault();
  }

  if (ticket.state === "closed") return <p class="quiet composer">Closed. A new message of the customer opens a follow-up.</p>;
  return (
    <section class={isNote ? "composer note" : "composer"} aria-label={isNote ? "Internal note" : "Reply"}
      onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); attach(e.dataTransfer?.files); }}>
      <Meanwhile count={later} onRead={read} />
      <div class="row">
        <div class="row" role="tablist" aria-label="What to write">
          {!noteOnly && <button role="tab" aria-selected={!isNote} onClick={() => turn("reply")}>{kindWord(ticket)} <kbd>R</kbd></button>}
          <button role="tab" aria-selected={isNote} onClick={() => turn("note")}>Note <kbd>N</kbd></button>
        </div>
        {isNote ? <span class="quiet to">only colleagues see this; @ calls one</span> : <To ticket={ticket} copies={copies} />}
      </div>
      {begun !== null && <Suggestions begun={begun} chosen={suggested} onTake={complete} />}
      <textarea ref={area} aria-label={isNote ? "Internal note" : "Reply"} value={text} rows={3}
        placeholder={isNote ? "What should your colleagues know?" : ticket.state === "resolved" ? "It is resolved, and stays so when you write: what the customer writes opens it again" : "Write your answer"}
        onInput={(e) => {
          change(e.currentTarget.value);
          setCaret(e.currentTarget.selectionStart);
          setSuggested(0);
          if (!isNote && ticket.channel === "chat" && e.currentTarget.value) sayTyping(ticket.id);
        }}
        onPaste={(e) => { if (e.clipboardData?.files.length) { e.preventDefault(); attach(e.clipboardData.files); } }}
        onKeyDown={press} />
      <Files files={files} onDrop={drop} />
      <div class="row">
        <label class="attach">Attach<input type="file" multiple class="sr" onChange={(e) => { attach(e.currentTarget.files); e.currentTarget.value = ""; }} /></label>
        <Macros ticket={ticket} onText={insert} />
        {!isNote && then && <span class="chip">{thenWord[then]}<button class="plain" aria-label="Leave its state" onClick={() => setThen(undefined)}>×</button></span>}
        <span class="grow" />
        {!isNote && ticket.channel === "sms" && <SmsCount text={text} />}
        <span class="quiet hint">{up.value ? "Ctrl+Enter" : "kept here until the connection is back"}</span>
        <button class="primary" disabled={!ready} onClick={send}>{isNote ? "Add note" : "Send"}</button>
      </div>
    </section>
  );
}

const kindWord = (ticket: Ticket) => {
  const word = channelWord(ticket.channel);
  return word[0]!.toUpperCase() + word.slice(1);
};

/** The field grows with what is in it, up to a third of the window. */
function useLayout(area: { current: HTMLTextAreaElement | null }, text: string) {
  useEffect(() => {
    const field = area.current;
    if (!field) return;
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight + 2, window.innerHeight / 3)}px`;
  }, [text]);
}
