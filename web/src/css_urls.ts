// SPDX-License-Identifier: Apache-2.0
// Styles of a mail without what they would load from elsewhere. The frame's policy refuses it anyhow; without it nothing even asks.

/** `@import` and `url(…)` to other places are taken out; pictures inside the style itself stay. */
export function withoutRemote(css: string, onRemote: () => void): string {
  // Comments and escapes may hide the words looked for: what uses them to write a function's name is not a style worth keeping.
  const plain = css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, " ");
  if (/\\/.test(plain)) return plain.replace(/[^;{}]*\\[^;{}]*/g, "").replace(/@import[^;]*;?/gi, "").replace(/(?:url|image|image-set|src)\s*\([^)]*\)?/gi, "none");
  return plain
    .replace(/@import[^;]*(?:;|$)/gi, () => { onRemote(); return ""; })
    .replace(/\b(?:url|image-set|image|src)\s*\(\s*(["']?)([^)]*?)\1\s*\)?/gi, (whole, _quote, address: string) => {
      if (/^data:image\/(?:png|jpeg|gif|webp)[;,]/i.test(address.trim())) return whole;
      onRemote();
      return "none";
    });
}
