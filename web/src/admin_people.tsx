// SPDX-License-Identifier: Apache-2.0
// Who works here: log-ins, roles, queues, skills, capacity.
import { useEffect, useState } from "preact/hooks";
import { fail, told, user, wire } from "./desk";
import { Dialog } from "./dialog";
import { Sure } from "./sure";
import { Table, useList } from "./table";
import { exact } from "./time";

interface Account {
  user: string; name: string; role: string; enabled: boolean; created_at: string; totp: boolean; queues?: string[]; skills?: { skill: string; level: number }[];
  capacity_percent?: number; presence?: string;
}
interface DeskFacts { queues: { queue: string }[]; skills: string[]; teams: { team: string; queues: string[] }[] }

const fresh: Account = { user: "", name: "", role: "agent", enabled: true, created_at: "", totp: false, queues: [], skills: [], capacity_percent: 100 };

function Edit({ account, onClose }: { account: Account; onClose: (changed: boolean) => void }) {
  const isNew = account.user === "", [facts, setFacts] = useState<DeskFacts | null>(null), [busy, setBusy] = useState(false);
  const [one, setOne] = useState(account), [password, setPassword] = useState("");
  const put = (change: Partial<Account>) => setOne((old) => ({ ...old, ...change }));
  useEffect(() => void wire.call<DeskFacts>("desk.get").then(setFacts, fail), []);
  const levelOf = (skill: string) => one.skills?.find((has) => has.skill === skill)?.level ?? 0;
  async function save(event: Event) {
    event.preventDefault();
    const dialog = (event.currentTarget as HTMLElement).closest("dialog");
    setBusy(true);
    try {
      await wire.call("user.put", {
        user: one.user.trim().toLowerCase(), name: one.name, role: one.role, enabled: one.enabled, queues: one.queues, skills: one.skills, capacity_percent: one.capacity_percent,
        ...(isNew ? { add: true } : {}), ...(password ? { password } : {}),
      });
      onClose(true);
      dialog?.close();
    } catch (error) {
      fail(error);
      setBusy(false);
    }
  }
  return (
    <Dialog title={isNew ? "Somebody new" : account.name} onClose={() => onClose(false)}>
      <form onSubmit={save}>
        {isNew && <label class="field">Log-in name<input data-first required maxLength={64} pattern="[A-Za-z0-9._@\-]+" title="Letters, digits and . _ - @" placeholder="letters, digits and . _ - @" value={one.user} onInput={(e) => put({ user: e.currentTarget.value })} /></label>}
        <label class="field">Name, as others see it<input data-first={!isNew || undefined} maxLength={200} value={one.name} onInput={(e) => put({ name: e.currentTarget.value })} /></label>
        <label class="field">{isNew ? "Password" : "New password"}<input type="password" autocomplete="new-password" minLength={8} required={isNew} value={password}
          placeholder={isNew ? "at least 8 characters" : "leave empty to keep it"} onInput={(e) => setPassword(e.currentTarget.value)} /></label>
        <label class="field">Role
          <select value={one.role} onChange={(e) => put({ role: e.currentTarget.value })}>
            <option value="agent">agent: their queues and tickets</option><option value="supervisor">supervisor: all queues, states, macros</option><option value="admin">admin: people, tokens, policy too</option>
          </select></label>
        <label class="field">Capacity, in percent of a full agent
          <input type="number" min={0} max={1000} step={5} value={one.capacity_percent} onInput={(e) => put({ capacity_percent: Number(e.currentTarget.value) })} /></label>
        {facts !== null && facts.teams.length > 0 && (
          <fieldset><legend>Teams, each with its queues</legend>
            {facts.teams.map(({ team, queues }) => (
              <label key={team} class="check"><input type="checkbox" checked={queues.length > 0 && queues.every((queue) => one.queues?.includes(queue))}
                onChange={(e) => put({ queues: [...new Set([...(one.queues ?? []).filter((has) => !queues.includes(has)), ...(e.currentTarget.checked ? queues : [])])] })} /> {team}</label>
            ))}
          </fieldset>
        )}
        <fieldset><legend>Queues</legend>
          {facts?.queues.map(({ queue }) => (
            <label key={queue} class="check"><input type="checkbox" checked={one.queues?.includes(queue)}
              onChange={(e) => put({ queues: e.currentTarget.checked ? [...(one.queues ?? []), queue] : one.queues?.filter((has) => has !== queue) })} /> {queue}</label>
          ))}
        </fieldset>
        {facts !== null && facts.skills.length > 0 && (
          <fieldset><legend>Skills</legend>
            {facts.skills.map((skill) => (
              <label key={skill} class="check">{skill}
                <select aria-label={skill} value={levelOf(skill)} onChange={(e) => {
                  const level = Number(e.currentTarget.value), rest = (one.skills ?? []).filter((has) => has.skill !== skill);
                  put({ skills: level ? [...rest, { skill, level }] : rest });
                }}>{[0, 1, 2, 3, 4, 5].map((level) => <option key={level} value={level}>{level || "–"}</option>)}</select></label>
            ))}
          </fieldset>
        )}
        {!isNew && <label class="check"><input type="checkbox" checked={one.enabled} onChange={(e) => put({ enabled: e.currentTarget.checked })} /> may log in</label>}
        <p class="row end"><button type="button" onClick={(e) => e.currentTarget.closest("dialog")?.close()}>Cancel</button><button class="primary" disabled={busy}>Save</button></p>
      </form>
    </Dialog>
  );
}

