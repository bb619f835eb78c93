/** How much an operation leaves on the JavaScript heap: until the next collection, and after it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { median } from './compare.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Few enough calls that the young generation, 16 MB, is not collected meanwhile. */
const CALLS = 300;
const ROUNDS = 7;

const heap = (): number => process.memoryUsage().heapUsed;

const repeat = (run: () => unknown): void => {
  for (let k = 0; k < CALLS; k++) run();
};

/** Bytes per call that the heap grows by while nothing is collected. */
export function allocatedBytes(run: () => unknown): number {
  repeat(run);
  const growth = Array.from({ length: ROUNDS }, () => {
    collect();
    const before = heap();
    repeat(run);
    return heap() - before;
  });
  return Math.max(0, median(growth)) / CALLS;
}

/** Bytes per call that are still there after a collection. */
export function retainedBytes(run: () => unknown): number {
  const growth = Array.from({ length: ROUNDS }, () => {
    repeat(run);
    collect();
    const before = heap();
    repeat(run);
    collect();
    return heap() - before;
  });
  return Math.max(0, median(growth)) / CALLS;
}
