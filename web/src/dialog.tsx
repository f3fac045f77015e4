// SPDX-License-Identifier: Apache-2.0
// A question in front of the page: the browser's own dialog keeps the focus inside and closes on Escape.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { notice } from "./desk";

/** What is said while one is open is said in it. */
export const dialogs = signal(0);

/** Shown this once, or a form's field with something in it: a stray click must not lose it, if it was typed here. */
const shownOnce = (box: HTMLElement) => box.querySelector("[data-keep]") !== null;
const filled = (box: HTMLElement) => [...box.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("form input, form textarea")].some((field) => field.value !== "" && field.type !== "checkbox");

export function Dialog({ title, onClose, children, kind = "" }: { title: string; onClose: () => void; children: ComponentChildren; kind?: string }) {
  const box = useRef<HTMLDialogElement>(null), pressed = useRef<EventTarget | null>(null);
  const said = useRef(""), asked = useRef(false), typed = useRef(false);
  const holds = () => shownOnce(box.current!) || (typed.current && filled(box.current!));
  said.current = notice.value;
  function close() {
    // What was said in here belongs to it; what came of closing it stays.
    if (notice.value === said.current) notice.value = "";
    onClose();
  }
  /** Escape alone throws nothing away: the second one does. */
  function keep(event: Event) {
    if (event.target !== box.current || asked.current || !holds()) return;
    event.preventDefault();
    asked.current = true;
    notice.value = "Escape once more closes it, and what is written here is lost.";
  }
  // Before the next key arrives: what is typed at once belongs into it.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    dialogs.value++;
    box.current?.showModal();
    box.current?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => {
      dialogs.value--;
      // Taken away by what was done in it, it closes without giving the focus back.
      requestAnimationFrame(() => { if (document.activeElement === document.body && opener instanceof HTMLElement && opener.isConnected) opener.focus(); });
    };
  }, []);
  return (
    <dialog ref={box} class={`dialog ${kind}`} aria-label={title} onClose={close} onCancel={keep} onInput={() => (typed.current = true)} onPointerDown={(e) => (pressed.current = e.target)}
      onClick={(e) => { if (e.target === box.current && pressed.current === box.current && !holds()) box.current?.close(); }}>
      <div class="dialog-box">
        <header class="row"><h2 class="grow">{title}</h2><button class="plain" aria-label="Close" onClick={() => box.current?.close()}>×</button></header>
        {notice.value && <p class="said" role="alert">{notice.value}</p>}
        {children}
      </div>
    </dialog>
  );
}
