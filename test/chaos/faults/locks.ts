/** Transactions of others that are in the way. */
import { between, type Fault } from './fault.js';

const longTransaction: Fault = {
  kind: 'long open transaction',
  weight: 4,
  async inject({ database }, random) {
    const look = 'select count(*) from feedback';
    await database.hold(['set transaction isolation level repeatable read', look], between(random, 3_000, 12_000));
    return true;
  },
};

const rowsLocked: Fault = {
  kind: 'stripes locked by another transaction',
  weight: 4,
  async inject({ database }, random) {
    await database.hold(['select from stripes for update'], between(random, 300, 2_000));
    return true;
  },
};

/** Every connection of every pool that writes comes to wait for the table. */
const poolExhausted: Fault = {
  kind: 'pool exhausted behind a locked table',
  weight: 5,
  async inject({ database }, random) {
    const table = random.pick(['feedback', 'decisions', 'stripes']);
    await database.hold([`lock table ${table} in access exclusive mode`], between(random, 500, 2_500));
    return true;
  },
};

export const lockFaults: readonly Fault[] = [longTransaction, rowsLocked, poolExhausted];
