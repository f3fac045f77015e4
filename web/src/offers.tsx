// SPDX-License-Identifier: Apache-2.0
// The offer card: what it is, why you, how long it waits for you.
import { useState } from "preact/hooks";
import { accept, decline, fail, now, offers } from "./desk";
import type { Offer } from "./wire";
import { dueText } from "./time";

function why(offer: Offer): string[] {
  const reason = offer.why as { matched?: { skill: string; level?: number }[]; preferred?: boolean } | null;
  const words = (reason?.matched ?? []).map((m) => (m.level ? `${m.skill} ${m.level}` : m.skill));
  if (reason?.preferred) words.push("knows this customer");
  return words;
}

function Card({ offer }: { offer: Offer }) {
  const [asking, setAsking] = useState(false);
  const left = Math.max(0, Math.ceil((Date.parse(offer.expires_at) - now.value) / 1000));
  const ticket = typeof offer.ticket === "object" ? offer.ticket : null;
  return (
    <section class="offer" aria-label="Offer">
      <p class="offer-head"><span>New for you</span><span class="countdown">{left} s</span></p>
      <h2>{ticket?.subject || "(no subject)"}</h2>
      <p class="quiet">{ticket?.customer?.name ?? ""} · {ticket?.queue} · {ticket?.channel}{ticket && ` · ${dueText(ticket, now.value)}`}</p>
      {why(offer).length > 0 && <p class="chips">{why(offer).map((word) => <span class="chip">{word}</span>)}</p>}
      {asking ? (
        <p class="row">
          {["busy", "not my field", "needs someone else"].map((reason) => (
            <button onClick={() => decline(offer, reason).catch(fail)}>{reason}</button>
          ))}
        </p>
      ) : (
        <p class="row">
          <button class="primary" onClick={() => accept(offer).catch(fail)}>Accept</button>
          <button onClick={() => setAsking(true)}>Decline</button>
        </p>
      )}
    </section>
  );
}

export function OfferCards() {
  return <div aria-live="polite">{offers.value.map((offer) => <Card key={offer.offer} offer={offer} />)}</div>;
}
