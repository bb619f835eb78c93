/** What is looked at every so often: what the replicas hold, and how the database stands. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { TradewindProcess } from '../../support/tradewind-process.js';
import { asking } from '../database.js';
import { metric, metricsOf } from '../usage.js';

export interface ReplicaSample {
  readonly rss_mb: number;
  readonly heap_mb: number;
  readonly open_files: number;
  readonly active_handles: number;
  /** Runs of the tasks in the background that failed, and folds and maintenances that went well, since it started. */
  readonly failed_tasks: number;
  readonly maintenances: number;
  readonly folds: number;
}

export interface DatabaseSample {
  /** Of the tables whose rows are rewritten all the time. */
  readonly dead_rows: number;
  readonly state_mb: number;
  readonly connections: number;
  /** Days that each log has. */
  readonly days: number;
  /** Grow with what is logged: told, and not judged. */
  readonly log_mb: number;
  readonly statistics_mb: number;
}

export interface Sample {
  readonly seconds: number;
  readonly replicas: readonly ReplicaSample[];
  readonly database: DatabaseSample;
}

const MB = 2 ** 20;
/** For the collection that was asked for to be over. */
const collectingMs = 300;

export async function sampleReplica({ url, pid }: TradewindProcess): Promise<ReplicaSample> {
  // Twice: what finalisers let go is collected by the second.
  for (let i = 0; i < 2; i++) {
    process.kill(pid, 'SIGUSR2');
    await sleep(collectingMs);
  }
  const text = await metricsOf(url);
  const labelled = (name: string, wanted: RegExp) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && wanted.test(line))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    rss_mb: metric(text, 'process_resident_memory_bytes') / MB,
    heap_mb: metric(text, 'nodejs_heap_size_used_bytes') / MB,
    open_files: metric(text, 'process_open_fds'),
    active_handles: metric(text, 'nodejs_active_handles_total'),
    failed_tasks: labelled('tradewind_task_runs_total', /outcome="failure"/),
    maintenances: labelled('tradewind_task_runs_total', /task="maintenance",outcome="success"/),
    folds: metric(text, 'tradewind_stripe_folds_total'),
  };
}

const stateTables = `'stripes', 'budget_spend', 'watches', 'replicas'`;

export function sampleDatabase(databaseUrl: string): Promise<DatabaseSample> {
  return asking(databaseUrl, async (client) => {
    const { rows } = await client.query<Record<keyof DatabaseSample, string>>(`
      select
        (select sum(n_dead_tup) from pg_stat_user_tables where relname in (${stateTables}, 'statistics')) as dead_rows,
        (select sum(pg_total_relation_size(oid)) / ${MB}.0 from pg_class where relname in (${stateTables})) as state_mb,
        (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections,
        (select count(*) from pg_partition_tree('feedback') where isleaf) as days,
        (select sum(pg_total_relation_size(relid)) / ${MB}.0
          from unnest(array['decisions', 'feedback', 'feedback_corrections']) as name, pg_partition_tree(name::regclass)
          where isleaf) as log_mb,
        pg_total_relation_size('statistics') / ${MB}.0 as statistics_mb`);
    return Object.fromEntries(
      Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]),
    ) as unknown as DatabaseSample;
  });
}
