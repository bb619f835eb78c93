/** One outcome into the statistics of one arm and metric, and statistics to bytes. */
import { Matrix } from 'ml-matrix';

import { featuresFromGrid } from '../../policies/linear/grid.js';
import { Statistics } from '../../policies/linear/statistics.js';
import { compare } from './compare.js';
import { denseFeatures, random } from './random.js';
import type { BenchModule, Row } from './row.js';

const CONTEXTS = 64;

function* rows(): Iterable<Row> {
  for (const d of [26, 64, 384]) {
    const next = random(2);
    const contexts = Array.from({ length: CONTEXTS }, () => denseFeatures(d, next));
    const columns = contexts.map((x) => Matrix.columnVector(featuresFromGrid(x)));
    const taskOnly = new Int16Array(d).fill(4096, 0, 1).fill(4096, 5, 6);
    const statistics = new Statistics(d);
    const precision = Matrix.eye(d);
    let n = 0;
    const rankOne = (x: Matrix) => precision.add(x.mmul(x.transpose()));
    yield compare({
      name: 'learn one outcome',
      arms: 1,
      d,
      run: () => statistics.add(contexts[n++ % CONTEXTS]!, 123_456_789_012),
      reference: { name: 'rank-one update with ml-matrix', run: () => rankOne(columns[n++ % CONTEXTS]!) },
    });
    const column = Matrix.columnVector(featuresFromGrid(taskOnly));
    yield compare({
      name: 'learn one outcome, task only',
      arms: 1,
      d,
      run: () => statistics.add(taskOnly, 123_456_789_012),
      reference: { name: 'rank-one update with ml-matrix', run: () => rankOne(column) },
    });
    yield compare({ name: 'statistics to bytes', arms: 1, d, run: () => statistics.toBytes() });
    const bytes = statistics.toBytes();
    yield compare({ name: 'statistics from bytes', arms: 1, d, run: () => Statistics.fromBytes(bytes) });
  }
}

export const learning: BenchModule = { name: 'learning', rows };
