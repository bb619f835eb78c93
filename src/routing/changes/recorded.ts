/**
 * Changes as recorded facts: what outcomes from before each count for when a posterior is formed. The sums stay as they
 * are, every replica applies the same facts, and a replay meets them at the same place.
 */
import { epochOf, epochWeight, REMEMBERED_EPOCHS } from '../../../policies/linear/forgetting.js';
import type { Evidence } from '../../../policies/linear/evidence.js';
import type { Change } from '../spec.js';
import type { Cell } from '../statistics-table.js';

/** A change of the declaration with every default filled in. */
export interface RecordedChange {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The first epoch after it. */
  readonly epoch: number;
  readonly arm: string;
  readonly metric: string;
  readonly scale: number;
  readonly offset: number;
  readonly weight: number;
  /** Variance of the level's move, in units of σ²; 0 when it did not move. */
  readonly shift: number;
}

/** @param changes in order of time */
export function recordedChanges(changes: readonly Change[], halfLifeMs: number | undefined): RecordedChange[] {
  return changes.map(({ at, arm, metric, scale = 1, offset = 0, weight = 1, level_outcomes }, i) => {
    const atMs = Date.parse(at);
    const shift = level_outcomes === undefined ? 0 : 1 / level_outcomes;
    return { atMs, epoch: epochOf(atMs, halfLifeMs) + i + 1, arm, metric, scale, offset, weight, shift };
  });
}

export interface Seen {
  /** Of the router, in order of time. */
  readonly changes: readonly RecordedChange[];
  /** The epoch that a posterior is formed in. */
  readonly present: number;
  readonly forgets: boolean;
}

/**
 * The oldest epoch that counts: the first whose age is at most {@link REMEMBERED_EPOCHS}; -Infinity where nothing is
 * forgotten. What is older is in no view, whether a replica still has it in memory or never read it.
 */
export function oldestSeen({ changes, present, forgets }: Seen): number {
  if (!forgets) return -Infinity;
  const past = changes.filter(({ epoch }) => epoch <= present);
  const last = present - REMEMBERED_EPOCHS;
  // Changes after an epoch age it by nothing, so with each of them one more epoch before it is seen.
  let after = past.length;
  while (after > 0 && past[past.length - after].epoch <= last - after) after--;
  return last - after;
}

/** The earliest present from which no epoch before `oldest` is seen, and none that is not there is missed. */
export function earliestPresent(oldest: number, { changes, present }: Pick<Seen, 'changes' | 'present'>): number {
  const past = changes.filter(({ epoch }) => epoch <= present);
  return oldest + begunBy(past, oldest - 1) + REMEMBERED_EPOCHS;
}

/** The outcomes of one arm and metric as they count now. @param stored oldest epoch first */
export function evidenceSeen(stored: readonly Cell[], arm: string, metric: string, seen: Seen): Evidence[] {
  const oldest = oldestSeen(seen);
  const cells = stored.filter(({ key }) => key.epoch >= oldest);
  const past = seen.changes.filter(({ epoch }) => epoch <= seen.present);
  const own = past.filter((change) => change.arm === arm && change.metric === metric);
  return cells.map(({ key, statistics }, i) => {
    const { scale, offset, weight } = countsAs(key.epoch, own);
    const next = cells[i + 1]?.key.epoch ?? Infinity;
    const between = own.filter(({ epoch }) => epoch > key.epoch && epoch <= next);
    const age = seen.forgets ? epochWeight(key.epoch + begunBy(past, key.epoch), seen.present) : 1;
    return {
      statistics,
      weight: weight * age,
      scale,
      offset,
      shift: between.reduce((sum, { shift }) => sum + shift, 0),
    };
  });
}

/** What a value of an epoch became by the changes after it: weight, and y → scale·y + offset. */
function countsAs(epoch: number, own: readonly RecordedChange[]): Pick<RecordedChange, 'scale' | 'offset' | 'weight'> {
  let [scale, offset, weight] = [1, 0, 1];
  for (const change of own) {
    if (change.epoch <= epoch) continue;
    scale *= change.scale;
    offset = offset * change.scale + change.offset;
    weight *= change.weight;
  }
  return { scale, offset, weight };
}

/** Epochs after one that began with a change and not with the passing of time: they age nothing. */
const begunBy = (past: readonly RecordedChange[], epoch: number): number =>
  past.filter((change) => change.epoch > epoch).length;
