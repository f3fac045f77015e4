// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { fail, login, LoginError, notice } from "./desk";

export function Login() {
  const [busy, setBusy] = useState(false), [asksCode, setAsksCode] = useState(false), [wrong, setWrong] = useState("");
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    notice.value = "";
    setWrong("");
    try {
      await login(String(form.get("user")), String(form.get("password")), String(form.get("code") ?? ""));
    } catch (error) {
      if (error instanceof LoginError && error.code === "totp_required") setAsksCode(true);
      else if (error instanceof LoginError) setWrong(error.message);
      else fail(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <main><form class="login" onSubmit={submit}>
      <h1>Deskwire</h1>
      <label>User name <input name="user" autocomplete="username" required autofocus /></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required aria-invalid={wrong ? true : undefined} /></label>
      {asksCode && <label>Code of your app <input name="code" ref={(field) => field?.focus()} inputMode="numeric" autocomplete="one-time-code" required maxLength={16} /></label>}
      {wrong && <p class="said" role="alert">{wrong}</p>}
      <button class="primary" disabled={busy}>{busy ? "Logging in…" : "Log in"}</button>
    </form></main>
  );
}
