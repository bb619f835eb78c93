/** `tradewind serve`: the service over HTTP, with its store. */
import { Option, type Command } from 'commander';

import { pino } from 'pino';

import { readConfig, settings, type Flags } from '../config.js';
import { buildApp } from '../http/app.js';
import { startServer, stopOnSignals } from '../http/server.js';
import { startTradewind } from '../runtime/tradewind.js';
import { migrate } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';
import { withExamples } from './examples.js';

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('serve decisions over HTTP, and learn from the outcomes posted to it');
  for (const setting of Object.values(settings)) {
    const option = new Option(`${setting.flag} <value>`, `${setting.description} (${setting.env})`);
    command.addOption(option);
  }
  withExamples(
    command,
    'tradewind serve                                   on http://127.0.0.1:8080, with an embedded database in ./.tradewind',
    'DATABASE_URL=postgres://… tradewind serve --port 0   on Postgres, on a free port',
  ).action((flags: Flags) => serve(flags));
}

async function serve(flags: Flags): Promise<void> {
  const config = readConfig(process.env, flags);
  const logger = pino({ level: config.logLevel });
  const store = await openStore({ ...config, logger });
  try {
    await migrate(store);
    const secrets = config.secret?.split(',').map((secret) => secret.trim());
    const service = await startTradewind({ store, seedExample: true, logger, ...(secrets ? { secrets } : {}) });
    const app = buildApp({ service, logger });
    const server = await startServer({ app, service, ...config });
    stopOnSignals(server, app, (code) => process.exit(code));
    process.stdout.write(
      `Tradewind serves ${service.listRouters().length} routers on ${server.url} (docs: ${server.url}/docs), ` +
        `stored in ${config.databaseUrl ? 'Postgres' : config.dataDir}\n`,
    );
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}
