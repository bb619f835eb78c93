import { describe, expect, it } from 'vitest';

import { epsilonGreedyProbabilities } from '../../../../policies/exploration/epsilon-greedy.js';
import { projectOntoMinima, withFloor } from '../../../../policies/exploration/floor.js';
import { greedyProbabilities } from '../../../../policies/exploration/greedy.js';
import { inverseGapProbabilitiesOfCosts } from '../../../../policies/exploration/inverse-gap.js';
import { hasFixture, readFixture } from '../fixture.js';

interface SquareCb {
  readonly inputs: { readonly predicted_cost: number[] };
  readonly cases: readonly {
    readonly gamma: number;
    readonly gamma_scale: number;
    readonly gamma_exponent: number;
    readonly n_learned: number;
    readonly min_prob_epsilon: number;
    readonly expected: number[];
  }[];
  readonly tolerance: number;
}

interface ExploreCase {
  readonly fn: string;
  readonly expected: number[];
  readonly epsilon?: number;
  readonly top?: number;
  readonly n?: number;
  readonly mu?: number;
  readonly update_zeros?: boolean;
  readonly pdf?: number[];
  readonly votes?: number[];
}

function expectClose(got: Float64Array, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((p, i) => expect(Math.abs(got[i] - p)).toBeLessThan(tolerance));
}

const squareCb = 'vw-squarecb.json';
describe.skipIf(!hasFixture(squareCb))(`inverse-gap against Vowpal Wabbit (skipped without ${squareCb})`, () => {
  it('gives the probabilities that VW gave for the same predicted costs', () => {
    const { inputs, cases, tolerance } = readFixture(squareCb) as SquareCb;
    for (const c of cases) {
      const gamma = c.gamma_scale * c.n_learned ** c.gamma_exponent;
      expect(gamma).toBeCloseTo(c.gamma, 12);
      const own = inverseGapProbabilitiesOfCosts(Float64Array.from(inputs.predicted_cost), gamma);
      expectClose(withFloor(own, c.min_prob_epsilon), c.expected, tolerance);
    }
  });
});

/** What VW calls the floor when zeros stay zeros: minima on the support only, shared out over it. */
function floorOnSupport(pdf: Float64Array, mu: number): Float64Array {
  const support = pdf.filter((p) => p > 0).length;
  return projectOntoMinima(
    pdf,
    pdf.map((p) => (p > 0 ? mu / support : 0)),
  );
}

/** Softmax and plain normalising are not rules of this project; every other case of the fixture is reproduced. */
const rules: Record<string, (c: ExploreCase) => Float64Array> = {
  epsilon_greedy: (c) =>
    epsilonGreedyProbabilities(
      new Float64Array(c.n!).map((_, i) => (i === c.top ? 1 : 0)),
      c.epsilon!,
    ),
  enforce_minimum_probability: (c) =>
    c.update_zeros ? withFloor(Float64Array.from(c.pdf!), c.mu!) : floorOnSupport(Float64Array.from(c.pdf!), c.mu!),
  bag: (c) => greedyProbabilities(Float64Array.from(c.votes!)),
};

const explore = 'vw-explore-distributions.json';
describe.skipIf(!hasFixture(explore))(`floor and epsilon-greedy against VW (skipped without ${explore})`, () => {
  it('gives the distributions that the tests of VW expect', () => {
    const { cases, tolerance } = readFixture(explore) as { cases: ExploreCase[]; tolerance: number };
    const ours = cases.filter((c) => c.fn in rules);
    expect(ours.length).toBe(7);
    for (const c of ours) expectClose(rules[c.fn](c), c.expected, tolerance);
  });
});
