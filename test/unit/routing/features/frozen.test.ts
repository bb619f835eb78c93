/**
 * What encoders gave when their statistics began. A change here is not wrong in itself, but it makes old statistics
 * speak of other features: raise ENCODING in `schema.ts` (and the version of text encoder artifacts) along with it.
 */
import { describe, expect, it } from 'vitest';

import { createContextEncoder } from '../../../../src/routing/features/context-encoder.js';
import { fitTextEncoder } from '../../../../src/routing/features/fit-text-encoder.js';
import type { Feature } from '../../../../src/routing/spec.js';
import { samplePrompts } from './prompts.js';

const text = 'What is 12 × 3? (A) 36 (B) 123\nExplain, naïve 你好.';

describe('vectors of the present encoding', () => {
  it('are those of the schema', () => {
    const features: Feature[] = [
      { name: 'task', type: 'category', values: ['qa'] },
      { name: 'prompt', type: 'text', dimension: 20 },
      { name: 'v', type: 'vector', dimension: 16, project_to: 4 },
    ];
    const encoder = createContextEncoder(features);
    const x = encoder.encode({ task: 'qa', prompt: text, v: Array.from({ length: 16 }, (_, i) => i / 40) });
    expect({ schema: encoder.schema, x: Array.from(x).join(' ') }).toMatchInlineSnapshot(`
      {
        "schema": "dd07f8f3012fdcc6",
        "x": "4096 4096 0 -1206 -1735 1164 729 351 176 843 -246 410 -575 1170 1911 755 503 -503 -755 426 -1432 503 -252 -2560 1536 2150 410 0",
      }
    `);
  });
  it('are those of a fitted encoder', () => {
    const artifact = fitTextEncoder(samplePrompts(60), { dimension: 8 });
    const features: Feature[] = [{ name: 'prompt', type: 'text', dimension: 8, encoder: artifact.hash }];
    const x = createContextEncoder(features, new Map([[artifact.hash, artifact]])).encode({
      prompt: 'How many apples?',
    });
    expect({ hash: artifact.hash, x: Array.from(x).join(' ') }).toMatchInlineSnapshot(`
      {
        "hash": "56f654f0ce642dcb76939be138da2dd1",
        "x": "4096 -2713 82 1682 -842 1241 -307 157 -47 -4096",
      }
    `);
  });
});
