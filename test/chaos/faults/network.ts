/** What happens between a replica and the database. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { WireProxy } from '../../support/wire-proxy.js';
import { anyReplica, atCommit, between, type Fault } from './fault.js';

const cut: Fault = {
  kind: 'connections cut',
  weight: 8,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    return replica !== undefined && replica.proxy.cutAll() > 0;
  },
};

/** Something that lasts, and is over. */
const lasting = (
  kind: string,
  weight: number,
  [least, most]: readonly [number, number],
  turn: (proxy: WireProxy, on: boolean) => void,
): Fault => ({
  kind,
  weight,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    if (!replica?.proxy.hasConnections) return false;
    const { proxy } = replica;
    turn(proxy, true);
    await sleep(between(random, least, most));
    turn(proxy, false);
    return true;
  },
});

const partitioned = lasting('connections cut and refused', 4, [500, 3_000], (proxy, on) => {
  proxy.refuse(on);
  if (on) proxy.cutAll();
});

/** The connections that were open stay silent afterwards: only the replica can find out that they lead nowhere. */
const halfOpen = lasting('connections half open', 5, [300, 3_000], (proxy, on) => proxy.swallow(on));

const stalled = lasting('network stalled', 6, [300, 3_000], (proxy, on) => proxy.stall(on));

const answerDropped: Fault = {
  kind: 'answer to COMMIT dropped, connection cut',
  weight: 9,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    return replica !== undefined && atCommit(replica, 'done', (connection) => connection.cut());
  },
};

const answerLost: Fault = {
  kind: 'answer to COMMIT dropped, connection half open',
  weight: 4,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    return replica !== undefined && atCommit(replica, 'done', (connection) => connection.silence());
  },
};

const commitLost: Fault = {
  kind: 'COMMIT lost, connection cut',
  weight: 5,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    return replica !== undefined && atCommit(replica, 'before', (connection) => connection.cut());
  },
};

const warned: Fault = {
  kind: 'COMMIT answered with a warning',
  weight: 9,
  async inject(world, random) {
    const replica = anyReplica(world, random);
    if (!replica) return false;
    const { proxy } = replica;
    return new Promise((resolve) => {
      const met = () => {
        clearTimeout(patience);
        resolve(true);
      };
      const takeBack = proxy.warnOnCommit(met);
      const patience = setTimeout(() => {
        takeBack();
        resolve(false);
      }, 2_000);
    });
  },
};

export const networkFaults: readonly Fault[] = [
  cut,
  partitioned,
  halfOpen,
  stalled,
  answerDropped,
  answerLost,
  commitLost,
  warned,
];