/** Who can do what, the other way round; a skill that nobody has holds tickets up. */
function Skills({ facts, people, onChoose }: { facts: DeskFacts; people: Account[]; onChoose: (one: Account) => void }) {
  if (!facts.skills.length) return null;
  const able = (skill: string) => people.filter((one) => one.enabled && one.skills?.some((has) => has.skill === skill));
  const level = (one: Account, skill: string) => one.skills!.find((has) => has.skill === skill)!.level;
  return (
    <section>
      <h2>Skills and teams</h2>
      <p class="quiet">Levels go from 1 to 5. New skills and teams are written in the policy's file, where rules and queues ask for them.</p>
      <div class="scroll-x"><table class="board-table"><thead><tr><th scope="col">Skill</th><th scope="col">Who has it, the most able first</th></tr></thead><tbody>
        {facts.skills.map((skill) => (
          <tr key={skill}><th scope="row">{skill}</th>
            <td>{able(skill).length ? able(skill).sort((a, b) => level(b, skill) - level(a, skill)).map((one) => (
              <button key={one.user} class="chip" disabled={user.value?.role !== "admin"} onClick={() => onChoose(one)}>{one.name} {level(one, skill)}</button>
            )) : <span class="due late">nobody has it: what asks for it waits</span>}</td></tr>
        ))}
      </tbody></table></div>
      {facts.teams.length > 0 && <div class="scroll-x"><table class="board-table"><thead><tr><th scope="col">Team</th><th scope="col">Its queues</th></tr></thead><tbody>
        {facts.teams.map(({ team, queues }) => <tr key={team}><th scope="row">{team}</th><td class="quiet">{queues.join(", ") || "no queues"}</td></tr>)}
      </tbody></table></div>}
    </section>
  );
}

export function People() {
  const list = useList<Account>("user.list"), [editing, setEditing] = useState<Account | null>(null), mayChange = user.value?.role === "admin";
  const [facts, setFacts] = useState<DeskFacts | null>(null);
  useEffect(() => void wire.call<DeskFacts>("desk.get").then(setFacts, fail), []);
  async function forgetTotp(account: Account) {
    await wire.call("totp.disable", { user: account.user });
    told(`${account.name} logs in with the password alone until they set up an app again.`);
    await list.again();
  }
  return (
    <>
    <section>
      <header class="row"><h2 class="grow">People</h2>{mayChange && <button class="primary" onClick={() => setEditing(fresh)}>Add somebody</button>}</header>
      <Table list={list} heads={["Name", "Log-in", "Role", "Queues", "Skills", "Capacity", ""]} empty="Nobody yet." row={(one) => (
        <tr key={one.user} class={one.enabled ? "" : "quiet"}>
          <th scope="row">{one.name}{!one.enabled && " (may not log in)"}</th><td title={`Since ${exact(one.created_at)}`}>{one.user}</td><td>{one.role}</td>
          <td>{one.queues?.join(", ")}</td><td>{one.skills?.map((has) => <span key={has.skill} class="chip">{has.skill} {has.level}</span>)}</td>
          <td class="number">{one.capacity_percent} %</td>
          <td class="number">{mayChange && <>
            {one.totp && one.user !== user.value?.user && <Sure label={`Reset code of ${one.name}`} words="Reset code" ask="Really reset?" onSure={() => forgetTotp(one).catch(fail)} />}{" "}
            <button aria-label={`Change ${one.name}`} onClick={() => setEditing(one)}>Change</button></>}</td>
        </tr>
      )} />
    </section>
    {facts && list.rows && <Skills facts={facts} people={list.rows} onChoose={setEditing} />}
    {editing && <Edit account={editing} onClose={(changed) => { setEditing(null); if (changed) void list.again(); }} />}
    </>
  );
}
