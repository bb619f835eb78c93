import { describe, expect, it } from 'vitest';

import { OutcomeLog } from '../../../src/routing/outcome-log.js';
import type { OutcomeRow } from '../../../src/routing/outcome.js';
import { uuidBytes, uuidTimeMs } from '../../../src/routing/uuid.js';

const [first, second] = ['01936d2e-0000-7000-8000-000000000001', '01936d2e-0000-7000-8000-000000000002'] as const;
const timeOf = (id: string) => uuidTimeMs(uuidBytes(id));
const dayMs = 86_400_000;

const row = (decisionId: string, metric: string, value: number, correction = false): OutcomeRow => ({
  ...{ tenant: 't', router: 'r', decisionId, metric, value, arm: 'a', chosen: 'a', propensity: 1 },
  ...{ schema: 's', epoch: 0, features: Int16Array.of(4096), source: '', correction },
});

describe('the outcomes kept in memory', () => {
  it('are known by decision and metric, in whatever order they come', () => {
    const log = new OutcomeLog();
    const rows = [row(first, 'accuracy', 1), row(second, 'accuracy', 0), row(first, 'cost_usd', 2)];
    expect(log.apply(rows).statuses).toEqual(['applied', 'applied', 'applied']);
    expect(log.apply([...rows].reverse()).statuses).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(log.apply([row(second, 'accuracy', 1)])).toEqual({ statuses: ['conflict'], added: [], corrected: [] });
  });

  it('are met again within one call', () => {
    const { statuses, added } = new OutcomeLog().apply([row(first, 'accuracy', 1), row(first, 'accuracy', 1)]);
    expect(statuses).toEqual(['applied', 'duplicate']);
    expect(added).toHaveLength(1);
  });

  it('give way to a correction, which is then what is known', () => {
    const log = new OutcomeLog();
    const [wrong, right] = [row(first, 'accuracy', 0), row(first, 'accuracy', 1, true)];
    log.apply([row(first, 'cost_usd', 2), wrong]);
    expect(log.apply([right])).toEqual({ statuses: ['applied'], added: [right], corrected: [wrong] });
    expect(log.apply([row(first, 'accuracy', 1), row(first, 'cost_usd', 2)]).statuses).toEqual([
      'duplicate',
      'duplicate',
    ]);
  });

  it('are forgotten with their day, the decision met last too', () => {
    const log = new OutcomeLog();
    log.apply([row(first, 'accuracy', 1)]);
    log.dropBefore(timeOf(first));
    expect(log.apply([row(first, 'accuracy', 1)]).statuses).toEqual(['duplicate']);
    log.dropBefore(timeOf(first) + dayMs);
    expect(log.apply([row(first, 'accuracy', 1)]).statuses).toEqual(['applied']);
    expect(log.apply([row(first, 'accuracy', 1)]).statuses).toEqual(['duplicate']);
  });
});
