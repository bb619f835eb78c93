/** The replicas under load, with the client's connections to them and the requests that it repeats. */
import { Client } from '../../src/cli/client.js';
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
  /** Stops all that was started. */
  close(): Promise<void>;
}

export interface TargetOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly replicas: number;
  /** Settings of Postgres; durable, as it is shipped, by default. */
  readonly settings?: Record<string, string>;
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
    await makeRouter(cluster);
    const replicas = cluster.replicas.map(({ url }) => replicaAt(url));
    return { replicas, close: () => close(replicas, cluster) };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

const router = benchRouter(ARMS, DIMENSION, { name: 'linucb' });

/** Made at one replica; the others come to know it by themselves. */
async function makeRouter({ replicas }: Cluster): Promise<void> {
  const clients = replicas.map(({ url }) => new Client(url));
  await clients[0]!.createRouter(router);
  const deadline = Date.now() + knownWithinMs;
  for (const client of clients) {
    while (!(await client.routerIfAny(router.id))) {
      if (Date.now() > deadline) throw new Error(`${client.url} does not know the router after ${knownWithinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function replicaAt(url: string): Replica {
  const next = random(7);
  const bodies = Array.from({ length: BODIES }, (_, k) =>
    JSON.stringify({ router: router.id, context: benchContext(DIMENSION, k, next) }),
  );
  return {
    url,
    decisions: new Pool(url, pools.decisions),
    feedback: new Pool(url, pools.feedback),
    requests: bodies.map((body) => postRequest(url, '/v1/route', body)),
  };
}

async function close(replicas: readonly Replica[], cluster: Cluster): Promise<void> {
  await Promise.all(replicas.flatMap(({ decisions, feedback }) => [decisions.close(), feedback.close()]));
  await cluster.stop();
}
