// SPDX-License-Identifier: Apache-2.0
// A question in front of the page: the browser's own dialog keeps the focus inside and closes on Escape.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function Dialog({ title, onClose, children, kind = "" }: { title: string; onClose: () => void; children: ComponentChildren; kind?: string }) {
  const box = useRef<HTMLDialogElement>(null);
  // Before the next key arrives: what is typed at once belongs into it.
  useLayoutEffect(() => {
    box.current?.showModal();
    box.current?.querySelector<HTMLElement>("[data-first]")?.focus();
  }, []);
  return (
    <dialog ref={box} class={`dialog ${kind}`} aria-label={title} onClose={onClose}
      onClick={(e) => { if (e.target === box.current) box.current?.close(); }}>
      <div class="dialog-box">
        <header class="row"><h2 class="grow">{title}</h2><button class="plain" aria-label="Close" onClick={() => box.current?.close()}>×</button></header>
        {children}
      </div>
    </dialog>
  );
}
