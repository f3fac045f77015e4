// SPDX-License-Identifier: Apache-2.0
// What the desk does: tokens of other systems, what is on its way out, what was refused, the policy, the journal.
import { useEffect, useState } from "preact/hooks";
import { fail, now, show, told, wire } from "./desk";
import { Dialog } from "./dialog";
import { takeFocus } from "./dom";
import { Sure } from "./sure";
import { Table, useList } from "./table";
import { exact, span } from "./time";
import { channelWord, stateWord } from "./words";

interface Token { id: string; name: string; user: string; created_at: string; expires_at: string }

function NewToken({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState(""), people = useList<{ user: string; name: string; role: string; enabled: boolean }>("user.list");
  const [copied, setCopied] = useState(false);
  async function copy(text: string) {
    // Browsers lend the clipboard to safe addresses only.
    if (!navigator.clipboard) return fail(new Error("This browser lets no page copy here: mark it and copy it by hand."));
    await navigator.clipboard.writeText(text).then(() => setCopied(true), fail);
  }
  async function create(event: Event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    try {
      setMade((await wire.call<{ token: string }>("token.create", { name: String(form.get("name")), user: String(form.get("user")), days: Number(form.get("days")) })).token);
    } catch (error) {
      fail(error);
    }
  }
  return (
    <Dialog title="A token for another system" onClose={onClose}>
      {made ? (
        <>
          <p>Copy it now: it is shown once, and the desk keeps only a hash of it.</p>
          <p data-keep><code class="secret">{made}</code></p>
          <p class="quiet">As <code>Authorization: Bearer …</code> on <code>/api/v1</code>.</p>
          <p class="row end"><button onClick={() => copy(made)}>{copied ? "Copied" : "Copy"}</button>
            <button class="primary" ref={takeFocus} onClick={(e) => e.currentTarget.closest("dialog")?.close()}>Done</button></p>
        </>
      ) : (
        <form onSubmit={create}>
          <label class="field">What will use it<input data-first name="name" required maxLength={200} placeholder="billing, nightly export" /></label>
          <label class="field">It asks as<select name="user" required>{people.rows?.filter((one) => one.enabled).map((one) => <option key={one.user} value={one.user}>{one.name} ({one.role})</option>)}</select></label>
          <label class="field">Good for, in days<input name="days" type="number" min={1} max={3650} value={365} required /></label>
          <p class="row end"><button class="primary">Make it</button></p>
        </form>
      )}
    </Dialog>
  );
}

export function Tokens() {
  const list = useList<Token>("token.list"), [making, setMaking] = useState(false);
  return (
    <section>
      <header class="row"><h2 class="grow">Tokens</h2><button class="primary" onClick={() => setMaking(true)}>New token</button></header>
      <Table list={list} heads={["For", "Asks as", "Made", "Good until", ""]} empty="None. With a token, a sales or billing system reads and feeds customer profiles over REST." row={(one) => (
        <tr key={one.id}><th scope="row">{one.name}</th><td>{one.user}</td><td><time>{exact(one.created_at)}</time></td><td><time>{exact(one.expires_at)}</time></td>
          <td class="number"><Sure label={`Revoke ${one.name}`} words="Revoke" ask="Really revoke?" onSure={() => wire.call("token.revoke", { id: one.id }).then(list.again, fail)} /></td></tr>
      )} />
      {making && <NewToken onClose={() => { setMaking(false); void list.again(); }} />}
    </section>
  );
}

interface Leaving { message: number; ticket: number | null; channel: string; channel_name: string | null; to: string[]; state: string; detail: string | null; attempts: number; created_at: string; next_attempt_at: string }

export function Outbox() {
  const list = useList<Leaving>("outbox.list");
  return (
    <section>
      <header class="row"><h2 class="grow">Outbox</h2><button onClick={list.again}>Look again</button></header>
      <Table list={list} heads={["To", "By", "Ticket", "State", "Attempts", "Next", ""]} empty="Empty: everything has left." row={(one) => (
        <tr key={one.message}><th scope="row">{one.to.join(", ") || "the visitor"}</th><td>{channelWord(one.channel)} · {one.channel_name}</td>
          <td>{one.ticket !== null && <button class="link" onClick={() => show(one.ticket!)}>#{one.ticket}</button>}</td>
          <td>{one.attempts > 0 && one.detail ? <><span class="due soon">failing</span>: {one.detail}</> : <>{stateWord(one.state)}{one.detail ? `: ${one.detail}` : ""}</>}</td><td class="number">{one.attempts}</td>
          <td class="number" title={exact(one.next_attempt_at)}>{Date.parse(one.next_attempt_at) > now.value ? `in ${span(Date.parse(one.next_attempt_at) - now.value)}` : "now"}</td>
          <td class="number">{one.state === "queued" && one.attempts > 0 && <button aria-label={`Try now: to ${one.to.join(", ")}`} onClick={() => wire.call("outbox.retry", { message: one.message }).then(() => told("It is tried now."), fail).then(list.again)}>Try now</button>}</td></tr>
      )} />
    </section>
  );
}

interface Refused { at: string; entrance: string; reason: string; client: string; method: string; target: string; headers: unknown; body: string }

/** What to look at, by why a request was not believed. */
const hints: Record<string, string> = {
  no_signature: "It carries no signature at all. A gateway that you set up sends one: was signing switched on there? A stranger who tries the address sends none.",
  wrong_signature: "It was signed with another secret, or for another address. Compare the token or key in the policy with the gateway's, and desk.public_url with the address that the gateway calls, letter by letter.",
  too_old: "Its time stamp is too far from this machine's clock. Is the clock right here? A request that is sent again later by somebody else looks like this too.",
  malformed: "It is not in the gateway's form. Does the channel name the right gateway?",
};

export function Quarantine() {
  const list = useList<Refused>("quarantine.list"), [open, setOpen] = useState<Refused | null>(null);
  return (
    <section>
      <h2>Quarantine</h2>
      <p class="quiet">Requests to signed entrances that were not believed. Nothing of them reached a ticket. Many of one gateway: its secret or its public URL is another one here.</p>
      <Table list={list} heads={["When", "Entrance", "Why", "From", ""]} empty="Nothing was refused." row={(one) => (
        <tr key={one.at + one.target}><td><time>{exact(one.at)}</time></td><th scope="row">{one.entrance}</th><td>{one.reason.replace(/_/g, " ")}</td><td>{one.client}</td>
          <td class="number"><button onClick={() => setOpen(one)}>Look</button></td></tr>
      )} />
      {open && (
        <Dialog title={`${open.entrance}: ${open.reason.replace(/_/g, " ")}`} kind="wide" onClose={() => setOpen(null)}>
          <p>{open.method} {open.target}, from {open.client}, {exact(open.at)}</p>
          {hints[open.reason] && <p>{hints[open.reason]}</p>}
          <pre class="code">{JSON.stringify(open.headers, null, 1)}</pre>
          <pre class="code">{open.body}</pre>
        </Dialog>
      )}
    </section>
  );
}

interface PolicyError { line: number; column: number; path: string; found: string; expected: string }
interface PolicyWarning { line: number; column: number; path: string; kind: string; text: string }
interface PolicyCheck { errors: PolicyError[]; warnings: PolicyWarning[] }

const Place = ({ one }: { one: PolicyError | PolicyWarning }) => <><strong>Line {one.line}, column {one.column}</strong> {one.path && <code>{one.path}</code>}</>;

export function Policy() {
  const [policy, setPolicy] = useState<{ version: number; file: string; text: string; in_force: boolean } | null>(null), [tried, setTried] = useState(""), [checked, setChecked] = useState<PolicyCheck | null>(null);
  // It is taken over in another window: whoever comes back sees what is so by then.
  useEffect(() => {
    const look = () => void wire.call<typeof policy>("policy.get").then(setPolicy, fail);
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, []);
  const check = () => wire.call<PolicyCheck>("policy.check", { text: tried }).then(setChecked, fail);
  if (!policy) return <section><h2>Policy</h2><div class="skeleton tall" aria-label="Loading" /></section>;
  return (
    <section>
      <h2>Policy</h2>
      <p class="quiet">Version {policy.version}, from {policy.file}. Secrets are blanked. A change is made in the file; <code>kill -HUP</code> takes it over.</p>
      {!policy.in_force && <p role="status" class="due soon">This file was changed and is not in force: check it, then take it over. What runs is still the one before.</p>}
      <pre class="code policy" tabIndex={0} aria-label="The policy's file">{policy.text.split("\n").map((line, n) => <span key={n} class="line-of" data-n={n + 1}>{line}{"\n"}</span>)}</pre>
      <h3>Check a text before you take it over</h3>
      <label class="field">Paste the file here<textarea class="code" rows={8} spellcheck={false} value={tried} onInput={(e) => { setTried(e.currentTarget.value); setChecked(null); }} /></label>
      <p class="row end"><button class="primary" disabled={!tried.trim()} onClick={check}>Check</button></p>
      {checked && !checked.errors.length && <p role="status" class={checked.warnings.length ? "due soon" : "due fine"}>{checked.warnings.length ? "It would load, and some of it may not do what it is meant to:" : "It would load without a complaint."}</p>}
      {checked && checked.errors.length > 0 && (
        <div role="alert"><ul class="errors">{checked.errors.map((one, n) => (
          <li key={n}><Place one={one} />: found {one.found}, expected {one.expected}</li>))}</ul></div>
      )}
      {checked && checked.warnings.length > 0 && (
        <ul class="errors warnings" aria-label="Warnings">{checked.warnings.map((one, n) => (
          <li key={n}><Place one={one} />: {one.text}</li>))}</ul>
      )}
    </section>
  );
}

interface Entry { seq: number; at: string; actor: string | null; command: string; events: { type: string; [key: string]: unknown }[] }

/** "TransferTicket": "transfer ticket". */
const inWords = (name: string) => (name === "Tick" ? "a timer" : name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());

/** "ActNoted" says what it was itself. */
const happened = (event: Entry["events"][number]) => (event.type === "ActNoted" ? String(event.act).replaceAll("_", " ") : inWords(event.type));

export function Audit() {
  const [ticket, setTicket] = useState(""), [connections, setConnections] = useState(false);
  const list = useList<Entry>("audit.list", { connections, ...(ticket ? { ticket: Number(ticket) } : {}) }, "before");
  return (
    <section>
      <header class="row"><h2 class="grow">Audit</h2>
        <label class="check"><input type="checkbox" checked={connections} onChange={(e) => setConnections(e.currentTarget.checked)} /> who came and went</label>
        <label class="row">Of ticket <input class="short" inputMode="numeric" value={ticket} placeholder="all" onInput={(e) => setTicket(e.currentTarget.value = e.currentTarget.value.replace(/\D/g, "").slice(0, 15))} /></label></header>
      <Table list={list} heads={["#", "When", "Who", "Did", "What came of it"]} empty="Nothing yet." row={(one) => (
        <tr key={one.seq}><td class="number">{one.seq}</td><td><time>{exact(one.at)}</time></td><td class="number">{one.actor ?? "the desk"}</td><th scope="row">{one.command === "NoteAct" ? "change the desk" : inWords(one.command)}</th>
          <td><details><summary>{one.events.map(happened).join(", ")}</summary><pre class="code">{JSON.stringify(one.events, null, 1)}</pre></details></td></tr>
      )} />
    </section>
  );
}
