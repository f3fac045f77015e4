// SPDX-License-Identifier: Apache-2.0
// A telephone that rings: who it is and what is open for them. Goes by itself when it stops.
import { calls, dismiss, show } from "./desk";
import type { Ringing } from "./desk";

function Pop({ call }: { call: Ringing }) {
  const who = call.customer?.name ?? call.from_shown;
  return (
    <section class="call" aria-label="Incoming call">
      <p class="offer-head"><span>Call to {call.channel_name}</span><button class="close" aria-label="Dismiss" onClick={() => dismiss(call)}>×</button></p>
      <h2>{who}</h2>
      <p class="quiet">
        {call.customer?.name ? `${call.from_shown} · ` : ""}
        {call.customer ? (call.tickets.length === 0 ? "nothing open" : `${call.tickets.length} open`) : "not known yet"}
      </p>
      <ul>
        {call.tickets.map((ticket) => (
          <li key={ticket.id}>
            <button class="link" onClick={() => show(ticket.id)}>{ticket.subject || "(no subject)"}</button>
            <span class="quiet"> {ticket.state}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function CallPops() {
  return <div class="calls" role="status" aria-live="polite">{calls.value.map((call) => <Pop key={`${call.channel_name}:${call.call}`} call={call} />)}</div>;
}
