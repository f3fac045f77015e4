// SPDX-License-Identifier: Apache-2.0
// Where one is, kept in the address so that a link, a reload and the browser's back key lead there.
import { signal } from "@preact/signals";

export type Place =
  | { page: "desk"; ticket: number | null }
  | { page: "board" | "wall" | "me" }
  | { page: "admin"; part: string };

export function readPlace(hash: string): Place {
  const ticket = /^#\/ticket\/(\d{1,15})$/.exec(hash);
  if (ticket) return { page: "desk", ticket: Number(ticket[1]) };
  if (hash === "#/board" || hash === "#/wall" || hash === "#/me") return { page: hash.slice(2) as "board" | "wall" | "me" };
  const admin = /^#\/admin(?:\/([a-z]{1,20}))?$/.exec(hash);
  if (admin) return { page: "admin", part: admin[1] ?? "" };
  return { page: "desk", ticket: null };
}

export function writePlace(place: Place): string {
  if (place.page === "admin") return place.part ? `#/admin/${place.part}` : "#/admin";
  if (place.page !== "desk") return `#/${place.page}`;
  return place.ticket === null ? "#/" : `#/ticket/${place.ticket}`;
}

export const place = signal<Place>(readPlace(location.hash));

export function go(next: Place) {
  const hash = writePlace(next);
  if (location.hash !== hash) location.hash = hash;
  else place.value = next;
}

window.addEventListener("hashchange", () => (place.value = readPlace(location.hash)));
