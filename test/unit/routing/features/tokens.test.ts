import { describe, expect, it } from 'vitest';

import { EXCERPT, excerpt } from '../../../../src/routing/features/excerpt.js';
import { tokenise } from '../../../../src/routing/features/tokens.js';

function tokens(text: string): number[] {
  const into = new Uint32Array(text.length);
  return Array.from(into.subarray(0, tokenise(text, into)));
}

/** The text cuts into as many tokens as there are words in `cut`, equal where those are. */
function cutsInto(text: string, ...cut: string[]): void {
  expect(tokens(text)).toEqual(cut.map((token) => tokens(token)[0]));
  cut.forEach((token) => expect(tokens(token)).toHaveLength(1));
}

describe('tokens', () => {
  it('are words, numbers, marks and line breaks', () => {
    cutsInto('Add 12 apples,\tquickly!\n', 'add', '12', 'apples', ',', 'quickly', '!', '\n');
    cutsInto('f(x)=x2', 'f', '(', 'x', ')', '=', 'x', '2');
  });
  it('fold case in every script that has one', () => {
    expect(tokens('ÀÉ ПРИВЕТ ΣΟΦΙΑ Abc')).toEqual(tokens('àé привет σοφια aBC'));
  });
  it('are single characters where words are not spaced', () => {
    cutsInto('你好。', '你', '好', '。');
    cutsInto('カナ', 'カ', 'ナ');
  });
  it('take typographic marks and white space for what they are', () => {
    cutsInto('wait…\u00a0“yes”\u2003no', 'wait', '…', '“', 'yes', '”', 'no');
  });
  it('tell different words apart', () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}${i.toString(36)}`);
    const hashes = new Set(words.map((word) => tokens(word).join()));
    expect(hashes.size).toBe(new Set(words).size);
  });
  it('are none in nothing', () => {
    expect(tokens('')).toEqual([]);
    expect(tokens(' \t\r\u3000')).toEqual([]);
  });
});

describe('the excerpt of a text', () => {
  it('is the text itself up to its bound', () => expect(excerpt('x'.repeat(EXCERPT))).toHaveLength(EXCERPT));
  it('is the beginning and the end of a longer one', () => {
    const read = excerpt(`start ${'x'.repeat(1e6)} end`);
    expect(read).toHaveLength(EXCERPT);
    expect([read.startsWith('start '), read.endsWith(' end')]).toEqual([true, true]);
  });
});
