// SPDX-License-Identifier: Apache-2.0
// The agent's page: log in, see the offer, read the ticket, answer.
import { render } from "preact";
import { Login } from "./login";
import { OfferCards } from "./offers";
import { CallPops } from "./calls";
import { TicketList } from "./list";
import { TicketPane } from "./ticket";
import { notice, open, presence, restore, setPresence, signOut, fail, up, user } from "./desk";

function Bar() {
  return (
    <header class="bar">
      <strong class="brand">Deskwire</strong>
      <label class="presence">
        <span class={`dot ${presence.value}`} aria-hidden="true" />
        <select aria-label="Presence" value={presence.value}
          onChange={(e) => setPresence(e.currentTarget.value).catch(fail)}>
          <option value="available">Available</option>
          <option value="away">Away</option>
          <option value="offline">Offline</option>
        </select>
      </label>
      <span class="grow" />
      {!up.value && <span class="offline" role="status">Connection lost, trying again…</span>}
      <span class="who">{user.value?.name}</span>
      <button onClick={() => signOut("")}>Log out</button>
    </header>
  );
}

function Notice() {
  if (!notice.value) return null;
  return (
    <p class="notice" role="alert">
      {notice.value} <button aria-label="Dismiss" onClick={() => (notice.value = "")}>×</button>
    </p>
  );
}

function App() {
  if (!user.value) return <><Notice /><Login /></>;
  return (
    <div class="page">
      <Bar />
      <Notice />
      <main class={open.value ? "columns reading" : "columns"}>
        <aside class="left"><OfferCards /><TicketList /></aside>
        <TicketPane />
      </main>
      <CallPops />
    </div>
  );
}

render(<App />, document.getElementById("app")!);
void restore();
