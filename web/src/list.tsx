// SPDX-License-Identifier: Apache-2.0
// My tickets by due time, those that wait for others, and what waits in the queues.
import { fail, mine, now, openId, show, waiting, waitingForOthers } from "./desk";
import type { Ticket } from "./wire";
import { dueClass, dueText } from "./time";

const mark: Record<string, string> = { email: "✉", sms: "✆", voice: "☏", chat: "💬" };

function Row({ ticket }: { ticket: Ticket }) {
  return (
    <li>
      <button class="line" aria-current={openId.value === ticket.id} onClick={() => show(ticket.id).catch(fail)}>
        <span title={ticket.channel}>{mark[ticket.channel] ?? ""}</span>
        <span class="subject">#{ticket.id} {ticket.subject || "(no subject)"}</span>
        <span class={`due ${dueClass(ticket, now.value)}`}>{dueText(ticket, now.value)}</span>
      </button>
    </li>
  );
}

function Section({ title, rows, empty }: { title: string; rows: Ticket[]; empty: string }) {
  return (
    <section>
      <h3>{title} <span class="quiet">{rows.length || ""}</span></h3>
      {rows.length ? <ul>{rows.map((t) => <Row key={t.id} ticket={t} />)}</ul> : <p class="quiet empty">{empty}</p>}
    </section>
  );
}

export function TicketList() {
  return (
    <nav aria-label="Tickets">
      <Section title="Mine" rows={mine.value} empty="Nothing assigned. Stay available: the next ticket is offered to you here." />
      {waitingForOthers.value.length > 0 && <Section title="Waiting for an answer" rows={waitingForOthers.value} empty="" />}
      <Section title="In the queues" rows={waiting.value} empty="No one is waiting." />
    </nav>
  );
}
