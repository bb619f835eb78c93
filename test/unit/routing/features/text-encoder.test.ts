import { describe, expect, it } from 'vitest';

import { fitTextEncoder } from '../../../../src/routing/features/fit-text-encoder.js';
import { TextEncoderArtifact } from '../../../../src/routing/features/text-encoder-artifact.js';
import { createTextEncoder } from '../../../../src/routing/features/text-encoder.js';
import { Problem } from '../../../../src/routing/problem.js';
import { kindOf, samplePrompts } from './prompts.js';

const prompts = samplePrompts(300);
const artifact = fitTextEncoder(prompts, { dimension: 8 });

function encoded(prompt: string, from = artifact): number[] {
  const encoder = createTextEncoder(from);
  const x = new Float64Array(encoder.dimension);
  encoder.encode(prompt, x, 0);
  return Array.from(x);
}

describe('fitting a text encoder', () => {
  it('gives the same bytes for the same prompts and seed, and others for others', () => {
    const again = fitTextEncoder(prompts, { dimension: 8 });
    expect(again.toBytes()).toEqual(artifact.toBytes());
    expect(again.hash).toBe(artifact.hash);
    expect(fitTextEncoder(prompts.slice(1), { dimension: 8 }).hash).not.toBe(artifact.hash);
  });
  it('passes blank prompts over', () => {
    const withBlanks = prompts.flatMap((prompt) => ['', prompt, ' \n\t']);
    expect(fitTextEncoder(withBlanks, { dimension: 8 }).hash).toBe(artifact.hash);
    expect(artifact.prompts).toBe(300);
  });
  it('reports how far it is', () => {
    const seen: string[] = [];
    const steps: number[] = [];
    fitTextEncoder(prompts, { dimension: 8, onProgress: ({ phase, done }) => (seen.push(phase), steps.push(done)) });
    expect(new Set(seen)).toEqual(new Set(['reading', 'fitting']));
    expect([steps[0], steps.at(-1)]).toEqual([300, 1]);
  });
  it.each<[string, () => unknown, string]>([
    [
      'too few prompts',
      () => fitTextEncoder(prompts.slice(0, 31), { dimension: 8 }),
      'at least 32 prompts that are not blank, got 31',
    ],
    ['only blank prompts', () => fitTextEncoder(Array(500).fill(' '), { dimension: 8 }), 'got 0'],
    [
      'prompts that are all alike',
      () => fitTextEncoder(Array(500).fill('the same'), { dimension: 8 }),
      'differ in 1 directions only',
    ],
    ['a dimension too large', () => fitTextEncoder(prompts, { dimension: 257 }), 'from 8 to 256, got 257'],
    ['a dimension too small', () => fitTextEncoder(prompts, { dimension: 7 }), 'from 8 to 256, got 7'],
    ['half a dimension', () => fitTextEncoder(prompts, { dimension: 8.5 }), 'got 8.5'],
  ])('refuses %s', (_name, fit, detail) => {
    expect(fit).toThrow(Problem);
    expect(fit).toThrow(detail);
  });
  it('refuses prompts that share no term', () => {
    const strangers = Array.from({ length: 60 }, (_, i) => String.fromCharCode(0x4e00 + i));
    expect(() => fitTextEncoder(strangers, { dimension: 8 })).toThrow('differ in 0 directions only');
  });
});

