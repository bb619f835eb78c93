/** `tradewind serve`: the service over HTTP, with its store. */
import { hostname } from 'node:os';

import { Option, type Command } from 'commander';

import { pino, type Logger } from 'pino';

import { readConfig, settings, type Config, type Flags } from '../config.js';
import { buildApp } from '../http/app.js';
import { startServer, stopOnSignals } from '../http/server.js';
import { traced, type Tracing } from '../runtime/tracing.js';
import { startTradewind } from '../runtime/start-tradewind.js';
import { migrate } from '../store/migrate.js';
import { openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { answering } from './answering.js';
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
  let opened: Pick<Store, 'close'> = store;
  try {
    await answering(config.databaseUrl, () => migrate(store));
    const secrets = config.secret?.split(',').map((secret) => secret.trim());
    const tracing = await tracingOf(config, logger);
    const given = { ...(secrets ? { secrets } : {}), ...(tracing ? { tracing } : {}) };
    const started = await startTradewind({ store, seedExample: true, logger, ...given });
    // From here on tasks run in the background that ask the store; whoever ends it ends them first.
    opened = started;
    const service = tracing ? traced(started, tracing) : started;
    const app = buildApp({ service, logger, ...(tracing ? { tracing } : {}) });
    const server = await startServer({ app, service, ...config });
    stopOnSignals(server, app, (code) => process.exit(code));
    process.stdout.write(
      `Tradewind serves ${counted(service.listRouters().length)} on ${server.url} (docs: ${server.url}/docs), ` +
        `stored in ${config.databaseUrl ? 'Postgres' : config.dataDir}\n`,
    );
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

const counted = (routers: number) => `${routers} router${routers === 1 ? '' : 's'}`;

/** OpenTelemetry is loaded only where it is asked for: it takes time and memory. */
async function tracingOf({ otlpEndpoint }: Config, logger: Logger): Promise<Tracing | undefined> {
  if (otlpEndpoint === undefined) return undefined;
  const { otlpTracing } = await import('../runtime/tracing-otlp.js');
  return otlpTracing({ endpoint: otlpEndpoint, instance: `${hostname()}-${process.pid}`, logger });
}
