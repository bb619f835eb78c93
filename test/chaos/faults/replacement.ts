/** Replicas that go and come in other ways than by a crash. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Replica } from '../replica.js';
import { anyReplica, between, spareReplica, type Fault, type World } from './fault.js';

const inOrder: Fault = {
  kind: 'replica replaced in order',
  weight: 3,
  async inject(world, random) {
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    // Where the database is away at that moment the exit code says that something was not flushed, and is right.
    await world.fleet.replace(replica);
    return true;
  },
};

const clockOff: Fault = {
  kind: 'replica with its clock an hour off',
  weight: 4,
  async inject(world, random) {
    const { fleet, clockOffsetMs } = world;
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    return fleet.kill(replica, clockOffsetMs);
  },
};

const startPatienceMs = 20_000;
/** A little more than a lease. */
const pastLeaseMs = 31_000;

/** Lets the lease of a replica run out in the table, and nobody else's. */
async function endLease({ database }: World, pid: number): Promise<void> {
  await database.query(
    `update replicas set heartbeat = case when owner like $1 then timestamptz '1970-01-01' else now() end`,
    [`${pid}-%`],
  );
}

/**
 * Another replica takes over the stripe of one that goes on writing to it, until it finds that out and claims another; a
 * while later the first one is killed.
 * @param before what is done to the first one, after which its lease has run out
 */
async function shareStripe(world: World, replica: Replica, before: () => Promise<void>): Promise<boolean> {
  const { fleet, database } = world;
  await before();
  const successor = await Promise.race([fleet.add(), sleep(startPatienceMs, undefined)]);
  if (replica.isEnding) return false;
  // Before it goes on: its first heartbeat gets it another stripe.
  const owners = successor
    ? await database.query('select from replicas where owner like $1', [`${replica.pid}-%`]).catch(() => [{}])
    : [{}];
  replica.thaw();
  if (owners.length === 0) await sleep(2_000);
  fleet.kill(replica);
  return owners.length === 0;
}

const sharedByTable: Fault = {
  kind: 'two processes with one stripe, by its lease in the table',
  weight: 2,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    if (!replica) return false;
    return shareStripe(world, replica, () => endLease(world, replica.pid));
  },
};

const sharedByStandstill: Fault = {
  kind: 'two processes with one stripe, after a standstill',
  weight: 2,
  async inject(world, random) {
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    return shareStripe(world, replica, () => {
      replica.freeze();
      return endLease(world, replica.pid);
    });
  },
};

const frozenPastLease: Fault = {
  kind: 'two processes with one stripe, after a standstill longer than the lease',
  weight: 0.2,
  async inject(world, random) {
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    return shareStripe(world, replica, async () => {
      replica.freeze();
      await sleep(pastLeaseMs);
    });
  },
};

const standstill: Fault = {
  kind: 'replica stands still and goes on',
  weight: 3,
  async inject(world, random) {
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    replica.freeze();
    await sleep(between(random, 200, 3_000));
    replica.thaw();
    return true;
  },
};

export const replacements: readonly Fault[] = [
  inOrder,
  clockOff,
  sharedByTable,
  sharedByStandstill,
  frozenPastLease,
  standstill,
];
