import { describe, expect, it } from 'vitest';

import type { ProfileRow } from '../../../../src/routing/profile.js';
import { paretoFront, profilePoints } from '../../../../src/routing/profiles/pareto.js';

const row = (arm: string, task: string | undefined, accuracy?: number, energy?: number): ProfileRow => ({
  arm,
  ...(task === undefined ? {} : { task }),
  metrics: {
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(energy === undefined ? {} : { energy_j: energy }),
  },
  samples: 1,
  source: 'test',
  measured_on: '2026',
});
const names = (points: { arm: string }[]) => points.map((point) => point.arm);

describe('the accuracy–energy front', () => {
  it('holds the arms that none beats on both, by energy', () => {
    const rows = [row('big', 'a', 0.9, 100), row('small', 'a', 0.7, 10), row('wasteful', 'a', 0.7, 50)];
    expect(names(paretoFront(rows, 'a'))).toEqual(['small', 'big']);
  });

  it('leaves out an equally accurate arm that uses more, and one of two equals', () => {
    const rows = [row('b', 'a', 0.7, 10), row('a', 'a', 0.7, 10), row('c', 'a', 0.7, 11), row('d', 'a', 0.6, 10)];
    expect(names(paretoFront(rows, 'a'))).toEqual(['a']);
  });

  it('pools the tasks below the one asked for, each counting the same', () => {
    const rows = [row('m', 'qa/one', 0.4, 10), row('m', 'qa/two', 0.8, 30), row('m', 'qab', 0, 1000)];
    expect(profilePoints(rows, 'qa')).toEqual([{ arm: 'm', accuracy: expect.closeTo(0.6), energy_j: 20, cells: 2 }]);
  });

  it('takes the row of the task itself before those below it, and the nearest above when there is none', () => {
    const rows = [row('m', 'qa', 0.5, 5), row('m', 'qa/one', 0.9, 9), row('m', undefined, 0.1, 1)];
    expect(profilePoints(rows, 'qa')[0]).toMatchObject({ accuracy: 0.5 });
    expect(profilePoints(rows, 'qa/two')[0]).toMatchObject({ accuracy: 0.5 });
    expect(profilePoints(rows, 'code')[0]).toMatchObject({ accuracy: 0.1 });
    expect(profilePoints(rows.slice(0, 2), 'code')).toEqual([]);
  });

  it('does not compare a mean over one task with a mean over two', () => {
    const rows = [row('m', 'qa/one', 0.5, 5), row('m', 'qa/two', 0.5, 5), row('easy', 'qa/one', 0.9, 1)];
    expect(names(profilePoints(rows, 'qa'))).toEqual(['m']);
    expect(names(profilePoints(rows, 'qa/one'))).toEqual(['m', 'easy']);
  });

  it('leaves out rows that lack accuracy or energy', () => {
    expect(paretoFront([row('a', 'a', 0.5), row('b', 'a', undefined, 3)], 'a')).toEqual([]);
  });
});
