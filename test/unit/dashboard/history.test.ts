/** What the page makes of what it saw over time, as far as it can be told without a page. */
import { describe, expect, it } from 'vitest';

interface Reading {
  readonly at: number;
  readonly decisions?: number;
  readonly process?: number;
}
interface Trend {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  readonly say: (value: number) => string;
}

const dashboard = (file: string): Promise<unknown> =>
  import(new URL(`../../../src/dashboard/${file}`, import.meta.url).href);

const { History, readingOf, countsIn, ratesOf, trendsOf } = (await dashboard('history.js')) as {
  History: new () => { add: (key: string, reading: object) => readonly object[] };
  readingOf: (at: number, spec: object, found: object) => Reading;
  countsIn: (metrics: string, id: string) => object;
  ratesOf: (readings: readonly Reading[]) => (number | undefined)[];
  trendsOf: (readings: readonly Reading[], spec: object) => readonly Trend[];
};
const { piecesOf, placing } = (await dashboard('trends.js')) as {
  piecesOf: (values: readonly (number | undefined)[]) => number[][];
  placing: (values: readonly (number | undefined)[], times: readonly number[]) => (i: number) => [number, number];
};

const metrics = (count: number) =>
  [
    'process_start_time_seconds 1760000000',
    '# TYPE tradewind_decisions_total counter',
    `tradewind_decisions_total{router="one",arm="a"} ${count}`,
    'tradewind_decisions_total{router="one",arm="b"} 5',
    'tradewind_decisions_total{router="one-more",arm="a"} 1000',
  ].join('\n');

describe('what the page saw over time', () => {
  it('is counted for the router alone, over its arms', () => {
    expect(countsIn(metrics(7), 'one')).toEqual({ decisions: 12, process: 1_760_000_000 });
    expect(countsIn(metrics(7), 'none')).toEqual({ decisions: 0, process: 1_760_000_000 });
  });

  it('has a rate between two readings of one process, and none across two processes', () => {
    const at = (seconds: number, decisions: number, process: number) => ({ at: 1_000 * seconds, decisions, process });
    expect(ratesOf([at(0, 10, 1), at(5, 60, 1), at(10, 60, 1)])).toEqual([undefined, 10, 0]);
    // A load balancer goes to another and back; then one is restarted.
    expect(ratesOf([at(0, 10, 1), at(5, 900, 2), at(10, 110, 1), at(15, 3, 3)])).toEqual([
      undefined,
      undefined,
      10,
      undefined,
    ]);
    expect(ratesOf([{ at: 0 }, { at: 5 }])).toEqual([undefined, undefined]);
  });

  it('expects the mean over the arms by their probability, without those that are excluded', () => {
    const ranking = [
      { arm: 'a', probability: 0.75, utility: 0.8, expected: { accuracy: 0.8, energy_j: 10 } },
      { arm: 'b', probability: 0.25, utility: 0.4, expected: { accuracy: 0.6, energy_j: 2 } },
      { arm: 'c', probability: 0, utility: 9, expected: { accuracy: 1 }, excluded: 'paused' },
    ];
    const spec = {
      id: 'one',
      budgets: [
        { metric: 'cost_usd', per_request: 0.01 },
        { metric: 'energy_j', limit: 5, per: '1d' },
      ],
    };
    const late = { budgets: [{ price: 3 }, { price: 0 }] };
    const readings = [0, 5_000].map((at) => readingOf(at, spec, { metrics: metrics(at), late, answer: { ranking } }));
    const trends = trendsOf(readings, spec).map(({ name, values, say }) => [name, say(values.at(-1)!)]);
    expect(trends).toEqual([
      ['decisions per second, this process', '1,000'],
      ['expected accuracy', '75.0 %'],
      ['expected utility', '0.700'],
      ['expected energy per request', '8 J'],
      ['price of cost per request', '3'],
      ['price of energy per 1d', '0'],
    ]);
  });

  it('leaves out what is not known at all', () => {
    const spec = { id: 'one' };
    expect(trendsOf([readingOf(0, spec, {})], spec)).toEqual([]);
    const ranking = [{ probability: 1, utility: 0.5, expected: { accuracy: 0.5 } }];
    const names = trendsOf([readingOf(0, spec, { answer: { ranking } })], spec).map(({ name }) => name);
    expect(names).toEqual(['expected accuracy', 'expected utility']);
  });

  it('is kept for each kind of request by itself, an hour of it', () => {
    const history = new History();
    history.add('other', { at: 0 });
    let readings: readonly object[] = [];
    for (let at = 1; at <= 1_000; at++) readings = history.add('one', { at });
    expect(readings).toHaveLength(720);
    expect(readings.at(-1)).toEqual({ at: 1_000 });
  });

  it('is drawn from left to right and from below, with gaps where nothing is known', () => {
    const values = [1, undefined, 3, 2];
    const place = placing(values, [0, 10, 20, 30]);
    expect(piecesOf(values)).toEqual([[0], [2, 3]]);
    expect([place(0), place(2), place(3)]).toEqual([
      [4, 40],
      [145.3, 4],
      [216, 22],
    ]);
    expect(placing([7, 7], [0, 10])(0)).toEqual([4, 22]);
    expect(placing([7], [5])(0)).toEqual([216, 22]);
  });
});
