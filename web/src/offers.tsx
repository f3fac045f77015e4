// SPDX-License-Identifier: Apache-2.0
// The offer card: what it is, why you, and a ring that empties while it waits for you.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { accept, decline, fail, leave, now, offers } from "./desk";
import { Icon } from "./icons";
import { offer as offerActs } from "./keys";
import { dueText } from "./time";
import type { Offer } from "./wire";
import { channelWord, subjectOf } from "./words";

const reasons = ["busy", "not my field", "needs someone else"];
/** The offer whose decline asks for its reason. */
const asking = signal<number | null>(null);

interface Why { matched?: { skill: string; level?: number }[]; preferred?: boolean }

function why(offer: Offer): string[] {
  const reason = offer.why as Why | null;
  const words = (reason?.matched ?? []).map((m) => (m.level ? `${m.skill} ${m.level}` : m.skill));
  if (reason?.preferred) words.push("knows this customer");
  return words;
}

const firstSeen = new Map<number, number>();

/** How long the offer was given when this page first saw it: what a full ring stands for. */
function wholeMs(offer: Offer): number {
  if (!firstSeen.has(offer.offer)) firstSeen.set(offer.offer, Math.max(1000, Date.parse(offer.expires_at) - Date.now()));
  return firstSeen.get(offer.offer)!;
}

function Ring({ offer }: { offer: Offer }) {
  const leftMs = Math.max(0, Math.min(wholeMs(offer), Date.parse(offer.expires_at) - now.value)), around = 2 * Math.PI * 15;
  return (
    <span class="ring" role="timer" aria-label={`${Math.ceil(leftMs / 1000)} seconds left`}>
      <svg viewBox="0 0 36 36" width="36" height="36" aria-hidden="true">
        <circle cx="18" cy="18" r="15" class="ring-all" />
        <circle cx="18" cy="18" r="15" class="ring-left" stroke-dasharray={around} stroke-dashoffset={around * (1 - Math.min(1, leftMs / wholeMs(offer)))} />
      </svg>
      <span class="countdown">{Math.ceil(leftMs / 1000)}</span>
    </span>
  );
}

function Reasons({ offer }: { offer: Offer }) {
  const first = useRef<HTMLButtonElement>(null);
  // Once: the card is drawn anew every second, and must not take the focus back.
  useEffect(() => first.current?.focus(), []);
  return (
    <div role="group" aria-label="Why not?" onKeyDown={(e) => { if (e.key === "Escape") asking.value = null; }}>
      <p class="quiet">Why not?</p>
      <p class="row">
        {reasons.map((reason, n) => <button key={reason} ref={n === 0 ? first : undefined} onClick={() => decline(offer, reason).catch(fail)}>{reason}</button>)}
        <button class="plain" onClick={() => (asking.value = null)}>Back</button>
      </p>
    </div>
  );
}

function Card({ offer, first }: { offer: Offer; first: boolean }) {
  const ticket = typeof offer.ticket === "object" ? offer.ticket : null;
  return (
    <section class={first ? "offer" : "offer behind"} aria-label={`Offer: ${ticket ? subjectOf(ticket) : ""}`}>
      <div class="row">
        <p class="offer-head grow"><Icon name={ticket?.channel ?? "file"} /> New for you</p>
        <Ring offer={offer} />
      </div>
      <h2>{ticket ? subjectOf(ticket) : ""}</h2>
      <p class="quiet">{ticket && [first && ticket.customer?.name, ticket.queue, channelWord(ticket.channel), dueText(ticket, now.value)].filter(Boolean).join(" · ")}</p>
      {why(offer).length > 0 && <p class="chips" aria-label="Why you">{why(offer).map((word) => <span class="chip">{word}</span>)}</p>}
      {asking.value === offer.offer ? (
        <Reasons offer={offer} />
      ) : (
        <p class="row">
          <button class="primary" onClick={() => accept(offer).catch(fail)}>Accept {first && <kbd>A</kbd>}</button>
          <button onClick={() => (asking.value = offer.offer)}>Decline {first && <kbd>D</kbd>}</button>
        </p>
      )}
    </section>
  );
}

/** Those that end first come first: A and D speak of the uppermost. */
const inOrder = () => [...offers.value].sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at) || a.offer - b.offer);

/** Where the list is out of sight, while a ticket is read on a telephone: the first offer in a line. */
export function OfferLine() {
  const [next, ...others] = inOrder();
  if (!next) return null;
  const ticket = typeof next.ticket === "object" ? next.ticket : null;
  return (
    <p class="offer-line row" role="status">
      <span class="grow">New for you: {ticket ? subjectOf(ticket) : ""}{others.length > 0 && ` and ${others.length} more`}</span>
      <Ring offer={next} />
      <button onClick={leave}>Look</button><button class="primary" onClick={() => accept(next).catch(fail)}>Accept</button>
    </p>
  );
}

const shownAtMost = 3;

const settlesMs = 1000;

/**
 * The cards lie over the list. It gets as much room above, out of sight, so that what they cover can be scrolled to and nothing moves. Nobody
 * reads yet in the moment the list comes up: there it begins below them.
 */
function useRoom() {
  const box = useRef<HTMLDivElement>(null), height = useRef(0), shownAt = useRef(0);
  useLayoutEffect(() => {
    const list = box.current!.parentElement!.querySelector<HTMLElement>(".left-scroll")!;
    const fit = () => {
      if (!list.clientHeight) return;
      shownAt.current ||= performance.now();
      const more = box.current!.offsetHeight - height.current;
      if (!more) return;
      height.current += more;
      (list.firstElementChild as HTMLElement).style.marginTop = list.style.scrollPaddingTop = `${height.current}px`;
      if (performance.now() - shownAt.current > settlesMs) list.scrollTop += more;
    };
    const watcher = new ResizeObserver(fit);
    watcher.observe(box.current!);
    fit();
    return () => watcher.disconnect();
  }, []);
  return box;
}

export function OfferCards() {
  const box = useRoom(), all = inOrder(), more = all.length - shownAtMost;
  useEffect(() => offerActs([
    { keys: "a", name: "Accept the offer", group: "Offers", when: () => offers.value.length > 0, run: () => accept(inOrder()[0]!).catch(fail) },
    { keys: "d", name: "Decline the offer", group: "Offers", when: () => offers.value.length > 0, run: () => (asking.value = inOrder()[0]!.offer) },
  ]), []);
  return (
    <div ref={box} class="offers" aria-live="polite">
      {all.slice(0, shownAtMost).map((offer, n) => <Card key={offer.offer} offer={offer} first={n === 0} />)}
      {more > 0 && <p class="quiet center">and {more} more {more === 1 ? "offer" : "offers"} behind these</p>}
    </div>
  );
}
