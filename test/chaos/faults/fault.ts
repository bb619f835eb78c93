import { setTimeout as sleep } from 'node:timers/promises';

import type { SeededRandom } from '../../support/random.js';
import type { CommitPoint, ProxiedConnection } from '../../support/wire-proxy.js';
import type { Database } from '../database.js';
import type { Fleet } from '../fleet.js';
import type { Load } from '../load.js';
import type { Replica } from '../replica.js';

/** What faults are done to. */
export interface World {
  readonly database: Database;
  readonly fleet: Fleet;
  readonly load: Load;
  /** How far a clock that is wrong is off, all of them in the same direction. */
  readonly clockOffsetMs: number;
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  /** Writes down what happens, for whoever has to find out why. */
  readonly journal: (line: string) => void;
}

export interface Fault {
  readonly kind: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /**
   * Does it, and resolves when it is over.
   * @returns false where it could not take place just now; then it isn't counted, and another is drawn
   */
  inject(world: World, random: SeededRandom): Promise<boolean>;
}

/** A replica is sent outcomes all the time, unless it or the database is away. */
const commitPatienceMs = 4_000;

/** Waits for the next COMMIT of a replica to come to a point, and acts there. @returns whether one came */
export function atCommit(
  replica: Replica,
  point: CommitPoint,
  act: (connection: ProxiedConnection) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      takeAway();
      resolve(false);
    }, commitPatienceMs);
    const takeAway = replica.proxy.onCommit({
      point,
      spring: (connection) => {
        clearTimeout(patience);
        act(connection);
        resolve(true);
      },
    });
  });
}

/** A replica that serves; undefined when none does. */
export function anyReplica({ fleet, journal }: World, random: SeededRandom): Replica | undefined {
  const replica: Replica | undefined = random.pick(fleet.serving());
  if (replica) journal(`  on life ${replica.life}`);
  return replica;
}

/** How long a fault that takes a replica away waits for one to be to spare. */
const sparePatienceMs = 10_000;

/** A replica that may go, since enough others serve; undefined when there is none for long. */
export async function spareReplica(world: World, random: SeededRandom): Promise<Replica | undefined> {
  for (const end = performance.now() + sparePatienceMs; !world.fleet.canSpareOne; await sleep(50))
    if (performance.now() > end) return undefined;
  return anyReplica(world, random);
}

/** A duration from a range, in milliseconds. */
export const between = (random: SeededRandom, least: number, most: number): number =>
  least + random.below(most - least + 1);
