/**
 * A whole decision in process, as the library and the service make it: context → features → means and widths of accuracy
 * and energy for every arm → utility → probabilities → floor → draw → ranking → answer, and the token where it is signed.
 * The reference scores both metrics too and takes the arm of the largest bound; it has no features to encode, no floor,
 * draw, ranking, log or token.
 */
import { decide } from '../../src/routing/decide.js';
import type { DecisionConditions } from '../../src/routing/decision.js';
import { buildRouter, type Router } from '../../src/routing/router.js';
import type { RouteRequest } from '../../src/routing/request.js';
import type { PolicySpec } from '../../src/routing/spec.js';
import { StatisticsTable } from '../../src/routing/statistics-table.js';
import { ViewMaker, type View } from '../../src/routing/view.js';
import { answerOf, tokenPayload } from '../../src/runtime/answer.js';
import { decisionIds } from '../../src/runtime/decision-ids.js';
import { KeyRing, keyOfSecret } from '../../src/runtime/key-ring.js';
import { targetScale, quantiseTarget } from '../../policies/linear/target.js';
import { featuresFromGrid } from '../../policies/linear/grid.js';
import { allocatedBytes, retainedBytes } from './allocation.js';
import { benchContext, benchRouter } from './bench-router.js';
import { compare } from './compare.js';
import { random } from './random.js';
import { REFERENCE, referenceArm, referenceChoice } from './reference.js';
import type { BenchModule, Row } from './row.js';
import { SIZES } from './scoring.js';

const CONTEXTS = 32;
const OUTCOMES = 12;

/** What the objective weighs, and the arms have outcomes of. */
const scoredMetrics = ['accuracy', 'energy_j'] as const;

const policies: readonly PolicySpec[] = [{ name: 'linucb' }, { name: 'thompson' }];

interface Setting {
  readonly router: Router;
  readonly view: View;
  readonly requests: readonly RouteRequest[];
  release(): void;
}

/** Every arm has learned accuracy and energy from a few outcomes; some arms are better than others. */
function settingOf(arms: number, d: number, policy: PolicySpec): Setting {
  const next = random(5);
  const spec = benchRouter(arms, d, policy);
  const parts = { tenant: 'default', spec, revision: 1, profiles: [], encoders: new Map() };
  const router = buildRouter({ ...parts, secret: new Uint8Array(32).fill(7) });
  if (router.encoder.dimension !== d) throw new RangeError(`expected ${d} features, got ${router.encoder.dimension}`);
  const request = (k: number) => ({ router: spec.id, context: benchContext(d, k, next) });
  const table = new StatisticsTable();
  router.arms.forEach((arm, k) => {
    for (let n = 0; n < OUTCOMES; n++) {
      const features = router.encoder.encode(request(n).context);
      learn(table, router, arm, features, 'accuracy', next() < 0.4 + (0.5 * k) / arms ? 1 : 0);
      learn(table, router, arm, features, 'energy_j', 10 + 100 * next());
    }
  });
  const maker = new ViewMaker(router);
  const view = maker.form(table, 0, { 1: 12 });
  return {
    router,
    view,
    requests: Array.from({ length: CONTEXTS }, (_, k) => request(k)),
    release: () => maker.release(),
  };
}

function learn(table: StatisticsTable, router: Router, arm: string, features: Int16Array, name: string, value: number) {
  const metric = router.metrics.find((known) => known.name === name)!;
  const key = { schema: router.schema, arm, metric: name, epoch: 0 };
  table.apply(key, features, quantiseTarget(value, targetScale(metric)), 1);
}

const calm: DecisionConditions = { prices: [], ceilings: [], allowances: [], broken: [] };

function* rows(): Iterable<Row> {
  const keyRing = new KeyRing([keyOfSecret('a secret of the benchmark, long enough')]);
  for (const { arms, d } of SIZES) {
    for (const policy of policies) {
      const { router, view, requests, release } = settingOf(arms, d, policy);
      const nextId = decisionIds(Date.now);
      let k = 0;
      const unsigned = () => answerOf(decide(view, calm, requests[k++ % CONTEXTS]!, nextId()), undefined);
      const signed = () => {
        const decision = decide(view, calm, requests[k++ % CONTEXTS]!, nextId());
        return answerOf(decision, keyRing.sign(tokenPayload(decision.logged)));
      };
      const naive = scoredMetrics.map((name) => {
        const first = router.metricNames.indexOf(name) * arms;
        const weight = router.spec.objective[name]!;
        const beliefs = view.posteriors.slice(first, first + arms);
        return { weight, arms: beliefs.map(({ mean, covariance }) => referenceArm(mean, covariance)) };
      });
      const floats = requests.map(({ context }) => featuresFromGrid(router.encoder.encode(context)));
      const reference = {
        name: `${REFERENCE}, both metrics`,
        run: () => referenceChoice(naive, floats[k++ % CONTEXTS]!),
      };
      for (const [token, run] of [
        ['unsigned', unsigned],
        ['signed', signed],
      ] as const) {
        const name = `decide, ${policy.name}, ${token}`;
        yield compare({
          name,
          arms,
          d,
          run,
          reference,
          allocated_bytes: allocatedBytes(run),
          retained_bytes: retainedBytes(run),
        });
      }
      release();
    }
  }
}

export const deciding: BenchModule = { name: 'decide', rows };
