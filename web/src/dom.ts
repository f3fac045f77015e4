// SPDX-License-Identifier: Apache-2.0
// Small things of the browser that several components need.

/** Unguessable enough to be unique; randomUUID is missing where the page is served without TLS. */
export const drawId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

/** Whether keys belong to what one types into. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

/** For an element that comes where the focus was: a `ref` that is the same at each rendering runs once. */
export const takeFocus = (element: HTMLElement | null) => element?.focus();

/** The same, where what one did took away what had the focus. */
export const takeLostFocus = (element: HTMLElement | null) => { if (document.activeElement === document.body) element?.focus(); };
