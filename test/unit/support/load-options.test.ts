import { describe, expect, it } from 'vitest';

import { readOptions } from '../../load/options.js';

describe('the command line of the measurement of load', () => {
  it('measures whole requests at rising rates unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({ mode: 'steps', replicas: [1], seconds: 10, feedbackBatch: 100 });
    expect(readOptions(['--replicas', '1,2', '--steps', '5,10'])).toMatchObject({ replicas: [1, 2], rates: [5, 10] });
    expect(readOptions(['--help'])).toBe('help');
  });

  it('takes the numbers of routers and of rows that growth is measured at', () => {
    expect(readOptions(['--growth'])).toMatchObject({ mode: 'growth', routers: [1, 100, 1000], rows: [1e4, 1e6, 1e7] });
    expect(readOptions(['--growth', '--rows', '0', '--routers', '2'])).toMatchObject({ rows: [], routers: [2] });
  });

  it('has steps of its own for outcomes alone', () => {
    expect(readOptions(['--feedback'])).toMatchObject({
      mode: 'feedback',
      rates: expect.arrayContaining([40_000]) as unknown,
    });
    expect(readOptions(['--feedback', '--steps', '7'])).toMatchObject({ rates: [7] });
  });

  it.each([
    [['--growth', '--feedback'], 'one of --growth and --feedback'],
    [['--rows', '100,10'], '--rows to rise'],
    [['--steps', '2,2'], '--steps to rise'],
    [['--routers', 'many'], '--routers to be whole'],
  ])('refuses %j', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });
});
