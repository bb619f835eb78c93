/**
 * What learning from a cold start would cost if every model's score of every request were told: the regret of the same
 * linear beliefs, choosing the best that they expect. Who is told of the chosen model alone, and has to try the others to
 * hear of them, cannot be expected to do better.
 */
import { dot } from '../../../policies/linear/packed.js';
import { formPosterior } from '../../../policies/linear/posterior.js';
import { learnOne, runningCopy } from '../../../policies/linear/rank-one.js';
import { createContextEncoder } from '../../../src/routing/features/context-encoder.js';
import { GRID } from '../../../src/routing/features/grid.js';
import { estimate, type Estimate } from '../../report/student.js';
import { chanceOf } from '../../random.js';
import type { Step } from '../../worlds/world.js';
import { routerSpec, type Variant } from './configuration.js';
import { rowsOf, worldOf, type Opened } from './experiment.js';

/** Cumulative regret on test against the best per prompt, in the orders of the seeds. */
export function fullInformationRegret(opened: Opened, variant: Variant, seeds: readonly number[]): Estimate {
  const { encoder, data } = opened;
  const spec = routerSpec(data, encoder.hash, variant);
  const { encode, dimension } = createContextEncoder(spec.features, new Map([[encoder.hash, encoder]]));
  const world = worldOf(opened, [{ name: 'test', rows: rowsOf(opened, variant).test }]);
  const known = new Map<Step['context'], Float64Array>();
  const featuresOf = (context: Step['context']) => {
    const features = known.get(context) ?? Float64Array.from(encode(context), (entry) => entry / GRID);
    known.set(context, features);
    return features;
  };
  const regretOf = (seed: number): number => {
    const beliefs = data.arms.map(() => runningCopy(nothingKnown(dimension, spec.prior?.precision ?? 1)));
    let regret = 0;
    for (const { context, outcomes } of world.steps(chanceOf(seed, 'world'))) {
      const x = featuresOf(context);
      const scores = outcomes.accuracy!;
      const expected = beliefs.map(({ mean }) => dot(mean, x));
      regret += Math.max(...scores) - scores[expected.indexOf(Math.max(...expected))]!;
      beliefs.forEach((belief, k) => learnOne(belief, x, scores[k]!));
    }
    return regret;
  };
  return estimate(seeds.map(regretOf));
}

const nothingKnown = (dimension: number, precision: number) =>
  formPosterior({ dimension, precision, biasPrecision: 1, evidence: [], targetScale: 1, noise: 0.35 });
