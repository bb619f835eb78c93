/**
 * A text as a sequence of hashed tokens. A token is a run of letters (case folded), a run of digits, one mark, one
 * line break, or one character of a script that is written without spaces; other white space only separates.
 */
import { mix32 } from './random.js';

/** Kinds of UTF-16 code units. */
const SPACE = 0;
const LETTER = 1;
const DIGIT = 2;
/** A token by itself. */
const SINGLE = 3;

/** Kind and folded form of every code unit, kind in the upper half: one look-up a character. */
const table = unitTable();

/**
 * Hashes the tokens of a text in order.
 * @param into  receives one 32-bit hash per token; must be at least as long as the text
 * @returns the number of tokens
 */
export function tokenise(text: string, into: Uint32Array): number {
  let count = 0;
  let hash = 0;
  let run = SPACE;
  for (let i = 0; i < text.length; i++) {
    const entry = table[text.charCodeAt(i)];
    const kind = entry >>> 16;
    if (kind !== run || kind === SINGLE) {
      if (run !== SPACE) into[count++] = mix32(hash);
      hash = 0x811c9dc5;
      run = kind;
    }
    hash = Math.imul(hash ^ (entry & 0xffff), 0x01000193);
  }
  if (run !== SPACE) into[count++] = mix32(hash);
  return count;
}

function unitTable(): Uint32Array {
  const units = new Uint32Array(65536);
  for (let unit = 0; unit < 65536; unit++) units[unit] = (kindOf(unit) << 16) | folded(unit);
  return units;
}

function kindOf(unit: number): number {
  if (unit === 0x0a) return SINGLE;
  if (unit <= 0x20 || unit === 0x7f) return SPACE;
  if (unit >= 0x30 && unit <= 0x39) return DIGIT;
  if (unit < 0x80) return (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a ? LETTER : SINGLE;
  if (/\s/.test(String.fromCharCode(unit))) return SPACE;
  return writtenWithoutSpaces(unit) || isMark(unit) ? SINGLE : LETTER;
}

/** Han, kana and Hangul blocks, CJK marks, full-width forms. */
function writtenWithoutSpaces(unit: number): boolean {
  return (unit >= 0x2e80 && unit <= 0xd7ff) || (unit >= 0xf900 && unit <= 0xfaff) || (unit >= 0xff00 && unit <= 0xffef);
}

/** Latin-1 marks, and general punctuation to the geometric shapes: arrows, operators, box drawing. */
function isMark(unit: number): boolean {
  return (unit >= 0x80 && unit <= 0xbf) || unit === 0xd7 || unit === 0xf7 || (unit >= 0x2000 && unit <= 0x2bff);
}

function folded(unit: number): number {
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
