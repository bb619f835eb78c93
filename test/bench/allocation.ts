/** How much an operation leaves on the JavaScript heap. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Few enough calls that the young generation is not collected meanwhile. */
const CALLS = 2000;

/** Bytes per call that the heap grows by while nothing is collected. */
export function allocatedBytes(run: () => unknown): number {
  for (let k = 0; k < CALLS; k++) run();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let k = 0; k < CALLS; k++) run();
  return Math.max(0, process.memoryUsage().heapUsed - before) / CALLS;
}
