// SPDX-License-Identifier: Apache-2.0
// What the site says in the script tag's data attributes.
import type { Profile } from "./wire";

export interface Options {
  /** The desk's chat folder, with a slash at the end. */
  base: string;
  channel: string; lang: string | null; side: "left" | "right"; accent: string | null; theme: "light" | "dark" | null;
  open: boolean; profile: Profile;
}

export interface Who { name?: string; email?: string; user?: string; userHash?: string; jwt?: string }

/** A user without a hash proves nothing and is not sent; the name and the address then only claim. */
export function profileOf(who: Who): Profile {
  const { name, email, user, userHash, jwt } = who;
  return {
    ...(name ? { name } : {}), ...(email ? { email } : {}), ...(jwt ? { jwt } : {}),
    ...(user && userHash ? { identity: { id: user, hash: userHash, ...(name ? { name } : {}), ...(email ? { email } : {}) } } : {}),
  };
}

export function readOptions(script: HTMLScriptElement): Options {
  const { channel, lang, side, accent, theme, name, email, user, userHash, jwt, open } = script.dataset;
  return {
    base: new URL(".", script.src).href, channel: channel || "web", lang: lang || null, side: side === "left" ? "left" : "right",
    accent: accent || null, theme: theme === "light" || theme === "dark" ? theme : null, open: open !== undefined && open !== "false",
    profile: profileOf({ name, email, user, userHash, jwt }),
  };
}
