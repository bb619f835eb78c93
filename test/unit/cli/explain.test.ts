import { describe, expect, it } from 'vitest';

import { describeExplanation } from '../../../src/cli/explain.js';
import type { Explanation } from '../../../src/routing/explain.js';

const arm = (name: string, utility: number, excluded?: string): Explanation['arms'][number] => ({
  arm: name,
  probability: excluded === undefined ? 0.2 : 0,
  ...(excluded === undefined ? {} : { excluded }),
  utility,
  deviation: 0.1,
  metrics: [
    {
      metric: 'accuracy',
      mean: utility,
      deviation: 0.1,
      weight: 1,
      utility,
      prior_mean: 0.5,
      evidence_shift: utility - 0.5,
      trust: 1,
      outcomes: 12,
    },
  ],
});
const explanation: Explanation = {
  decision_id: 'd',
  router: 'r',
  decided_at: '2026-11-23T00:00:00Z',
  arm: 'fifth',
  propensity: 0.2,
  reproduced: true,
  policy: { name: 'linucb', revision: 3, view: {} },
  features: [{ label: 'task=a', value: 1 }],
  draw: 0.25,
  arms: [
    arm('fifth', 0.1),
    arm('fourth', 0.2),
    arm('best', 0.9),
    arm('paused', 0.95, 'is paused'),
    arm('second', 0.8),
    arm('third', 0.3),
  ],
};
const linesOf = (all?: boolean) => describeExplanation(explanation, all);
const firstWords = (lines: string[]) => lines.map((line) => line.split(' ')[0]);

describe('a decision explained', () => {
  it('ranks the candidates, counts the others, and shows the terms of the chosen and the best arms', () => {
    const lines = linesOf();
    const words = firstWords(lines);
    expect(words.filter((word) => ['best', 'second', 'third', 'fourth', 'fifth', 'paused'].includes(word!))).toEqual([
      ...['best', 'second', 'third', 'fourth', 'fifth'],
      ...['fifth', 'best', 'second', 'third'],
    ]);
    expect(lines).toContain('and 1 more that could not be chosen; --all shows them and why');
    expect(lines.find((line) => line.startsWith('best') && line.includes('accuracy'))).toMatch(
      /accuracy +0\.500 +0\.400 +0\.900 +1\.00 +0\.900 +12$/,
    );
  });

  it('leaves out metrics that nobody weighs, has measured or believes anything of, unless all are asked for', () => {
    const silent = { ...explanation.arms[0]!.metrics[0]!, metric: 'latency_ms' };
    const nothing = { mean: 0, weight: 0, utility: 0, prior_mean: 0, evidence_shift: 0, outcomes: 0 };
    const arms = explanation.arms.map((one) => ({ ...one, metrics: [...one.metrics, { ...silent, ...nothing }] }));
    const text = (all: boolean) => describeExplanation({ ...explanation, arms }, all).join('\n');
    expect(text(false)).not.toContain('latency_ms');
    expect(text(true)).toContain('latency_ms');
  });

  it('shows everything when asked, with the reasons', () => {
    const lines = linesOf(true);
    expect(lines.filter((line) => line.startsWith('paused'))).toHaveLength(2);
    expect(lines.join('\n')).toContain('is paused');
  });

  it('says loudly when recomputing gives something else', () => {
    expect(describeExplanation({ ...explanation, reproduced: false }).join('\n')).toContain('NOT the same as logged');
  });
});
