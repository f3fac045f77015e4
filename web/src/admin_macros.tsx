// SPDX-License-Identifier: Apache-2.0
// Prepared answers: their words, whom they are for, and what they do to a ticket.
import { useState } from "preact/hooks";
import { fail, queues, wire } from "./desk";
import { Dialog } from "./dialog";
import { effect } from "./macros";
import type { Actions } from "./macros";
import { Sure } from "./sure";
import { Table, useList } from "./table";
import { asTag } from "./tags";

interface Macro { id: number; name: string; text: string; queue: string | null; channel: string | null; actions: Actions }

const fresh: Macro = { id: 0, name: "", text: "", queue: null, channel: null, actions: {} };
const placeholders = ["customer.name", "customer.first_name", "ticket.id", "ticket.subject", "ticket.queue", "agent.name", "desk.name"];
const close = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close();

function Edit({ macro, onDone }: { macro: Macro; onDone: (changed: boolean) => void }) {
  const [one, setOne] = useState(macro), [tags, setTags] = useState((macro.actions.tags_add ?? []).join(" "));
  const put = (change: Partial<Macro>) => setOne((old) => ({ ...old, ...change }));
  async function save(event: Event) {
    event.preventDefault();
    const form = event.currentTarget as HTMLElement;
    try {
      const tags_add = tags.split(/[\s,]+/).map(asTag).filter(Boolean);
      const { tags_add: _, ...rest } = one.actions;
      await wire.call("macro.put", {
        ...(one.id ? { id: one.id } : {}), name: one.name, text: one.text, scope: one.queue ? "queue" : "all", ...(one.queue ? { queue: one.queue } : {}),
        ...(one.channel ? { channel: one.channel } : {}), actions: { ...rest, ...(tags_add.length ? { tags_add } : {}) },
      });
      onDone(true);
      form.closest("dialog")?.close();
    } catch (error) {
      fail(error);
    }
  }
  const act = (change: Partial<Actions>) => put({ actions: Object.fromEntries(Object.entries({ ...one.actions, ...change }).filter(([, value]) => value)) as Actions });
  return (
    <Dialog title={one.id ? macro.name : "A new macro"} onClose={() => onDone(false)}>
      <form onSubmit={save}>
        <label class="field">Name<input data-first required maxLength={200} value={one.name} onInput={(e) => put({ name: e.currentTarget.value })} /></label>
        <label class="field">Text<textarea required rows={7} value={one.text} onInput={(e) => put({ text: e.currentTarget.value })} /></label>
        <p class="quiet">Filled in for each ticket: {placeholders.map((name) => (
          <button key={name} type="button" class="chip" onClick={() => put({ text: `${one.text}{{${name}}}` })}>{`{{${name}}}`}</button>))}</p>
        <label class="field">For<select value={one.queue ?? ""} onChange={(e) => put({ queue: e.currentTarget.value || null })}>
          <option value="">all queues</option>{[...queues.value.keys()].map((queue) => <option key={queue}>{queue}</option>)}</select></label>
        <label class="field">On<select value={one.channel ?? ""} onChange={(e) => put({ channel: e.currentTarget.value || null })}>
          <option value="">all channels</option><option value="email">mail</option><option value="sms">text</option><option value="chat">chat</option></select></label>
        <label class="field">Then the ticket is<select value={one.actions.state ?? ""} onChange={(e) => act({ state: (e.currentTarget.value || undefined) as Actions["state"] })}>
          <option value="">as it was</option><option value="pending">pending</option><option value="hold">on hold</option><option value="resolve">resolved</option></select></label>
        <label class="field">Its priority<select value={one.actions.priority ?? ""} onChange={(e) => act({ priority: e.currentTarget.value || undefined })}>
          <option value="">as it was</option>{["low", "normal", "high", "urgent"].map((name) => <option key={name}>{name}</option>)}</select></label>
        <label class="field">Tags it gets<input value={tags} placeholder="refund lost-parcel" onInput={(e) => setTags(e.currentTarget.value)} /></label>
        <p class="row end"><button type="button" onClick={close}>Cancel</button><button class="primary">Save</button></p>
      </form>
    </Dialog>
  );
}

export function MacroList() {
  const list = useList<Macro>("macro.list"), [editing, setEditing] = useState<Macro | null>(null);
  return (
    <section>
      <header class="row"><h2 class="grow">Macros</h2><button class="primary" onClick={() => setEditing(fresh)}>New macro</button></header>
      <Table list={list} heads={["Name", "Text", "For", "Then", ""]} empty="None yet. A macro is a prepared answer that agents insert with / while they write." row={(one) => (
        <tr key={one.id}>
          <th scope="row">{one.name}</th><td class="quiet clipped">{one.text}</td><td>{[one.queue ?? "all queues", one.channel].filter(Boolean).join(", ")}</td><td>{effect(one.actions)}</td>
          <td class="number"><button aria-label={`Change ${one.name}`} onClick={() => setEditing(one)}>Change</button>{" "}
            <Sure label={`Delete ${one.name}`} words="Delete" ask="Really delete?" onSure={() => wire.call("macro.delete", { id: one.id }).then(list.again, fail)} /></td>
        </tr>
      )} />
      {editing && <Edit macro={editing} onDone={(changed) => { setEditing(null); if (changed) void list.again(); }} />}
    </section>
  );
}
