// SPDX-License-Identifier: Apache-2.0
// The middle of the page: one ticket, or what to do when none is open.
import { Composer } from "./composer";
import { fail, loaded, mine, offers, open, openId, presence, presenceReason, setPresence } from "./desk";
import { Header } from "./header";
import { OfferLine } from "./offers";
import { Timeline } from "./timeline";

/** The next step, whatever it is. */
function Hollow() {
  const isOn = presence.value === "available";
  const words = offers.value.length ? "Something is offered to you on the left: accept it, and it opens here."
    : mine.value.length ? "Choose a ticket: J and K move through the list, O opens."
      : isOn ? "You are available. What comes next is offered to you on the left." : `You are ${presence.value}: nothing is offered to you until you are available.`;
  return (
    <section class="pane hollow">
      <h1 class="sr">Tickets</h1>
      <p class="quiet">{words}</p>
      {!isOn && !presenceReason.value && <p><button class="primary" onClick={() => setPresence("available").catch(fail)}>Be available</button></p>}
      <p class="quiet"><kbd>A</kbd> accepts an offer · <kbd>R</kbd> answers · <kbd>E</kbd> resolves · <kbd>?</kbd> shows all keys</p>
    </section>
  );
}

export function TicketPane() {
  const ticket = open.value;
  if (openId.value === null) return <Hollow />;
  if (!ticket || loaded.value !== openId.value)
    return <section class="pane" aria-busy="true" aria-label="Loading"><div class="skeleton tall" /><div class="skeleton" /><div class="skeleton" /></section>;
  return (
    <section class="pane" aria-label="Ticket">
      <OfferLine />
      <Header ticket={ticket} />
      <Timeline key={`timeline ${ticket.id}`} ticket={ticket} />
      <Composer key={ticket.id} ticket={ticket} />
    </section>
  );
}
