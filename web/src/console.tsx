// SPDX-License-Identifier: Apache-2.0
// The console: a rail to the pages, the agent's three columns, the board.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import "./console.css";
import { attentive, setAttentive } from "./attention";
import { Board } from "./board";
import { CallPops } from "./calls";
import { Create, write } from "./create";
import { cardOpen, CustomerCard } from "./customer";
import { fail, isSupervisor, loaded, mine, notice, offers, openId, presence, presenceReason, restore, setPresence, signOut, up, user } from "./desk";
import { dialogs } from "./dialog";
import { Icon } from "./icons";
import { offer } from "./keys";
import { Lazy } from "./lazy";
import { TicketList } from "./list";
import { Login } from "./login";
import { OfferCards } from "./offers";
import { Helpers, shown } from "./palette";
import { go, place } from "./places";
import { nextTheme, theme } from "./theme";
import { TicketPane } from "./ticket";
import { UndoBar } from "./undo";

function Rail() {
  const at = place.value.page;
  return (
    <nav class="rail" aria-label="Pages">
      <strong class="brand" title="Deskwire">D</strong>
      <a href="#/" aria-current={at === "desk" ? "page" : undefined} title="Desk (g d)"><Icon name="desk" label="Desk" /></a>
      {isSupervisor.value && <a href="#/board" aria-current={at === "board" ? "page" : undefined} title="Board (g b)"><Icon name="board" label="Board" /></a>}
      {isSupervisor.value && <a href="#/admin" aria-current={at === "admin" ? "page" : undefined} title="Administration (g s)"><Icon name="admin" label="Administration" /></a>}
      <button class="plain" title="Search and acts (Ctrl+K)" onClick={() => (shown.value = "palette")}><Icon name="search" label="Search and acts" /></button>
      <button class="plain" title="Write to someone: a new ticket (c)" onClick={write}><Icon name="write" label="New ticket" /></button>
      <span class="grow" />
      <a href="#/me" aria-current={at === "me" ? "page" : undefined} title="You (g m)"><Icon name="me" label="You" /></a>
      <button class="plain" title={attentive.value ? "Sound is on" : "Sound is off"} aria-pressed={attentive.value} onClick={() => setAttentive(!attentive.value).catch(fail)}>
        <Icon name={attentive.value ? "bell" : "silent"} label="Sound and notifications" /></button>
      <button class="plain only-wide" title={`Colours: ${theme.value}`} onClick={nextTheme}><Icon name={theme.value} label={`Colours: ${theme.value}`} /></button>
      <button class="plain only-wide" title="Keys (?)" onClick={() => (shown.value = "sheet")}><Icon name="keys" label="Keys" /></button>
      <button class="plain" title={`Log out ${user.value?.name}`} onClick={() => signOut("")}><Icon name="leave" label="Log out" /></button>
    </nav>
  );
}

/** Above the list: one's presence, and how much one has. */
function Bar() {
  return (
    <header class="bar">
      <label class="presence">
        <span class={`dot ${presence.value}`} aria-hidden="true" />
        <select aria-label="Presence" value={presence.value} onChange={(e) => setPresence(e.currentTarget.value).catch(fail)}>
          <option value="available">Available</option>
          <option value="away">Away</option>
          <option value="offline">Offline</option>
        </select>
      </label>
      <span class="grow" />
      <span class="quiet who">{user.value?.name}</span>{mine.value.length > 0 && <span class="quiet">{mine.value.length} open</span>}
    </header>
  );
}

/** Somebody or something else took one out of the line: it stays said until one is back. */
function SetAway() {
  if (presence.value === "available" || !presenceReason.value) return null;
  return (
    <p class="set-away row" role="status"><span class="grow">You are {presence.value}: {presenceReason.value}. Nothing is offered to you.</span>
      <button class="primary" onClick={() => setPresence("available").catch(fail)}>Be available</button></p>
  );
}

function Notice() {
  return (
    <div class="notices" role="alert">
      {user.value && !up.value && <p class="notice lost">The connection is lost. Trying again; what you write stays here.</p>}
      {notice.value && !dialogs.value && <p class="notice"><span class="grow">{notice.value}</span><button class="plain" aria-label="Dismiss" onClick={() => (notice.value = "")}>×</button></p>}
    </div>
  );
}

function Desk() {
  const reading = openId.value !== null, whole = reading && loaded.value === openId.value;
  return (
    <main class={`columns ${reading ? "reading" : ""} ${whole ? "" : "without-customer"} ${cardOpen.value ? "with-card" : ""}`}>
      <aside class="left"><Bar /><SetAway /><div class="left-frame"><TicketList /><OfferCards /></div></aside>
      <TicketPane />
      {whole && <CustomerCard />}
    </main>
  );
}

const admin = () => import("./admin").then(({ Admin }) => Admin);
const me = () => import("./me").then(({ Me }) => Me);

/** What the address names, as far as one's role may see it. */
function Shown() {
  const { page } = place.value;
  if (page === "me") return <Lazy key="me" load={me} />;
  if (page === "desk" || !isSupervisor.value) return <Desk />;
  return page === "admin" ? <Lazy key="admin" load={admin} /> : <Board />;
}

const titles = { desk: "", board: "Board", wall: "Board", admin: "Administration", me: "You" };

/** What the window is called: where one is, and how much waits to be accepted. */
function useTitle() {
  const at = place.value, offered = offers.value.length;
  const where = at.page === "desk" && at.ticket !== null ? `#${at.ticket}` : titles[at.page];
  useEffect(() => { document.title = `${offered ? `(${offered}) ` : ""}${where ? `${where} · ` : ""}Deskwire`; }, [where, offered]);
}

function App() {
  useTitle();
  useEffect(() => offer([
    { keys: "g d", name: "Go to the desk", group: "Go to", when: () => user.value !== null, run: () => go({ page: "desk", ticket: null }) },
    { keys: "g b", name: "Go to the board", group: "Go to", when: () => isSupervisor.value, run: () => go({ page: "board" }) },
    { keys: "g w", name: "Go to the wall", group: "Go to", when: () => isSupervisor.value, run: () => go({ page: "wall" }) },
    { keys: "g s", name: "Go to the administration", group: "Go to", when: () => isSupervisor.value, run: () => go({ page: "admin", part: "" }) },
    { keys: "g m", name: "Go to your log-in: password, sessions", group: "Go to", when: () => user.value !== null, run: () => go({ page: "me" }) },
    { keys: "g a", name: "Be available", group: "Presence", when: () => user.value !== null, run: () => void setPresence("available").catch(fail) },
    { keys: "g p", name: "Be away (a pause)", group: "Presence", when: () => user.value !== null, run: () => void setPresence("away").catch(fail) },
    { keys: "", name: "Change the colours", group: "Everywhere", run: nextTheme },
    { keys: "", name: "Log out", group: "Everywhere", when: () => user.value !== null, run: () => signOut("") },
  ]), []);
  if (!user.value) return <><Notice /><Login /></>;
  return (
    <div class={place.value.page === "wall" && isSupervisor.value ? "page on-wall" : "page"}>
      <Rail />
      <Shown />
      <div class="corner"><CallPops /><Notice /><UndoBar /></div>
      <Create />
      <Helpers />
    </div>
  );
}

render(<App />, document.getElementById("app")!);
void restore();
