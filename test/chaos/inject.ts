/** Draws faults and lets them happen, several at a time, until enough have. */
import { setTimeout as sleep } from 'node:timers/promises';

import { seededRandom, type SeededRandom } from '../support/random.js';
import type { Fault, World } from './faults/fault.js';
import { drawFault } from './faults/registry.js';
import { diskFull } from './faults/server.js';

export interface InjectOptions {
  readonly count: number;
  readonly random: SeededRandom;
  /** Faults that may be under way at the same moment. */
  readonly atOnce: number;
  /** Faults to begin with. */
  readonly first?: readonly Fault[];
  /** Told of each that happened, and of each that this machine doesn't allow. */
  readonly onFault: (kind: string, happened: 'happened' | 'skipped') => void;
}

/** The pause between two faults, at most. */
const longestPauseMs = 1_000;
/** Further draws are made when so many in a row could not happen, up to this many pauses. */
const mostInVain = 400;

export async function inject(world: World, options: InjectOptions): Promise<void> {
  const { random, count, atOnce, onFault } = options;
  const first = [...(options.first ?? [])];
  let due = count;
  let inVain = 0;
  const worker = async () => {
    while (due > 0) {
      due--;
      const fault = first.shift() ?? drawFault(random);
      const own = seededRandom(random.below(2 ** 31));
      const pauseMs = own.below(longestPauseMs);
      const happened = await happens(world, fault, own, onFault);
      if (!happened) {
        due++;
        if (++inVain > mostInVain) throw new Error(`no fault could happen ${mostInVain} times in a row`);
      } else inVain = 0;
      await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function happens(
  world: World,
  fault: Fault,
  random: SeededRandom,
  onFault: InjectOptions['onFault'],
): Promise<boolean> {
  if (fault === diskFull && !world.database.disk) {
    onFault(fault.kind, 'skipped');
    return false;
  }
  world.journal(`begins: ${fault.kind}`);
  try {
    const happened = await fault.inject(world, random);
    world.journal(`${happened ? 'is over' : 'could not be'}: ${fault.kind}`);
    if (happened) onFault(fault.kind, 'happened');
    return happened;
  } catch (error) {
    // The operator's own connection is hit by faults as well as others are.
    world.journal(`failed: ${fault.kind}: ${String(error)}`);
    return false;
  }
}
