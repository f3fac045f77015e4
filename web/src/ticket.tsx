// SPDX-License-Identifier: Apache-2.0
// The middle of the page: one ticket, or what to do when none is open.
import { Composer } from "./composer";
import { loaded, mine, offers, open, openId, presence } from "./desk";
import { Header } from "./header";
import { Timeline } from "./timeline";

function Hollow() {
  const words = offers.value.length ? "Something is offered to you: press A to accept it."
    : mine.value.length ? "Choose a ticket: J and K move through the list, O opens."
      : presence.value === "available" ? "You are available. What comes next is offered to you on the left." : "You are away: nothing is offered until you are available.";
  return <section class="pane hollow"><p class="quiet">{words}</p><p class="quiet">Press <kbd>?</kbd> for all keys.</p></section>;
}

export function TicketPane() {
  const ticket = open.value;
  if (openId.value === null) return <Hollow />;
  if (!ticket || loaded.value !== openId.value)
    return <section class="pane" aria-busy="true" aria-label="Loading"><div class="skeleton tall" /><div class="skeleton" /><div class="skeleton" /></section>;
  return (
    <section class="pane" aria-label="Ticket">
      <Header ticket={ticket} />
      <Timeline key={`timeline ${ticket.id}`} ticket={ticket} />
      <Composer key={ticket.id} ticket={ticket} />
    </section>
  );
}
