// SPDX-License-Identifier: Apache-2.0
// Where one answers: a reply on the ticket's channel or a note on yellow paper, with files, what was begun before, and a word when
// somebody wrote meanwhile.
import { useEffect, useRef, useState } from "preact/hooks";
import { fail, messages, sayTyping, up, wire, write } from "./desk";
import { drawId } from "./dom";
import * as drafts from "./drafts";
import { offer } from "./keys";
import { Macros } from "./macros";
import { RpcError } from "./wire";
import type { Ticket } from "./wire";
import { channelWord, sizeWord } from "./words";

interface File_ { key: string; name: string; size: number; share: number; id: number | null }

/** Kept by the desk until the message that names it; `onShare` hears how much of it is there. */
function upload(file: File, onShare: (share: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/attachments?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    if (wire.token) request.setRequestHeader("Authorization", `Bearer ${wire.token}`);
    request.responseType = "json";
    request.upload.onprogress = (e) => onShare(e.total ? e.loaded / e.total : 0);
    request.onload = () => (request.status === 201 ? resolve(request.response.id) : reject(new Error(request.response?.detail ?? "The file was not taken.")));
    request.onerror = () => reject(new Error(`${file.name} could not be sent: no connection.`));
    request.send(file);
  });
}

const viewingEveryMs = 15000;

/** Tells colleagues that one is here, and whether one writes. */
function useViewing(ticket: number, writing: boolean) {
  useEffect(() => {
    let told = true;
    const say = () => told && wire.call("ticket.viewing", { ticket, writing }).catch((error) => { if (error instanceof RpcError && error.code === -32601) told = false; });
    void say();
    const timer = setInterval(say, viewingEveryMs);
    return () => clearInterval(timer);
  }, [ticket, writing]);
  useEffect(() => () => void wire.call("ticket.viewing", { ticket: null, writing: false }).catch(() => undefined), [ticket]);
}

const lastSeq = () => messages.value.at(-1)?.seq ?? 0;

function Files({ files, onDrop }: { files: File_[]; onDrop: (key: string) => void }) {
  return (
    <ul class="files">
      {files.map((file) => (
        <li key={file.key} class="chip">
          {file.name} <span class="quiet">{sizeWord(file.size)}</span>
          {file.id === null && <progress value={file.share} aria-label={`${file.name} is being sent`} />}
          <button class="plain" aria-label={`Remove ${file.name}`} onClick={() => onDrop(file.key)}>×</button>
        </li>
      ))}
    </ul>
  );
}

export function Composer({ ticket }: { ticket: Ticket }) {
  const noteOnly = ticket.channel === "voice";
  const [kind, setKind] = useState<drafts.Kind>(noteOnly || (!drafts.read(ticket.id, "reply") && drafts.read(ticket.id, "note")) ? "note" : "reply");
  const [text, setText] = useState(() => drafts.read(ticket.id, kind));
  const [busy, setBusy] = useState(false);
  const [files, setFiles] = useState<File_[]>([]);
  /** The last message that was there when one began; later ones are pointed out. */
  const [base, setBase] = useState(lastSeq);
  // Drawn once a message, so that pressing Send twice sends once.
  const [clientId, setClientId] = useState(drawId);
  const area = useRef<HTMLTextAreaElement>(null);
  useViewing(ticket.id, text !== "");
  const later = text ? messages.value.filter((m) => m.seq > base && m.direction !== "system").length : 0;

  const change = (next: string) => {
    if (!text && next) setBase(lastSeq());
    setText(next);
    drafts.keep(ticket.id, kind, next, base);
    if (kind === "reply" && ticket.channel === "chat" && next) sayTyping(ticket.id);
  };
  const turnTo = (next: drafts.Kind) => {
    if (noteOnly && next === "reply") return;
    setKind(next);
    setText(drafts.read(ticket.id, next));
    area.current?.focus();
  };
  useEffect(() => offer([
    { keys: "r", name: "Write a reply", group: "Ticket", when: () => !noteOnly, run: () => turnTo("reply") },
    { keys: "n", name: "Write an internal note", group: "Ticket", run: () => turnTo("note") },
  ]), [ticket.id]);
  useLayout(area, text);

  async function attach(list: FileList | null) {
    for (const file of list ?? []) {
      const key = drawId(), put = (change: Partial<File_>) => setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
      setFiles((all) => [...all, { key, name: file.name, size: file.size, share: 0, id: null }]);
      upload(file, (share) => put({ share })).then((id) => put({ id }), (error) => {
        setFiles((all) => all.filter((one) => one.key !== key));
        fail(error);
      });
    }
  }

  const ready = (text.trim() !== "" || files.length > 0) && files.every((file) => file.id !== null) && !busy && up.value;

  async function send() {
    if (!ready) return;
    setBusy(true);
    try {
      await write({ kind, text, clientId, expectedSeq: text ? Math.max(base, 0) : lastSeq(), attachments: files.map((file) => file.id!) });
      setText("");
      setFiles([]);
      setClientId(drawId());
      drafts.keep(ticket.id, kind, "", 0);
    } catch (error) {
      if (error instanceof RpcError && error.data?.refusal === "ticket_changed") setBase((old) => Math.min(old, lastSeq()));
      fail(error);
    } finally {
      setBusy(false);
    }
  }

  if (ticket.state === "closed") return <p class="quiet composer">Closed. A new message of the customer opens a follow-up.</p>;
  return (
    <section class={kind === "note" ? "composer note" : "composer"} aria-label={kind === "note" ? "Internal note" : "Reply"}
      onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); void attach(e.dataTransfer?.files ?? null); }}>
      {later > 0 && (
        <p class="meanwhile" role="status">{later === 1 ? "A message has" : `${later} messages have`} come since you began.
          <button onClick={() => setBase(lastSeq())}>I have read it</button></p>
      )}
      <div class="row">
        <div class="row" role="tablist" aria-label="What to write">
          {!noteOnly && <button role="tab" aria-selected={kind === "reply"} onClick={() => turnTo("reply")}>{kindWord(ticket)} <kbd>R</kbd></button>}
          <button role="tab" aria-selected={kind === "note"} onClick={() => turnTo("note")}>Note <kbd>N</kbd></button>
        </div>
        <span class="quiet to">{kind === "note" ? "only colleagues see this" : ticket.customer?.name ? `to ${ticket.customer.name}` : ""}</span>
      </div>
      <textarea ref={area} aria-label={kind === "note" ? "Internal note" : "Reply"} value={text} rows={3}
        placeholder={kind === "note" ? "What should your colleagues know?" : "Write your answer"}
        onInput={(e) => change(e.currentTarget.value)}
        onPaste={(e) => { if (e.clipboardData?.files.length) { e.preventDefault(); void attach(e.clipboardData.files); } }}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); void send(); }
          if (e.key === "Escape") e.currentTarget.blur();
        }} />
      {files.length > 0 && <Files files={files} onDrop={(key) => setFiles((all) => all.filter((one) => one.key !== key))} />}
      <div class="row">
        <label class="attach">Attach<input type="file" multiple class="sr" onChange={(e) => { void attach(e.currentTarget.files); e.currentTarget.value = ""; }} /></label>
        {kind === "reply" && <Macros ticket={ticket} onText={(more) => change(text ? `${text}\n${more}` : more)} />}
        <span class="grow" />
        <span class="quiet hint">{up.value ? "Ctrl+Enter" : "kept here until the connection is back"}</span>
        <button class="primary" disabled={!ready} onClick={send}>{kind === "note" ? "Add note" : "Send"}</button>
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
