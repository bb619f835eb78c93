import { excerpt, EXCERPT } from './excerpt.js';
import { mix32 } from './random.js';
import { tokenise } from './tokens.js';

/** Terms are counted in 2¹⁴ buckets. Two terms in one bucket are one term; at this size that costs little and bounds everything. */
export const BUCKETS = 16_384;

/** How often each term (token or pair of neighbouring tokens) occurs in a text. Reused from text to text; not reentrant. */
export interface Terms {
  /** Buckets that occur, `distinct` of them, in order of first occurrence. */
  readonly buckets: Uint16Array;
  /** Occurrences per bucket, length 2¹⁴. */
  readonly counts: Uint16Array;
  distinct: number;
}

export function createTerms(): Terms {
  return { buckets: new Uint16Array(BUCKETS), counts: new Uint16Array(BUCKETS), distinct: 0 };
}

const tokens = new Uint32Array(EXCERPT);

/** The first tokens count at their place too: how a prompt begins often tells which template it was made from. */
const PLACES = 4;

/** Counts the terms of the excerpt of a text. */
export function countTerms(text: string, terms: Terms): void {
  clear(terms);
  const length = tokenise(excerpt(text), tokens);
  for (let i = 0; i < length; i++) {
    add(terms, tokens[i] % BUCKETS);
    if (i < PLACES) add(terms, mix32(tokens[i] + Math.imul(i + 1, 0x85ebca77)) % BUCKETS);
    if (i > 0) add(terms, mix32(Math.imul(tokens[i - 1], 0x9e3779b1) ^ tokens[i]) % BUCKETS);
  }
}

function clear(terms: Terms): void {
  for (let i = 0; i < terms.distinct; i++) terms.counts[terms.buckets[i]] = 0;
  terms.distinct = 0;
}

function add(terms: Terms, bucket: number): void {
  if (terms.counts[bucket]++ === 0) terms.buckets[terms.distinct++] = bucket;
}
