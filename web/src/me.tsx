// SPDX-License-Identifier: Apache-2.0
// One's own log-in: password, a second factor, and where one is logged in.
import qrcode from "qrcode-generator";
import { useEffect, useRef, useState } from "preact/hooks";
import { fail, told, user, wire } from "./desk";
import { takeFocus } from "./dom";
import { Table, useList } from "./table";
import { exact } from "./time";

interface Session { id: string; user: string; created_at: string; last_seen_at: string; expires_at: string; device: string | null; network: string | null; current: boolean }

function Sessions() {
  const list = useList<Session>("session.list");
  return (
    <section><h2>Where you are logged in</h2>
      <Table list={list} heads={["With", "From", "Since", "Last used", "Ends", ""]} empty="Nowhere." row={(one) => (
        <tr key={one.id}><th scope="row">{one.device ?? "not known"}</th><td>{one.network ?? "not known"}</td><td><time>{exact(one.created_at)}</time></td><td><time>{exact(one.last_seen_at)}</time></td><td><time>{exact(one.expires_at)}</time></td>
          <td class="number">{one.current ? "this page" : <button aria-label={`End it: ${one.device ?? "the session"}, since ${exact(one.created_at)}`} onClick={() => wire.call("session.revoke", { id: one.id }).then(list.again, fail)}>End it</button>}</td></tr>
      )} />
    </section>
  );
}

/** What went wrong, beside the field it went wrong with. */
const Wrong = ({ words }: { words: string }) => (words ? <p class="said" role="alert">{words}</p> : null);
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function Password() {
  const [wrong, setWrong] = useState(""), [seen, setSeen] = useState(false);
  async function change(event: Event) {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement, values = new FormData(form);
    setWrong("");
    try {
      await wire.call("user.password", { current: String(values.get("current")), password: String(values.get("password")) });
      form.reset();
      told("The password is changed. Log in again with it.");
    } catch (error) {
      setWrong(wordsOf(error));
    }
  }
  return (
    <section><h2>Password</h2>
      <form class="narrow" onSubmit={change}>
        <input class="sr" tabIndex={-1} aria-hidden="true" name="username" autocomplete="username" value={user.value?.user} readOnly />
        <label class="field">Current<input name="current" type="password" autocomplete="current-password" required /></label>
        <label class="field">New<input name="password" type={seen ? "text" : "password"} autocomplete="new-password" minLength={8} required placeholder="at least 8 characters" /></label>
        <label class="check"><input type="checkbox" checked={seen} onChange={(e) => setSeen(e.currentTarget.checked)} /> show the new one</label>
        <Wrong words={wrong} />
        <p class="quiet">It ends all your sessions, this one too.</p>
        <p class="row end"><button class="primary">Change it</button></p>
      </form>
    </section>
  );
}

/** Dark on light in either theme: that is what cameras look for. */
function Qr({ text }: { text: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount(), quietZone = 4;
  let path = "";
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) path += `M${x + quietZone} ${y + quietZone}h1v1h-1z`;
  return (
    <svg class="qr" role="img" aria-label="The key as a QR code" viewBox={`0 0 ${size + 2 * quietZone} ${size + 2 * quietZone}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" /><path d={path} fill="#000" />
    </svg>
  );
}

function Totp() {
  const [begun, setBegun] = useState<{ secret: string; uri: string } | null>(null), [codes, setCodes] = useState<string[] | null>(null), [code, setCode] = useState(""), [wrong, setWrong] = useState("");
  const refuse = (error: unknown) => setWrong(wordsOf(error));
  const [state, setState] = useState<{ enabled: boolean; recovery_codes_left: number } | null>(null);
  const look = () => wire.call<typeof state>("totp.get").then(setState, fail);
  const typed = useRef<HTMLInputElement>(null), kept = useRef(false);
  useEffect(() => void look(), []);
  useEffect(() => { if (begun) typed.current?.focus(); }, [begun]);
  const begin = () => wire.call<{ secret: string; uri: string }>("totp.begin").then(setBegun, fail);
  const confirm = () => wire.call<{ recovery_codes: string[] }>("totp.confirm", { code: code.trim() }).then((answer) => { setCodes(answer.recovery_codes); setBegun(null); setCode(""); void look(); }, refuse);
  const disable = () => wire.call("totp.disable", { code: code.trim() }).then(() => { setCode(""); void look(); told("The password alone opens your log-in again."); }, refuse);
  const field = (
    <label class="field">The code it shows now<input ref={typed} inputMode="numeric" autocomplete="one-time-code" maxLength={16} value={code} onInput={(e) => { setCode(e.currentTarget.value); setWrong(""); }} /><Wrong words={wrong} /></label>
  );
  return (
    <section><h2>Authenticator app</h2>
      <div class="narrow">
        {codes ? (
          <>
            <p role="status">It is set up. Keep these recovery codes where your telephone is not: each opens your log-in once.</p>
            <ul class="recovery">{codes.map((one) => <li key={one}><code>{one}</code></li>)}</ul>
            <p class="row end"><a class="button" download="deskwire-recovery-codes.txt" href={`data:text/plain,${encodeURIComponent(`${codes.join("\n")}\n`)}`}>Keep as a file</a><button class="primary" ref={takeFocus} onClick={() => { kept.current = true; setCodes(null); }}>I have kept them</button></p>
          </>
        ) : begun ? (
          <>
            <p>Scan this with the app, or <a href={begun.uri}>open it there</a>:</p>
            <Qr text={begun.uri} />
            <p class="quiet">Without a camera, type the key:</p>
            <p><code class="secret">{begun.secret.replace(/(.{4})/g, "$1 ").trim()}</code></p>
            <form onSubmit={(e) => { e.preventDefault(); void confirm(); }}>
              {field}
              <p class="row end"><button type="button" onClick={() => setBegun(null)}>Not now</button><button class="primary" disabled={code.trim().length < 6}>Turn it on</button></p>
            </form>
          </>
        ) : !state ? <div class="skeleton" aria-label="Loading" /> : state.enabled ? (
          <>
            <p><span class="due fine">✓ On.</span> Your log-in asks for a code of the app. {state.recovery_codes_left === 1 ? "One recovery code is" : `${state.recovery_codes_left} recovery codes are`} left.</p>
            <details><summary class="quiet" ref={kept.current ? takeFocus : null}>Turn it off</summary>
              <form onSubmit={(e) => { e.preventDefault(); void disable(); }}>{field}<p class="row end"><button disabled={!code.trim()}>Turn it off</button></p></form></details>
          </>
        ) : (
          <>
            <p class="quiet">With it, a log-in asks for a code of your telephone too.</p>
            <p class="row"><button class="primary" onClick={begin}>Set it up</button></p>
          </>
        )}
      </div>
    </section>
  );
}

export function Me() {
  return <main class="admin"><div class="admin-part"><h1>{user.value?.name}</h1><Password /><Totp /><Sessions /></div></main>;
}
