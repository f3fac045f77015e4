// SPDX-License-Identifier: Apache-2.0
// A choice that acts at once. Its list opens before an arrow or a letter changes anything: a key pressed in passing must not move a ticket.
import type { ComponentChildren } from "preact";

export function Chooser({ label, value, onChoose, disabled, children }:
  { label: string; value: string; onChoose: (value: string) => void; disabled?: boolean; children: ComponentChildren }) {
  function open(event: KeyboardEvent & { currentTarget: HTMLSelectElement }) {
    const changes = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End" || event.key.startsWith("Page") || event.key.length === 1;
    if (!changes || event.ctrlKey || event.metaKey || event.altKey || !event.currentTarget.showPicker) return;
    event.preventDefault();
    event.stopPropagation();
    try { event.currentTarget.showPicker(); } catch { /* It is open. */ }
  }
  return <select aria-label={label} title={label} value={value} disabled={disabled} onKeyDown={open} onChange={(e) => onChoose(e.currentTarget.value)}>{children}</select>;
}
