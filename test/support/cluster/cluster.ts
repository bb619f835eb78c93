/** What `compose.yaml` describes, as processes: a Postgres, replicas of the service, and a load balancer before them. */
import { startPostgres, type PostgresServer } from '../postgres-server.js';
import { startProcess, type TradewindProcess } from '../tradewind-process.js';
import { startRoundRobin, type RoundRobin } from './round-robin.js';

export interface ClusterOptions {
  /** Folder with `src/cli/main.js`. */
  readonly program: string;
  readonly replicas: number;
  /** Of the load balancer; 0 takes a free one. */
  readonly port?: number;
  /** Settings of Postgres; its own by default. */
  readonly settings?: Record<string, string>;
  /** More of the environment of every replica. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Cluster {
  /** Of the load balancer. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly replicas: readonly TradewindProcess[];
  /** Stops the balancer, the replicas in order, and Postgres. */
  stop(): Promise<void>;
}

/** @throws Error with what a replica wrote when it ends before it serves; nothing is left running */
export async function startCluster({ program, replicas, port, settings = {}, env }: ClusterOptions): Promise<Cluster> {
  const postgres = await startPostgres(settings);
  const running: TradewindProcess[] = [];
  try {
    const databaseUrl = postgres.url();
    // The first one migrates and seeds; the others find that done.
    for (let i = 0; i < replicas; i++)
      running.push(await startProcess({ program, databaseUrl, ownGroup: true, ...(env ? { env } : {}) }));
    const balancer = await startRoundRobin(
      running.map(({ url }) => url),
      port,
    );
    return { url: balancer.url, databaseUrl, replicas: running, stop: () => stop(postgres, running, balancer) };
  } catch (error) {
    await stop(postgres, running);
    throw error;
  }
}

async function stop(
  postgres: PostgresServer,
  replicas: readonly TradewindProcess[],
  balancer?: RoundRobin,
): Promise<void> {
  await balancer?.close();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await postgres.close();
}
