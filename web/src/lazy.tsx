// SPDX-License-Identifier: Apache-2.0
// A page that few open comes with its own script and style sheet, when it is opened.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import sheet from "./admin.css?sheet";
import { fail } from "./desk";

/** Ready once the style sheet is there: nothing is seen unstyled. */
function withStyles(): Promise<void> {
  if (document.querySelector(`link[href="${sheet}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = sheet;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("A part of the page could not be loaded. Reload it."));
    document.head.append(link);
  });
}

export function Lazy({ load }: { load: () => Promise<ComponentType> }) {
  const [Page, setPage] = useState<{ shown: ComponentType } | null>(null);
  useEffect(() => {
    let wanted = true;
    Promise.all([load(), withStyles()]).then(([shown]) => { if (wanted) setPage({ shown }); }, fail);
    return () => { wanted = false; };
  }, [load]);
  return Page ? <Page.shown /> : <main class="board" aria-busy="true" aria-label="Loading"><div class="skeleton tall" /><div class="skeleton" /></main>;
}
