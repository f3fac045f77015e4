// SPDX-License-Identifier: Apache-2.0
// How many text messages a text will cost, counted while one types. The same rules as the desk's own count (3GPP TS 23.038): a unit is a
// septet of GSM-7 or 16 bits of UCS-2, and a pair of units that stands for one character is never split over two parts.

export interface SmsCount {
  parts: number;
  ucs2: boolean;
  /** Units left in the last part. */
  left: number;
  /** The first character that is not in GSM-7. */
  forcedBy: string | null;
}

const accented = new Set("¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ\n\r");
const extended = new Set("^{}\\[~]|\f€");

/** Septets of a character: 2 behind an escape, 0 if the alphabet lacks it. */
function septets(character: string): number {
  if (extended.has(character)) return 2;
  if (accented.has(character)) return 1;
  return character >= " " && character < "\x7f" && character !== "`" ? 1 : 0;
}

const gsm7 = { alone: 160, ofSeveral: 153, units: septets };
const ucs2 = { alone: 70, ofSeveral: 67, units: (character: string) => character.length };

export function countSms(text: string): SmsCount {
  const characters = [...text], forcedBy = characters.find((one) => septets(one) === 0) ?? null;
  const alphabet = forcedBy === null ? gsm7 : ucs2;
  let used = 0, parts = 0, inLast = 0;
  for (const character of characters) {
    const units = alphabet.units(character);
    used += units;
    if (parts === 0 || inLast + units > alphabet.ofSeveral) {
      parts++;
      inLast = 0;
    }
    inLast += units;
  }
  const alone = used <= alphabet.alone;
  return { parts: alone ? Math.min(parts, 1) : parts, ucs2: forcedBy !== null, left: alone ? alphabet.alone - used : alphabet.ofSeveral - inLast, forcedBy };
}
