// SPDX-License-Identifier: Apache-2.0
// A list that is asked for once it is shown, as a table: a skeleton first, words when it is empty, and how to get on when it failed.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wire } from "./desk";

interface Page<Row> { items: Row[]; next?: number | string | null }

/** The rows of `method`, page by page; `again` asks anew. */
export function useList<Row>(method: string, params: object = {}, cursor = "after") {
  const [rows, setRows] = useState<Row[] | null>(null), [next, setNext] = useState<number | string | null>(null), [wrong, setWrong] = useState("");
  async function ask(more: boolean) {
    try {
      const page = await wire.call<Page<Row>>(method, { ...params, ...(more && next !== null ? { [cursor]: next } : {}) });
      setRows((old) => (more ? [...(old ?? []), ...page.items] : page.items));
      setNext(page.next ?? null);
      setWrong("");
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  }
  useEffect(() => void ask(false), [method, JSON.stringify(params)]);
  return { rows, wrong, again: () => ask(false), more: next === null ? null : () => ask(true) };
}

export function Table<Row>({ list, heads, empty, row }: { list: ReturnType<typeof useList<Row>>; heads: string[]; empty: ComponentChildren; row: (row: Row) => ComponentChildren }) {
  const body = useRef<HTMLTableSectionElement>(null);
  // On a narrow screen a row is a card, and each of its cells says what it is.
  useLayoutEffect(() => {
    for (const one of body.current?.rows ?? []) [...one.cells].forEach((cell, n) => (cell.dataset.head = heads[n] ?? ""));
    const first = body.current?.rows[0], names = body.current?.closest("table")?.tHead?.rows[0];
    // Figures stand below their heads.
    if (first && names) [...first.cells].forEach((cell, n) => names.cells[n]?.classList.toggle("number", cell.classList.contains("number")));
  });
  if (list.wrong) return <p class="empty">{list.wrong} <button onClick={list.again}>Try again</button></p>;
  if (!list.rows) return <div class="skeleton tall" aria-label="Loading" />;
  if (!list.rows.length) return <p class="quiet empty">{empty}</p>;
  return (
    <>
      <div class="scroll-x"><table class="board-table cards">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody ref={body}>{list.rows.map(row)}</tbody>
      </table></div>
      {list.more && <p class="center"><button onClick={list.more}>More</button></p>}
    </>
  );
}
