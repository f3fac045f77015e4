// SPDX-License-Identifier: Apache-2.0
// Plain text as pieces to draw: addresses of the web become links, colleagues' names stand out. Nothing in it is markup.

export interface TextPiece { text: string; href?: string; mention?: boolean }

const address = /\bhttps?:\/\/[^\s<>"'“”]+/giu, mention = /(^|[\s(])@([\p{L}\p{N}_.-]+)/gu;

/** Ends of sentences are not part of an address; nor is a bracket that opened before it. */
function trimmed(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1)!;
    if (".,;:!?*_".includes(last)) text = text.slice(0, -1);
    else if (last === ")" && !text.includes("(") || last === "]" && !text.includes("[")) text = text.slice(0, -1);
    else return text;
  }
}

function mentions(text: string, known: (user: string) => boolean): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const found of text.matchAll(mention)) {
    if (!known(found[2]!)) continue;
    const from = found.index! + found[1]!.length;
    pieces.push({ text: text.slice(at, from) }, { text: `@${found[2]}`, mention: true });
    at = from + found[2]!.length + 1;
  }
  return [...pieces, { text: text.slice(at) }].filter((piece) => piece.text);
}

export function piecesOf(text: string, known: (user: string) => boolean = () => false): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const found of text.matchAll(address)) {
    const href = trimmed(found[0]);
    pieces.push(...mentions(text.slice(at, found.index), known), { text: href, href });
    at = found.index! + href.length;
  }
  return [...pieces, ...mentions(text.slice(at), known)];
}
