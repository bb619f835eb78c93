import { randomBytes } from 'node:crypto';

import { quantiseTarget } from '../../policies/linear/target.js';
import type { LoggedDecision } from '../../src/routing/decision.js';
import type { OutcomeRow } from '../../src/routing/outcome.js';
import { uuidText } from '../../src/routing/uuid.js';
import type { TargetOf } from '../../src/store/outcome-batch.js';

/** The id of a decision made at a time. */
export function decisionId(time: Date = new Date()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(time.getTime(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return uuidText(bytes);
}

export const features = (...entries: number[]): Int16Array => Int16Array.from([4096, ...entries]);

/** An outcome of a new decision made now, but for what is given. */
export function outcome(router: string, given: Partial<OutcomeRow> = {}): OutcomeRow {
  const arm = given.arm ?? 'small';
  return {
    tenant: 'default',
    router,
    decisionId: decisionId(),
    metric: 'accuracy',
    value: 0.5,
    arm,
    chosen: arm,
    propensity: 0.25,
    schema: 'schema-1',
    epoch: 0,
    features: features(100, -4096),
    source: 'test',
    correction: false,
    ...given,
  };
}

/** Metrics of the tests lie in [-8, 8]; a failure teaches nothing. */
export const targetOf: TargetOf = (row) => (row.metric === 'failed' ? null : quantiseTarget(row.value, 8));

export function decision(router: string, given: Partial<LoggedDecision> = {}): LoggedDecision {
  return {
    tenant: 'default',
    router,
    id: decisionId(),
    revision: 1,
    schema: 'schema-1',
    view: { 1: 7 },
    epoch: 0,
    features: features(1, 2, 3),
    objective: { energy_j: -0.0005, accuracy: 1 },
    constraints: { max_energy_j: 5e-324 },
    conditions: { prices: [0.1 + 0.2], ceilings: [], allowances: [1e300], broken: [] },
    policy: 'linucb',
    candidates: ['small', 'large'],
    probabilities: Float64Array.of(0.1, 0.9),
    excluded: [{ arm: 'huge', reason: 'expects 9 J, allowed are 5 J' }],
    arm: 'large',
    propensity: 0.9,
    ...given,
  };
}
