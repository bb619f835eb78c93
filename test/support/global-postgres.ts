import type { TestProject } from 'vitest/node';

import { startPostgres } from './postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server that every test file of the run shares; each makes a database of its own. */
    postgresUrl: string;
  }
}

/** One Postgres for a whole run of the tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('postgresUrl', server.url());
  return () => server.close();
}
