/**
 * A replica that is taken for dead and comes back. It is frozen as a COMMIT of its own is on its way, with outcomes that
 * wait behind it, and stays so for longer than its lease. The living fold its stripe as that of the dead; another starts,
 * claims it and goes on with it. Then the first one continues, in the middle of what it was doing, under a name that is no
 * longer anybody's: it has to find that out, claim a stripe of its own and serve on. It is not killed afterwards, so
 * that what it holds in memory is compared with the others at the end of the round, unless another fault ends it.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { foldStripes } from '../../../src/store/fold-stripes.js';
import { replicaLeaseMs } from '../../../src/store/live-replicas.js';
import { openStore } from '../../../src/store/open-store.js';
import type { SeededRandom } from '../../support/random.js';
import type { Database } from '../database.js';
import type { Replica } from '../replica.js';
import { atCommit, between, spareReplica, type Fault, type World } from './fault.js';

const pastLeaseMs = replicaLeaseMs + 1_000;
/** Other faults are under way: the database may be away, and a start may have to be made again and again. */
const patienceMs = 60_000;
const freezeAttempts = 5;
/** A heartbeat is due every 5 s; the rest is for a database that is away for a minute. */
const returnPatienceMs = 120_000;

/** Takes half a minute of its turn, so it is rare; every long round begins with one. */
export const zombie: Fault = {
  kind: 'replica frozen past its lease, succeeded, and continued',
  weight: 0.2,
  async inject(world, random) {
    const replica = await frozenReplica(world, random);
    if (!replica) return false;
    try {
      if (!(await isSucceeded(world, replica, random))) return false;
    } finally {
      replica.thaw();
    }
    return comesBack(world, replica);
  },
};

/** Others may end or freeze the one that was picked before it comes to its commit: then another is. */
async function frozenReplica(world: World, random: SeededRandom): Promise<Replica | undefined> {
  for (let attempt = 1; attempt <= freezeAttempts; attempt++) {
    const replica = await spareReplica(world, random);
    if (!replica) return undefined;
    if (await isFrozenAtCommit(replica, random)) return replica;
  }
  return undefined;
}

/** Half of the time the connection is gone as well, so that it never hears what became of its commit. */
async function isFrozenAtCommit(replica: Replica, random: SeededRandom): Promise<boolean> {
  const cuts = random.chance(0.5);
  let isFrozen = false;
  const freeze = () => {
    if (!replica.isServing) return;
    replica.freeze();
    isFrozen = true;
  };
  const isMet = await atCommit(replica, 'sent', (connection) => {
    freeze();
    if (cuts) connection.cut();
  });
  if (!isMet) freeze();
  return isFrozen;
}

/** @returns false when it kept its stripe after all, or was ended */
async function isSucceeded(world: World, replica: Replica, random: SeededRandom): Promise<boolean> {
  const { database, fleet, journal } = world;
  await sleep(pastLeaseMs);
  const isFolded = await holdsWithin(patienceMs, () => fold(database, { ownerless: true }));
  void fleet.add();
  const isClaimed = async () => {
    // Of several stripes without an owner a start takes the first: this one is to be the only one.
    await database.query('update replicas set heartbeat = now() where owner not like $1', [nameOf(replica)]);
    return !(await hasStripe(database, replica));
  };
  const isLost = isFolded && (await holdsWithin(patienceMs, isClaimed));
  await sleep(between(random, 1_000, 3_000));
  const isFoldedOn = isLost && (await holdsWithin(patienceMs, () => fold(database, {})));
  journal(`  life ${replica.life}: ${JSON.stringify({ isFolded, isLost, isFoldedOn, isEnding: replica.isEnding })}`);
  return isFoldedOn && !replica.isEnding;
}

async function comesBack({ database, fleet, journal }: World, replica: Replica): Promise<boolean> {
  const began = performance.now();
  const isSettled = async () => replica.isEnding || (await hasStripe(database, replica));
  if (!(await holdsWithin(returnPatienceMs, isSettled))) {
    fleet.violations.push(`life ${replica.life} lost its stripe and has claimed no other in ${returnPatienceMs} ms`);
    return true;
  }
  if (replica.isEnding) return false;
  journal(`  life ${replica.life} has another stripe after ${Math.round(performance.now() - began)} ms`);
  return true;
}

/** As the replicas do, each minute. */
async function fold(database: Database, which: { readonly ownerless?: boolean }): Promise<boolean> {
  const store = await openStore({ databaseUrl: database.url, poolSize: 1 });
  try {
    await foldStripes(store, which);
    return true;
  } finally {
    await store.close();
  }
}

const nameOf = ({ pid }: Replica): string => `${pid}-%`;

/** Whether it has a stripe under any of its names, the one that was taken for dead included. */
async function hasStripe(database: Database, replica: Replica): Promise<boolean> {
  const rows = await database.query('select from replicas where owner like $1', [nameOf(replica)]);
  return rows.length > 0;
}

/** Asks until it holds; a failure is taken for "not yet". */
async function holdsWithin(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(200))
    if (await holds().catch(() => false)) return true;
  return false;
}
