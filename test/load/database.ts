/** What the rows of a step took of the database. */
import pg from 'pg';

export interface Taken {
  /** Write-ahead log. */
  readonly walBytes: number;
  /** Of all days of the logs, with their indexes. */
  readonly tableBytes: number;
}

/** Since the database was made; what work took is a difference. */
export async function takenOf(databaseUrl: string): Promise<Taken> {
  return asking(databaseUrl, async (client) => {
    const { rows } = await client.query<{ wal: string; tables: string }>(`
      select pg_current_wal_lsn() - '0/0'::pg_lsn as wal,
        (select coalesce(sum(pg_total_relation_size(relid)), 0)
          from unnest(array['decisions', 'feedback', 'feedback_corrections']) as name,
            pg_partition_tree(name::regclass) where isleaf) as tables`);
    return { walBytes: Number(rows[0]!.wal), tableBytes: Number(rows[0]!.tables) };
  });
}

/** On a connection of its own, which nothing is left of. */
export async function asking<T>(databaseUrl: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}
