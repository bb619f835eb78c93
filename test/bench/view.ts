/** The posterior of one arm and metric, formed anew from its sums, with and without a prior to measure trust in. */
import { inverse, Matrix } from 'ml-matrix';

import { featuresFromGrid } from '../../policies/linear/grid.js';
import { formPosterior } from '../../policies/linear/posterior.js';
import { formPrior, type Prior } from '../../policies/linear/prior.js';
import { Statistics } from '../../policies/linear/statistics.js';
import { compare } from './compare.js';
import { denseFeatures, random } from './random.js';
import type { BenchModule, Row } from './row.js';

const OUTCOMES = 200;

/** Profiles of nine tasks, each a bias and a slot of its own. */
function profiles(d: number): Prior {
  return formPrior(
    d,
    Array.from({ length: 9 }, (_, task) => ({
      features: Float64Array.from({ length: d }, (_, i) => (i === 0 || i === task + 1 ? 1 : 0)),
      value: 0.5 + task / 20,
      weight: 50,
      samples: 1000,
    })),
  );
}

function* rows(): Iterable<Row> {
  for (const d of [26, 32, 64, 384]) {
    const next = random(3);
    const statistics = new Statistics(d);
    const precision = Matrix.eye(d);
    const moment = Matrix.zeros(d, 1);
    for (let n = 0; n < OUTCOMES; n++) {
      const features = denseFeatures(d, next);
      const x = Matrix.columnVector(featuresFromGrid(features));
      const y = Math.round(next());
      statistics.add(features, y * 2 ** 40);
      precision.add(x.mmul(x.transpose()));
      moment.add(Matrix.mul(x, y));
    }
    const believe = (prior: Prior) =>
      formPosterior({
        dimension: d,
        precision: 1,
        prior,
        evidence: [{ statistics, weight: 1, scale: 1 }],
        targetScale: 1,
        noise: 0.35,
      });
    const reference = {
      name: 'A⁻¹ and A⁻¹b with ml-matrix',
      run: () => {
        const covariance = inverse(precision);
        return [covariance, covariance.mmul(moment)];
      },
    };
    const [none, nine] = [formPrior(d, []), profiles(d)];
    yield compare({ name: 'form a posterior', arms: 1, d, run: () => believe(none), reference });
    yield compare({ name: 'form a posterior, trust measured', arms: 1, d, run: () => believe(nine), reference });
  }
}

export const view: BenchModule = { name: 'view', rows };
