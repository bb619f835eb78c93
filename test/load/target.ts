/** The replicas under load, with the client's connections to them and the requests that it repeats. */
import { Client } from '../../src/cli/client.js';
import type { RouterSpec } from '../../src/routing/spec.js';
import { benchContext, benchRouter } from '../bench/bench-router.js';
import { random } from '../bench/random.js';
import { startCluster, type Cluster } from '../support/cluster/cluster.js';
import { postRequest } from './connection.js';
import { Pool } from './pool.js';

export interface Replica {
  readonly url: string;
  readonly decisions: Pool;
  /** Apart, so that no decision stands in line behind a batch of feedback. */
  readonly feedback: Pool;
  /** POST /v1/route, with contexts that differ. */
  readonly requests: readonly Buffer[];
}

export interface Target {
  readonly replicas: readonly Replica[];
  readonly databaseUrl: string;
  /** Stops all that was started. */
  close(): Promise<void>;
}

export interface TargetOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly replicas: number;
  /** Settings of Postgres; durable, as it is shipped, by default. */
  readonly settings?: Record<string, string>;
  /** Routers, all alike, that take turns; 1 by default. */
  readonly routers?: number;
}

const ARMS = 3;
const DIMENSION = 26;
const BODIES = 64;
const pools = {
  decisions: { connections: 256, patienceMs: 1_000, timeoutMs: 10_000 },
  feedback: { connections: 8, patienceMs: 5_000, timeoutMs: 30_000 },
};
const knownWithinMs = 30_000;

export async function startTarget(options: TargetOptions): Promise<Target> {
  const cluster = await startCluster(options);
  try {
    const ids = routerIds(options.routers ?? 1);
    const urls = cluster.replicas.map(({ url }) => url);
    await makeRouters(urls, ids);
    const replicas = urls.map((url) => replicaAt(url, ids));
    return { replicas, databaseUrl: cluster.databaseUrl, close: () => close(replicas, cluster) };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const router = benchRouter(ARMS, DIMENSION, { name: 'linucb' });

export const routerIds = (count: number): string[] => Array.from({ length: count }, (_, i) => `${router.id}-${i}`);

/** Made at one replica; the others come to know them by themselves. */
export async function makeRouters(
  urls: readonly string[],
  ids: readonly string[],
  over: (index: number) => Partial<RouterSpec> = () => ({}),
): Promise<void> {
  const clients = urls.map((url) => new Client(url));
  for (const [i, id] of ids.entries()) await clients[0]!.createRouter({ ...router, ...over(i), id });
  const deadline = Date.now() + knownWithinMs;
  for (const client of clients) {
    while (!(await client.routerIfAny(ids.at(-1)!))) {
      if (Date.now() > deadline) throw new Error(`${client.url} does not know the routers after ${knownWithinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export function replicaAt(url: string, ids: readonly string[]): Replica {
  const next = random(7);
  const bodies = Array.from({ length: Math.max(BODIES, ids.length) }, (_, k) =>
    JSON.stringify({ router: ids[k % ids.length], context: benchContext(DIMENSION, k, next) }),
  );
  return {
    url,
    decisions: new Pool(url, pools.decisions),
    feedback: new Pool(url, pools.feedback),
    requests: bodies.map((body) => postRequest(url, '/v1/route', body)),
  };
}

/** The same replica, and clients that nothing but their number holds back from asking again. */
export const crowded = (replica: Replica, connections: number): Replica => ({
  ...replica,
  decisions: new Pool(replica.url, { ...pools.decisions, connections }),
});

async function close(replicas: readonly Replica[], cluster: Cluster): Promise<void> {
  await Promise.all(replicas.map(hangUp));
  await cluster.stop();
}

export const hangUp = async ({ decisions, feedback }: Replica): Promise<void> =>
  void (await Promise.all([decisions.close(), feedback.close()]));
