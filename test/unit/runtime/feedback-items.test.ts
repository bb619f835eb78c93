import { describe, expect, it } from 'vitest';

import { outcomeRows } from '../../../src/routing/learn.js';
import { resultOf } from '../../../src/runtime/feedback-items.js';
import { ask, routerOf, viewOf } from '../../support/routing.js';

const router = routerOf();
const { logged } = ask(viewOf(router), { candidates: ['small'] });
const target = { ...logged, decisionId: logged.id };
const rows = outcomeRows(router.spec, target, { metrics: { accuracy: 0, energy_j: 3 }, failed: true, source: 's' });

describe('an outcome that is not what is stored', () => {
  it('is told both values, field by field', () => {
    const known = [
      { decisionId: logged.id, metric: 'accuracy', value: 1, arm: 'small' },
      { decisionId: logged.id, metric: 'energy_j', value: 3, arm: 'large' },
    ];
    expect(resultOf(rows, ['conflict', 'conflict', 'applied'], known).errors).toEqual([
      { pointer: '/metrics/accuracy', detail: 'expected 1, which is stored; got 0' },
      { pointer: '/metrics/energy_j', detail: 'expected 3 of large, which is stored; got 3 of small' },
    ]);
  });

  it('is told its own value where the other cannot be read', () => {
    expect(resultOf(rows, ['conflict', 'duplicate', 'duplicate']).errors).toEqual([
      { pointer: '/metrics/accuracy', detail: 'expected the value that is stored; got 0' },
    ]);
  });
});

describe('an outcome that was taken back', () => {
  it('is told of every metric that was', () => {
    const { detail, errors } = resultOf(rows, ['retracted', 'duplicate', 'retracted']);
    expect(detail).toContain('what source "s" reported of this decision (accuracy, failed) was taken back');
    expect(errors!.map(({ pointer }) => pointer)).toEqual(['/metrics/accuracy', '/failed']);
  });
});
