/** `tradewind export` as people use it: a process that may be killed, and a log that answers as the service does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { evaluateExport } from '../../src/cli/evaluate/evaluate-export.js';
import { wantedPolicy } from '../../src/cli/evaluate/policy-option.js';
import { dayAfter, dayName } from '../../src/cli/export/days.js';
import { exportLog } from '../../src/cli/export/export-log.js';
import { tables } from '../../src/cli/export/tables.js';
import type { RouteAnswer } from '../../src/routing/request.js';
import type { Budget } from '../../src/routing/spec.js';
import type { WindowEvaluation } from '../../src/runtime/evaluate.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore, type StoreOptions } from '../../src/store/open-store.js';
import { makeDatabase } from '../support/every-store.js';
import { daysAgo, logPastDays } from '../support/exported-log.js';
import { startClient, type Client } from '../support/http.js';
import { smallRouter, someContext, startRealService } from '../support/real-service.js';
import { seededRandom } from '../support/random.js';
import { transpileProgram } from '../support/transpiled-program.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tradewind-export-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an export that is killed', () => {
  let program: string;
  beforeAll(async () => {
    program = await transpileProgram();
  });
  afterAll(() => rm(program, { recursive: true, force: true }));

  const start = (place: { databaseUrl?: string; dataDir?: string }, out: string, ...more: string[]) => {
    const where = place.databaseUrl ? ['--database-url', place.databaseUrl] : ['--data-dir', place.dataDir!];
    const line = [join(program, 'src/cli/main.js'), 'export', '--out', out, '--router', 'past', ...where, ...more];
    const child = spawn(process.execPath, line, { env: { PATH: process.env['PATH'] } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
    return { child, ended };
  };

  const filesIn = async (out: string): Promise<string[]> =>
    (await readdir(out, { recursive: true })).filter((name) => /^[a-z_]+\/router=past\/day/.test(name)).sort();
  const contents = async (out: string): Promise<Map<string, string>> => {
    const read = async (name: string) => [name, await readFile(join(out, name), 'base64')] as const;
    return new Map(await Promise.all((await filesIn(out)).map(read)));
  };

  // Six processes, of which three open an embedded database, take their time on a busy machine.
  const timeout = 300_000;

  it.each<[string, () => Promise<{ databaseUrl?: string; dataDir?: string }>]>([
    ['a data folder', () => Promise.resolve({ dataDir: join(folder, 'data') })],
    ['Postgres', async () => ({ databaseUrl: await makeDatabase() })],
  ])('goes on where it was, and writes the same bytes, from %s', { timeout }, async (_, where) => {
    const place = await where();
    const store = await openStore(place as StoreOptions);
    await migrate(store);
    const days = [14, 13, 12].map((ago) => ({ day: daysAgo(ago), decisions: 1_500 }));
    await logPastDays(store, { tenant: 'default', router: 'past' }, days);
    await store.close();

    const name = Object.keys(place)[0];
    const [whole, killed] = [join(folder, `whole-${name}`), join(folder, `killed-${name}`)];
    expect(await start(place, whole).ended).toMatchObject({
      code: 0,
      said: expect.stringContaining('in 12 files') as string,
    });

    const { child, ended } = start(place, killed);
    // In the middle of a file that is not the first.
    const isUnderWay = async () => {
      const { size } = await stat(join(killed, '.export', 'unfinished')).catch(() => ({ size: 0 }));
      return size > 0 && (await filesIn(killed)).length >= 3;
    };
    while (child.exitCode === null && !(await isUnderWay())) await sleep(2);
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    const before = await contents(killed);
    const expected = await contents(whole);
    expect(before.size).toBeLessThan(12);
    for (const [path, bytes] of before) expect(bytes === expected.get(path), path).toBe(true);

    const again = await start(place, killed).ended;
    expect(again).toMatchObject({ code: 0, said: expect.stringContaining(`${before.size} were there`) as string });
    const after = await contents(killed);
    expect([...after.keys()]).toEqual([...expected.keys()]);
    for (const [path, bytes] of after) expect(bytes === expected.get(path), path).toBe(true);
  });

  it('says what is wrong with a command line, and makes no database', async () => {
    const empty = { dataDir: join(folder, 'none') };
    const out = join(folder, 'wrong');
    expect(await start(empty, out).ended).toMatchObject({
      code: 1,
      said: expect.stringContaining('holds no database') as string,
    });
    expect(await start(empty, out, '--since', '2026-02-30').ended).toMatchObject({
      code: 2,
      said: expect.stringContaining('expected a day (UTC) as 2026-11-23, got "2026-02-30"') as string,
    });
    expect(await start(empty, out, '--tables', 'guess').ended).toMatchObject({ code: 2 });
    await expect(stat(empty.dataDir)).rejects.toThrow('ENOENT');
  });
});

describe('an exported log', () => {
  const day = daysAgo(12);
  const policies = ['', 'uniform', 'fixed:large', 'linucb:width=0.5', 'thompson'];
  let client: Client;
  const logs: Record<string, { log: string; state: string }> = {};

  beforeAll(async () => {
    // The day before is learned from, so that there is something to know when the day begins.
    let now = daysAgo(13).getTime() + 80_000_000;
    const { service, store } = await startRealService({ clock: () => now });
    client = await startClient({ service });
    // The floor lets the log hold enough of both arms, whatever is drawn, for every policy to be estimated.
    const explored = { policy: { name: 'thompson' }, floor: 0.4 } as const;
    await client.ask('POST', '/v1/routers', smallRouter('logged', explored));
    const random = seededRandom(5);
    for (let i = 0; i < 700; i++) {
      now += 20_000;
      const asked = await client.ask('POST', '/v1/route', { router: 'logged', context: someContext(random) });
      const { arm, feedback_token } = asked.json<RouteAnswer>();
      const right = random.below(10) < (arm === 'large' ? 8 : 5);
      const metrics = { accuracy: right ? 1 : 0, energy_j: arm === 'large' ? 100 : 20 };
      await client.ask('POST', '/v1/feedback', { feedback_token, metrics });
    }
    // Decisions are logged a moment after they are answered.
    const last = async () => (await live('', { from: daysAgo(13).toISOString() }).catch(() => undefined))?.rounds;
    while ((await last()) !== 700) await sleep(50);
    const wish = { out: folder, tenant: 'default', router: 'logged', partial: false, states: true, tables };
    for (const format of ['parquet', 'jsonl', 'csv'] as const) {
      await exportLog(store, { ...wish, format }, { start: () => undefined, update: () => undefined });
      const path = join(folder, 'rounds', 'router=logged', `day=${dayName(day)}`);
      logs[format] = { log: `${path}.${format}`, state: `${path}.state.json` };
    }
  });
  afterAll(() => client.close());

  const live = async (policy: string, more: object = {}) => {
    const wanted = policy === '' ? undefined : wantedPolicy(policy);
    const question = {
      ...{ from: day.toISOString(), to: dayAfter(day).toISOString(), limit: 50_000, ...more },
      ...(wanted?.kind === 'router' ? { policy: wanted.policy } : {}),
    };
    const response = await client.ask('POST', '/v1/routers/logged/evaluate', question);
    expect(response.statusCode, response.body.slice(0, 300)).toBe(200);
    return response.json<WindowEvaluation>();
  };
  const fromFile = async (format: string, policy: string, more: { objective?: object; budgets?: Budget[] } = {}) => {
    const { log, state } = logs[format];
    const question = { ...(policy === '' ? {} : { policy: wantedPolicy(policy) }), ...more };
    const watch = () => ({ update: () => undefined, say: () => undefined, stop: () => undefined });
    const answer = await evaluateExport(log, state, question as Parameters<typeof evaluateExport>[2], watch);
    return JSON.parse(JSON.stringify(answer)) as typeof answer;
  };

  it.each(policies)('answers as the service does, to the last digit: %s', async (policy) => {
    const { rounds, used, logged, estimates, target } = await live(policy);
    expect(estimates.some(({ value }) => value !== null)).toBe(true);
    for (const format of Object.keys(logs))
      expect(await fromFile(format, policy), format).toMatchObject({ rounds, used, logged, estimates, target });
  });

  it('refuses the policy that goes by profiles, of a router without', async () => {
    await expect(fromFile('jsonl', 'profile')).rejects.toThrow('expected profiles with accuracy and energy_j');
  });

  it('answers what other weights and a budget would have changed, too', async () => {
    const objective = { accuracy: 1, energy_j: -0.004 };
    const budget = { metric: 'energy_j', per_request: 40 };
    const { estimates } = await live('linucb', { objective, budget });
    expect((await fromFile('parquet', 'linucb', { objective, budgets: [budget] })).estimates).toEqual(estimates);
    expect(estimates).not.toEqual((await live('linucb')).estimates);
  });
});
