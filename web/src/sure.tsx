// SPDX-License-Identifier: Apache-2.0
// A button for what cannot be taken back: the first press asks, the second does it.
import { useState } from "preact/hooks";

export function Sure({ label, words, ask, onSure }: { label?: string; words: string; ask: string; onSure: () => void }) {
  const [asking, setAsking] = useState(false);
  if (!asking) return <button {...(label ? { "aria-label": label } : {})} onClick={() => setAsking(true)}>{words}</button>;
  return <button class="sure" ref={(button) => button?.isConnected && document.activeElement === document.body && button.focus()} onBlur={() => setAsking(false)}
    onKeyDown={(e) => { if (e.key === "Escape") setAsking(false); }} onClick={() => { setAsking(false); onSure(); }}>{ask}</button>;
}
