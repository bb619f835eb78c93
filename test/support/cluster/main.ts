/** `npm run cluster -- --replicas 3 --port 8080`: several replicas on one Postgres behind one address, until Ctrl-C. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startCluster } from './cluster.js';

const { values } = parseArgs({
  options: { replicas: { type: 'string', default: '3' }, port: { type: 'string', default: '8080' } },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const wholeNumber = (name: 'replicas' | 'port', least: number, most: number): number => {
  const number = /^\d+$/.test(values[name]) ? Number(values[name]) : NaN;
  if (number >= least && number <= most) return number;
  process.stderr.write(`cluster: expected --${name} from ${least} to ${most}, got "${values[name]}"\n`);
  return process.exit(2);
};

const replicas = wholeNumber('replicas', 1, 16);
const port = wholeNumber('port', 0, 65_535);
const program = fileURLToPath(new URL('../../..', import.meta.url));
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});

say(`Starting Postgres and ${replicas} replicas …`);
const cluster = await startCluster({ program, replicas, port });
say(`Tradewind serves on ${cluster.url} (docs: ${cluster.url}/docs)`);
cluster.replicas.forEach(({ url, pid }, i) => say(`  replica ${i + 1}  ${url}  process ${pid}`));
say(`  Postgres   ${cluster.databaseUrl}, gone with the cluster`);
say('Ctrl-C stops all of it.');
await stopped;
say('Stopping …');
await cluster.stop();
// Postgres of the tests keeps its pipes open for a moment.
process.exit(0);
