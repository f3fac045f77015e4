// SPDX-License-Identifier: Apache-2.0
// The messages of all channels by day.
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { fail, history, loadOlder, messages, now, older, sayRead, visitorTypes } from "./desk";
import type { Happening } from "./desk";
import { Card, Line } from "./message";
import { day, exact } from "./time";
import type { Message, Ticket } from "./wire";

type Entry = { at: string; message: Message; key: string } | { at: string; happening: Happening; key: string };

/** Messages and what happened between them. What happened before the first message that is shown comes with the older ones. */
function together(said: Message[], happened: Happening[], isWhole: boolean): Entry[] {
  const first = said[0]?.at ?? "";
  const entries: Entry[] = said.map((message) => ({ at: message.at, message, key: `m${message.id}` }));
  for (const happening of happened) if (isWhole || happening.at >= first) entries.push({ at: happening.at, happening, key: `h${happening.seq}` });
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Opens at the newest message and stays there unless one has scrolled up to read; then it says that there is more. */
export function Timeline({ ticket }: { ticket: Ticket }) {
  const box = useRef<HTMLDivElement>(null), atEnd = useRef(true), last = useRef(0), height = useRef(0);
  const [below, setBelow] = useState(0);
  const said = messages.value, rows = together(said, history.value, !older.value), first = said[0]?.seq;
  useLayoutEffect(() => {
    const frame = box.current!, newest = said.at(-1)?.seq ?? 0;
    if (atEnd.current) frame.scrollTop = frame.scrollHeight;
    else if (newest > last.current) setBelow((n) => n + 1);
    last.current = newest;
    height.current = frame.scrollHeight;
  }, [said, history.value]);
  // Older ones come in above: what one reads stays where it is.
  useLayoutEffect(() => {
    const frame = box.current!;
    if (!atEnd.current) frame.scrollTop += frame.scrollHeight - height.current;
    height.current = frame.scrollHeight;
  }, [first]);
  // The visitor of a chat sees how far an agent has read.
  useEffect(() => {
    if (ticket.channel === "chat" && !document.hidden) sayRead(ticket.id);
  }, [ticket.id, said.length]);
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
        {rows.map((one, n) => (
          <Fragment key={one.key}>
            {(n === 0 || day(rows[n - 1]!.at, now.value) !== day(one.at, now.value)) && <h2 class="day">{day(one.at, now.value)}</h2>}
            {"message" in one ? <Card message={one.message} /> : <Line at={one.at} text={one.happening.until ? `${one.happening.text} until ${exact(one.happening.until)}` : one.happening.text} />}
          </Fragment>
        ))}
        {visitorTypes.value && <p class="quiet" role="status">{ticket.customer?.name ?? "The visitor"} is typing …</p>}
      </div>
      {below > 0 && <button class="below primary" onClick={toEnd}>{below} new below ↓</button>}
    </div>
  );
}
