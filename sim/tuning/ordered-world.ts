/** Rows in the order of their file, for traffic that changes with time. */
import type { Step, World } from '../worlds/world.js';
import type { RowSource } from '../worlds/table-world.js';

/** Each seed leaves out so many of the rows, so that the spread over seeds is that of other rows too. */
const leftOut = 0.1;

export interface OrderedWorldOptions {
  readonly name: string;
  readonly arms: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: RowSource;
}

/** The rows in their order, less a tenth that the seed leaves out. */
export function orderedWorld({ name, arms, metrics, rows }: OrderedWorldOptions): World {
  const length = Math.max(1, Math.ceil((1 - leftOut) * rows.length));
  return {
    name,
    arms,
    metrics,
    length,
    changes: [],
    *steps(chance): Generator<Step> {
      // Selection sampling: each row is kept with the probability that leaves the right number (Knuth, TAOCP 2, 3.4.2, S).
      let wanted = length;
      for (let i = 0; i < rows.length && wanted > 0; i++) {
        if (chance.number() * (rows.length - i) >= wanted) continue;
        wanted--;
        yield { phase: 'all', ...rows.at(i)! };
      }
    },
  };
}
