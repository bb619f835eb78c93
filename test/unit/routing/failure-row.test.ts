import { describe, expect, it } from 'vitest';

import { FailureRow } from '../../../src/routing/failure-row.js';
import { idMaker } from '../../support/routing.js';

const idsFrom = (count: number): string[] => Array.from({ length: count }, idMaker());

describe('failures in a row', () => {
  it('are counted by the order of the decisions, in whatever order they are told', () => {
    const ids = idsFrom(5);
    const row = new FailureRow();
    for (const id of ids) row.wentWell(id);
    expect([4, 0, 2, 1, 3].map((i) => row.failed(ids[i]))).toEqual([1, 1, 1, 3, 5]);
  });

  it('are parted by a decision that went well, until that is told to have failed too', () => {
    const [first, between, last] = idsFrom(3);
    const row = new FailureRow();
    row.failed(first);
    row.wentWell(between);
    expect(row.failed(last)).toBe(1);
    expect(row.failed(between)).toBe(3);
  });

  it('count a decision once, and as failed whatever is told of it afterwards', () => {
    const [first, second] = idsFrom(2);
    const row = new FailureRow();
    expect([row.failed(first), row.failed(first)]).toEqual([1, 1]);
    row.wentWell(first);
    expect(row.failed(second)).toBe(2);
  });

  it('are forgotten after a thousand decisions that went well', () => {
    const [first, ...others] = idsFrom(1_001);
    const row = new FailureRow();
    row.failed(first);
    for (const id of others.slice(1)) row.wentWell(id);
    expect(row.isEmpty).toBe(false);
    row.wentWell(others[0]);
    expect(row.isEmpty).toBe(true);
  });
});
