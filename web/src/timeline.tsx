// SPDX-License-Identifier: Apache-2.0
// The messages of all channels by day.
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { fail, loadOlder, messages, now, older, sayRead, visitorTypes } from "./desk";
import { Card } from "./message";
import { day } from "./time";
import type { Ticket } from "./wire";

/** Opens at the newest message and stays there unless one has scrolled up to read; then it says that there is more. */
export function Timeline({ ticket }: { ticket: Ticket }) {
  const box = useRef<HTMLDivElement>(null), atEnd = useRef(true), last = useRef(0), height = useRef(0);
  const [below, setBelow] = useState(0);
  const rows = messages.value, first = rows[0]?.seq;
  useLayoutEffect(() => {
    const frame = box.current!, newest = rows.at(-1)?.seq ?? 0;
    if (atEnd.current) frame.scrollTop = frame.scrollHeight;
    else if (newest > last.current) setBelow((n) => n + 1);
    last.current = newest;
    height.current = frame.scrollHeight;
  }, [rows]);
  // Older ones come in above: what one reads stays where it is.
  useLayoutEffect(() => {
    const frame = box.current!;
    if (!atEnd.current) frame.scrollTop += frame.scrollHeight - height.current;
    height.current = frame.scrollHeight;
  }, [first]);
  // The visitor of a chat sees how far an agent has read.
  useEffect(() => {
    if (ticket.channel === "chat" && !document.hidden) sayRead(ticket.id);
  }, [ticket.id, rows.length]);
  const toEnd = () => {
    box.current!.scrollTop = box.current!.scrollHeight;
    setBelow(0);
  };
  return (
    <div class="timeline-frame">
      <div class="timeline" ref={box} tabIndex={0} role="log" aria-label="Messages" onScroll={(e) => {
        const t = e.currentTarget;
        atEnd.current = t.scrollHeight - t.scrollTop - t.clientHeight < 40;
        if (atEnd.current) setBelow(0);
      }}>
        {older.value && <p class="center"><button onClick={() => loadOlder().catch(fail)}>Older messages</button></p>}
        {rows.map((m, n) => (
          <Fragment key={m.id}>
            {(n === 0 || day(rows[n - 1]!.at, now.value) !== day(m.at, now.value)) && <h3 class="day">{day(m.at, now.value)}</h3>}
            <Card message={m} />
          </Fragment>
        ))}
        {visitorTypes.value && <p class="quiet" role="status">{ticket.customer?.name ?? "The visitor"} is typing …</p>}
      </div>
      {below > 0 && <button class="below primary" onClick={toEnd}>{below} new below ↓</button>}
    </div>
  );
}
