/** Whether every replica that runs holds the same sums, of all that still counts, and these are the fold of the log. */
import { setTimeout as sleep } from 'node:timers/promises';

import { ask, routeTimeoutMs } from '../ask.js';
import type { Replica } from '../replica.js';
import { cellName, differences, epochOf, type Sums } from './fold.js';

interface State {
  readonly schema: string;
  readonly statistics: readonly { arm: string; metric: string; epoch: number; bytes: string }[];
}

/** @returns for each replica whose sums have not become those of the log in time, which cells differ */
export async function checkReplicas(
  replicas: readonly Replica[],
  router: string,
  expected: Sums,
  patienceMs: number,
): Promise<string[]> {
  const wrong = await Promise.all(
    replicas.map(async (replica) => {
      let cells: string[] = [];
      for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(250)) {
        cells = await differing(replica, router, expected);
        if (cells.length === 0) return [];
      }
      return cells.map((cell) => `in the memory of life ${replica.life}: ${cell}`);
    }),
  );
  return wrong.flat();
}

async function differing(replica: Replica, router: string, expected: Sums): Promise<string[]> {
  const answer = await ask(replica, `/v1/routers/${router}/state`, undefined, routeTimeoutMs);
  if (typeof answer === 'string' || answer.status !== 200) return ['the state could not be read'];
  const { schema, statistics } = answer.body as State;
  const held = new Map(statistics.map((cell) => [cellName({ schema, ...cell }), cell.bytes]));
  const counting = oldestCounting(schema, Date.now() + replica.clockOffsetMs);
  const oldest = Math.min(counting, ...statistics.map(({ epoch }) => epoch));
  return differences(new Map([...expected].filter(([name]) => epochOf(name) >= oldest)), held);
}

/** Half-lives after which nothing counts any more, and a replica may have let it go. */
const halfLivesCounting = 40;

/** A schema ends with the half-life that numbers its epochs, if it has one. Changes of arms number them higher yet. */
function oldestCounting(schema: string, now: number): number {
  const [, halfLifeMs] = schema.split(':');
  return halfLifeMs === undefined ? -Infinity : Math.floor((now / Number(halfLifeMs) - halfLivesCounting) * 8);
}