describe('a fitted text encoder', () => {
  const unit = 1 / Math.sqrt(8);
  const rows = prompts.map((prompt) => encoded(prompt));

  it('gives every direction mean 0 and deviation 1/√d over the prompts it was fitted on', () => {
    for (let j = 0; j < 9; j++) {
      const column = rows.map((row) => row[j]);
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
      // Clipping at three deviations moves both a little.
      expect(Math.abs(mean)).toBeLessThan(0.1 * unit);
      expect(deviation / unit).toBeGreaterThan(0.8);
      expect(deviation / unit).toBeLessThan(1.02);
    }
  });
  it('keeps length near 1 and every entry within three deviations', () => {
    const squares = rows.map((row) => row.reduce((sum, value) => sum + value ** 2, 0));
    expect(squares.reduce((sum, value) => sum + value, 0) / squares.length).toBeLessThan(1 + 1 / 8 + 0.01);
    expect(Math.max(...rows.flat().map(Math.abs))).toBeLessThanOrEqual(Math.min(1, 3 * unit));
  });
  it('puts prompts of a kind closer together than prompts of two kinds', () => {
    const distance = (a: number[], b: number[]) =>
      a.reduce((sum, value, i) => sum + (i < 8 ? (value - b[i]) ** 2 : 0), 0);
    const pairs = prompts
      .slice(0, 80)
      .flatMap((a, i) =>
        prompts.slice(0, i).map((b, k) => ({ same: kindOf(a) === kindOf(b), far: distance(rows[i], rows[k]) })),
      );
    const mean = (same: boolean) => {
      const chosen = pairs.filter((pair) => pair.same === same);
      return chosen.reduce((sum, { far }) => sum + far, 0) / chosen.length;
    };
    expect(mean(true)).toBeLessThan(0.7 * mean(false));
  });
  it('knows nothing of a text without known terms but its length', () => {
    const [length, ...others] = encoded('ξένος').reverse();
    expect(others.every((value) => value === 0)).toBe(true);
    expect(length).toBeLessThan(0);
  });
  it('encodes an empty text and one of a million characters', () => {
    for (const text of ['', 'write a function '.repeat(60_000)]) {
      expect(encoded(text).every((value) => Math.abs(value) <= 1)).toBe(true);
    }
  });
});

describe('a text encoder artifact', () => {
  const bytes = artifact.toBytes();
  const altered = (change: (view: DataView, copy: Uint8Array) => unknown): Uint8Array => {
    const copy = bytes.slice();
    change(new DataView(copy.buffer), copy);
    return copy;
  };

  it('comes back from its bytes, hash and all', () => {
    const back = TextEncoderArtifact.fromBytes(bytes);
    expect(back.hash).toBe(artifact.hash);
    expect(encoded(prompts[5], back)).toEqual(encoded(prompts[5]));
    expect(back.toBytes()).toEqual(bytes);
  });
  it('reads bytes that lie at an odd place in a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(TextEncoderArtifact.fromBytes(larger.subarray(3)).hash).toBe(artifact.hash);
  });
  it('is not changed through the bytes that were given or taken', () => {
    const given = bytes.slice();
    const held = TextEncoderArtifact.fromBytes(given);
    given.fill(0);
    held.toBytes().fill(0);
    expect(held.toBytes()).toEqual(bytes);
  });
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'must begin with "TWTE", these 0 bytes do not'],
    ['something else', altered((view) => view.setUint8(0, 0)), 'must begin with "TWTE"'],
    ['another version', altered((view) => view.setUint16(4, 9, true)), 'must have version 1, got 9'],
    ['no dimension', altered((view) => view.setUint16(6, 0, true)), 'directions'],
    ['more terms than there can be', altered((view) => view.setUint32(12, 4e9, true)), 'terms'],
    ['a lost end', bytes.slice(0, -1), `must have ${bytes.length} bytes, got ${bytes.length - 1}`],
    ['an addition', Uint8Array.of(...bytes, 0), 'bytes, got'],
    ['NaN for a mean length', altered((view) => view.setFloat32(16, NaN, true)), 'must be finite'],
    ['no deviation of lengths', altered((view) => view.setFloat32(20, 0, true)), 'deviation positive'],
    ['an infinite step', altered((view) => view.setFloat32(24 + 8 * 4, Infinity, true)), 'must be finite'],
    ['buckets out of order', altered((view) => view.setUint16(24 + 64, 65535, true)), 'must ascend'],
    ['a frequency above the prompts', altered((view) => view.setUint32(8, 1, true)), 'from 1 to its 1 prompts'],
  ])('refuses %s', (_name, wrong, detail) => {
    expect(() => TextEncoderArtifact.fromBytes(wrong)).toThrow(Problem);
    expect(() => TextEncoderArtifact.fromBytes(wrong)).toThrow(detail);
  });
});
