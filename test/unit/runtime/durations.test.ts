import { describe, expect, it } from 'vitest';

import { Durations, histogramText } from '../../../src/runtime/durations.js';

describe('durations', () => {
  it('are counted in cumulative buckets, the bound itself included', () => {
    const durations = new Durations([0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 3]) durations.observe(seconds);
    expect(histogramText('a_seconds', 'how long', [['', durations]]).split('\n')).toEqual([
      '# HELP a_seconds how long',
      '# TYPE a_seconds histogram',
      'a_seconds_bucket{le="0.1"} 2',
      'a_seconds_bucket{le="1"} 3',
      'a_seconds_bucket{le="+Inf"} 4',
      'a_seconds_sum 3.65',
      'a_seconds_count 4',
      '',
    ]);
  });

  it('carry their labels on every line', () => {
    const durations = new Durations([1]);
    durations.observe(0.25);
    expect(durations.lines('b_seconds', 'route="/v1/route"')).toEqual([
      'b_seconds_bucket{le="1",route="/v1/route"} 1',
      'b_seconds_bucket{le="+Inf",route="/v1/route"} 1',
      'b_seconds_sum{route="/v1/route"} 0.25',
      'b_seconds_count{route="/v1/route"} 1',
    ]);
  });
});
