// SPDX-License-Identifier: Apache-2.0
// For those who run the desk: a page with its parts beside each other.
import { Audit, Outbox, Policy, Quarantine, Tokens } from "./admin_desk";
import { MacroList } from "./admin_macros";
import { People } from "./admin_people";
import { user } from "./desk";
import { place } from "./places";

/** Those without `all` are for admins. */
const parts = [
  { key: "people", name: "People", all: true, show: People },
  { key: "macros", name: "Macros", all: true, show: MacroList },
  { key: "tokens", name: "Tokens", all: false, show: Tokens },
  { key: "outbox", name: "Outbox", all: true, show: Outbox },
  { key: "quarantine", name: "Quarantine", all: true, show: Quarantine },
  { key: "policy", name: "Policy", all: false, show: Policy },
  { key: "audit", name: "Audit", all: false, show: Audit },
];

/** The parts scroll sideways on a narrow screen. */
const inView = (link: HTMLElement | null) => link?.scrollIntoView({ block: "nearest", inline: "center" });

export function Admin() {
  const at = place.value, mine = parts.filter((part) => part.all || user.value?.role === "admin");
  const part = mine.find(({ key }) => at.page === "admin" && at.part === key) ?? mine[0]!;
  return (
    <main class="admin">
      <nav aria-label="Parts">{mine.map(({ key, name }) => <a key={key} ref={key === part.key ? inView : undefined} href={`#/admin/${key}`} aria-current={key === part.key ? "page" : undefined}>{name}</a>)}</nav>
      <div class="admin-part"><part.show key={part.key} /></div>
    </main>
  );
}
