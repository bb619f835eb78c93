import { excerpt } from './excerpt.js';

/**
 * What can be measured of a text without knowing its words, and what is subtracted as the value of an ordinary prompt, so that a
 * request without a text (all slots 0) counts as ordinary. Lengths are logarithmic, 0 at 256 characters or 45 words and 1 at
 * 65,536 or 2,000; shares are of the characters, as square roots, because what tells texts apart are the small ones.
 */
const ordinary = {
  length: 0,
  words: 0,
  digits: 0.12,
  marks: 0.2,
  capitals: 0.2,
  lines: 0.1,
  code: 0.08,
  maths: 0.06,
  questions: 0.4,
  word_length: 0.38,
  foreign: 0,
  options: 0.2,
};

export const surfaceMeasures = Object.keys(ordinary);
const centre = Object.values(ordinary);

/** Kinds of characters, as bits, so that a character may count for several measures. */
const [LETTER, DIGIT, CAPITAL, MARK, LINE, CODE, MATHS, QUESTION, FOREIGN, SPACE] = Array.from(
  { length: 10 },
  (_, i) => 1 << i,
);

const kinds = Uint16Array.from({ length: 128 }, (_, unit) => kindsOf(String.fromCharCode(unit)));

function kindsOf(character: string): number {
  if (/[a-z]/.test(character)) return LETTER;
  if (/[A-Z]/.test(character)) return LETTER | CAPITAL;
  if (/[0-9]/.test(character)) return DIGIT;
  if (character === '\n') return LINE | SPACE;
  if (!/[!-~]/.test(character)) return SPACE;
  return (
    MARK |
    (/[{}[\];_=<>()#`]/.test(character) ? CODE : 0) |
    (/[+\-*/^=$\\%<>|]/.test(character) ? MATHS : 0) |
    (character === '?' ? QUESTION : 0)
  );
}

/**
 * Writes the first `count` surface measures, each in [-1, 1], to x[offset …].
 * @param count  at most the number of `surfaceMeasures`
 */
export function writeSurface(text: string, count: number, x: Float64Array, offset: number): void {
  const read = excerpt(text);
  const tally = tallyOf(read);
  const share = (n: number) => Math.sqrt(n / Math.max(1, read.length));
  const measures = [
    logarithmic(text.length, 8),
    logarithmic(tally.words * (text.length / Math.max(1, read.length)), 5.5),
    share(tally.digits),
    share(tally.marks),
    share(tally.capitals),
    share(tally.lines),
    share(tally.code),
    share(tally.maths),
    tally.questions / (1 + tally.questions),
    Math.min(1, tally.letters / Math.max(1, tally.words) / 12),
    share(tally.foreign),
    tally.options / (1 + tally.options),
  ];
  for (let i = 0; i < count; i++) x[offset + i] = measures[i] - centre[i];
}

/** log₂(1 + n) with `middle` at 0 and twice `middle` at 1. */
function logarithmic(n: number, middle: number): number {
  return Math.min(1, Math.log2(1 + n) / middle - 1);
}

function tallyOf(text: string) {
  const tally = {
    words: 0,
    letters: 0,
    digits: 0,
    marks: 0,
    capitals: 0,
    lines: 0,
    code: 0,
    maths: 0,
    questions: 0,
    foreign: 0,
    options: 0,
  };
  let before = SPACE;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const kind = unit < 128 ? kinds[unit] : FOREIGN;
    if (kind & (LETTER | FOREIGN)) {
      tally.letters++;
      if (!(before & (LETTER | FOREIGN))) tally.words++;
      if (kind & CAPITAL) tally.capitals++;
      if (kind & FOREIGN) tally.foreign++;
    } else if (kind & DIGIT) tally.digits++;
    else if (kind & LINE) tally.lines++;
    else if (kind & MARK) {
      tally.marks++;
      if (kind & CODE) tally.code++;
      if (kind & MATHS) tally.maths++;
      if (kind & QUESTION) tally.questions++;
      if (unit === 0x29 && isOption(text, i)) tally.options++;
    }
    before = kind;
  }
  return tally;
}

/** Whether the bracket at `at` closes a lettered or numbered choice, "(B)", " b)" or " 2)", and not a call like f(x). */
function isOption(text: string, at: number): boolean {
  const isSpace = (place: number) => place < 0 || (kinds[text.charCodeAt(place)] & SPACE) !== 0;
  if (at < 1 || !(kinds[text.charCodeAt(at - 1)] & (LETTER | DIGIT))) return false;
  return isSpace(at - 2) || (text[at - 2] === '(' && isSpace(at - 3));
}
