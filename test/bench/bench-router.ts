/** The router that decisions are timed with: a task of three, and a vector that fills what is left of d, so that x is dense. */
import type { RouteRequest } from '../../src/routing/request.js';
import type { PolicySpec, RouterSpec } from '../../src/routing/spec.js';

const TASKS = ['qa', 'code', 'summary'] as const;

/** What is left after the constant, the tasks, the unknown task and the missing vector. */
const vectorLength = (d: number): number => d - 1 - (TASKS.length + 1) - 1;

export function benchRouter(arms: number, d: number, policy: PolicySpec): RouterSpec {
  return {
    id: 'bench',
    arms: Array.from({ length: arms }, (_, k) => ({ id: `vendor/model-${k}` })),
    features: [
      { name: 'task', type: 'category', values: [...TASKS] },
      { name: 'embedding', type: 'vector', dimension: vectorLength(d) },
    ],
    objective: { accuracy: 1, energy_j: -0.0005 },
    policy,
  };
}

export const benchContext = (d: number, k: number, next: () => number): RouteRequest['context'] => ({
  task: TASKS[k % TASKS.length]!,
  embedding: Array.from({ length: vectorLength(d) }, () => next() - 0.5),
});
