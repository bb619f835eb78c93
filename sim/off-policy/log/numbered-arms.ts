/**
 * Whose is `p7`? A log that numbers its probabilities and names its arms doesn't say, but in every round the probability of
 * the arm that was chosen is the logged propensity. A number that fits an arm in all of its rounds is that arm's.
 */
import { TableError } from '../../table/table-error.js';

export class NumberedArms {
  /** Numbers that fit each arm in every round so far. */
  private readonly fitting = new Map<string, Set<number>>();
  private most = 0;

  /** How many arms are numbered. */
  get size(): number {
    return this.most;
  }

  take(arm: string, propensity: number, probabilities: readonly number[]): void {
    this.most = Math.max(this.most, probabilities.length);
    const fits = (i: number) => Math.abs((probabilities[i] ?? 0) - propensity) < 1e-9;
    const before = this.fitting.get(arm) ?? new Set(probabilities.keys());
    this.fitting.set(arm, new Set([...before].filter(fits)));
  }

  /**
   * @returns a name for every number, in order; a number that was never chosen is called `p7`
   * @throws TableError when an arm could have several numbers, or none
   */
  names(path: string): string[] {
    const names = Array.from({ length: this.most }, (_, i) => `p${i}`);
    const settled = new Map<number, string>();
    // An arm that is sure of its number takes it from the others, which may make them sure of theirs.
    for (let left = [...this.fitting]; left.length > 0;) {
      const sure = left.find(([, numbers]) => open(numbers, settled).length === 1);
      if (!sure) throw unsure(path, left[0]!, settled);
      settled.set(open(sure[1], settled)[0]!, sure[0]);
      left = left.filter((entry) => entry !== sure);
    }
    for (const [i, arm] of settled) names[i] = arm;
    return names;
  }
}

const open = (numbers: ReadonlySet<number>, settled: ReadonlyMap<number, string>) =>
  [...numbers].filter((i) => !settled.has(i));

function unsure(path: string, [arm, numbers]: [string, Set<number>], settled: ReadonlyMap<number, string>): TableError {
  const columns = open(numbers, settled).map((i) => `p${i}`);
  const why =
    columns.length === 0
      ? 'none of the probabilities is its propensity in every round'
      : `it could be ${columns.join(', ')}`;
  return new TableError(
    path,
    `expected to find the probability of "${arm}"; ${why}. Name the arms in the order of p0, p1, …`,
  );
}
