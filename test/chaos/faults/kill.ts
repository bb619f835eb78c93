/** SIGKILL of a replica: at any time, and at every point on the way of a COMMIT. */
import type { CommitPoint } from '../../support/wire-proxy.js';
import { atCommit, spareReplica, type Fault } from './fault.js';

const atPoint = (kind: string, point: CommitPoint, weight: number): Fault => ({
  kind,
  weight,
  async inject(world, random) {
    const { fleet } = world;
    const replica = await spareReplica(world, random);
    return (
      replica !== undefined &&
      atCommit(replica, point, (connection) => {
        // What the replica has not heard by now it never hears, and what the server has not got it never gets.
        if (point !== 'heard') connection.silence();
        fleet.kill(replica);
      })
    );
  },
});

const anyTime: Fault = {
  kind: 'killed at any time',
  weight: 5,
  async inject(world, random) {
    const replica = await spareReplica(world, random);
    if (!replica) return false;
    world.fleet.kill(replica);
    return true;
  },
};

export const kills: readonly Fault[] = [
  anyTime,
  atPoint('killed before COMMIT', 'before', 6),
  atPoint('killed during COMMIT', 'sent', 6),
  atPoint('killed after COMMIT, before its answer', 'done', 6),
  atPoint('killed after the answer to COMMIT', 'heard', 5),
];
