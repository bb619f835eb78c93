/** `npm run crash -- --kills 100 --seed 7`: the crash test at length, on the built program, over both databases. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startPostgres } from '../postgres-server.js';
import { runCrash, type CrashOptions, type CrashRound } from './run-crash.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    engine: { type: 'string', default: 'both' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

const given: Pick<CrashOptions, 'program' | 'kills' | 'seed' | 'loadMs' | 'onRound'> = {
  program: fileURLToPath(new URL('../../..', import.meta.url)),
  kills: Number(values.kills),
  seed: Number(values.seed),
  loadMs: [250, 3_000],
  onRound: ({ round, startMs, loadMs, decisions, outcomes }: CrashRound) =>
    say(`kill ${round}: started in ${startMs} ms, load for ${loadMs} ms; ${decisions} decisions, ${outcomes} outcomes`),
};

async function overFolder(): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-crash-'));
  try {
    return await run('a data folder', { ...given, dataDir });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function overPostgres(): Promise<boolean> {
  const server = await startPostgres({});
  const crashDatabase = async () => {
    await server.halt('immediate');
    await server.start();
  };
  try {
    return await run('Postgres', { ...given, databaseUrl: server.url(), crashDatabase });
  } finally {
    await server.close();
  }
}

async function run(where: string, options: CrashOptions): Promise<boolean> {
  say(`Over ${where}, seed ${options.seed}`);
  const { perLife, ...report } = await runCrash(options);
  say(JSON.stringify({ ...report, fewestPerRun: Math.min(...perLife) }, undefined, 2));
  return report.violations.length === 0 && report.exitCode === 0;
}

let kept = true;
if (values.engine !== 'postgres') kept = (await overFolder()) && kept;
if (values.engine !== 'pglite') kept = (await overPostgres()) && kept;
say(kept ? 'Every promise was kept.' : 'Promises were broken.');
process.exitCode = kept ? 0 : 1;
