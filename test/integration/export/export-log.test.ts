import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openLog } from '../../../sim/off-policy/log/open-log.js';
import type { Round } from '../../../sim/off-policy/round.js';
import type { Format } from '../../../src/cli/export/columns.js';
import { dayName } from '../../../src/cli/export/days.js';
import { exportLog, type ExportWish } from '../../../src/cli/export/export-log.js';
import { tables } from '../../../src/cli/export/tables.js';
import { insertDecisions } from '../../../src/store/insert-decisions.js';
import { dayMs } from '../../../src/store/partitions.js';
import { streamDecisions } from '../../../src/store/read-decisions.js';
import { streamCorrections, streamOutcomes } from '../../../src/store/stream-outcomes.js';
import { onEveryStore } from '../../support/every-store.js';
import { daysAgo, logPastDays, readParquet } from '../../support/exported-log.js';
import { decision } from '../../support/outcomes.js';

const silentWatch = { start: () => undefined, update: () => undefined };

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

onEveryStore((store) => {
  const key = { tenant: 'default', router: `exported-${randomUUID().slice(0, 8)}` };
  const day = daysAgo(12);
  const window = { from: day, to: new Date(day.getTime() + dayMs) };
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tradewind-export-'));
    await logPastDays(store(), key, [
      { day, decisions: 2_500 },
      { day: daysAgo(11), decisions: 3 },
    ]);
    await insertDecisions(store(), [decision(key.router)], new Date());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = (out: string, over: Partial<ExportWish> = {}) => {
    const wish = { tenant: key.tenant, router: key.router, format: 'parquet', partial: false, states: false } as const;
    return exportLog(store(), { ...wish, out: join(folder, out), tables, ...over }, silentWatch);
  };
  const place = (out: string, table: string, format: Format = 'parquet', of = day) =>
    join(folder, out, table, `router=${key.router}`, `day=${dayName(of)}.${format}`);

  describe('an export as Parquet', () => {
    it('holds every decision, outcome and correction as the log does', async () => {
      const report = await write('whole');
      expect(report).toMatchObject({ written: 8, kept: 0, rows: 2_503 + 1_252 + 2 + 2_503 });
      const decisions = await readParquet(place('whole', 'decisions'));
      const logged = await all(streamDecisions(store(), key, window));
      expect(decisions.map(({ decision_id: id }) => id)).toEqual(logged.map(({ id }) => id));
      const { id, features, probabilities, ...first } = logged[0];
      const { tenant: _tenant, router: _router, ...same } = first;
      const numbers = { revision: BigInt(first.revision), epoch: BigInt(first.epoch) };
      expect(decisions[0]).toEqual({
        ...{ ...same, ...numbers, decision_id: id, decided_at: expect.any(Date) as Date },
        ...{ features: [...features], probabilities: [...probabilities] },
      });
      const outcomes = await all(streamOutcomes(store(), key, { ...window, limit: 100 }));
      expect(outcomes).toHaveLength(1_250);
      const exported = await readParquet(place('whole', 'feedback'));
      expect(exported.map(({ decision_id, metric, value, target }) => [decision_id, metric, value, target])).toEqual(
        outcomes.map(({ decisionId, metric, value, target }) => [decisionId, metric, value, BigInt(target!)]),
      );
      expect(exported[0]).toMatchObject({ stripe: 1n, source: 'test', received_at: outcomes[0].receivedAt });
      const corrections = await all(streamCorrections(store(), key, window));
      expect(corrections).toMatchObject([{ value: 0.5, replacedBy: 'test' }]);
      const [correction] = await readParquet(place('whole', 'feedback_corrections'));
      expect(correction).toMatchObject({ value: 0.5, replaced_version: BigInt(corrections[0].replacedVersion) });
    });

    it('is left as it is when it is there, and comes out the same to the byte when it is made anew', async () => {
      await write('twice');
      const before = await readFile(place('twice', 'feedback'));
      expect(await write('twice')).toMatchObject({ written: 0, kept: 8, rows: 0 });
      await rm(place('twice', 'feedback'));
      expect(await write('twice')).toMatchObject({ written: 1, kept: 7 });
      expect((await readFile(place('twice', 'feedback'))).equals(before)).toBe(true);
      expect((await readFile(place('whole', 'decisions'))).equals(await readFile(place('twice', 'decisions')))).toBe(
        true,
      );
    });
  });

  it.each<Format>(['parquet', 'jsonl', 'csv'])('gives the rounds back to the simulator from %s', async (format) => {
    const only = tables.filter(({ name }) => name === 'rounds');
    await write('rounds', { format, tables: only });
    const log = await openLog(place('rounds', 'rounds', format), { encoded: 'schema-1' });
    const rounds: Round[] = [];
    for await (const round of log.rounds()) rounds.push(round);
    const logged = await all(streamDecisions(store(), key, window));
    expect(log.arms).toEqual(['large', 'small']);
    expect(rounds).toHaveLength(2_500);
    expect(rounds[0]).toMatchObject({ arm: 0, propensity: 0.9, outcomes: { accuracy: 0.25 }, eligible: [1, 0] });
    expect(rounds.map(({ time }) => time)).toEqual(
      logged.map(({ id }) => parseInt(id.replace('-', '').slice(0, 12), 16)),
    );
    expect([...rounds[7].probabilities!]).toEqual([0.9, 0.1]);
    expect(rounds[7].features).toEqual(logged[7].features);
    expect(rounds.filter(({ outcomes }) => 'accuracy' in outcomes)).toHaveLength(1_250);
    const days = await openLog(join(folder, 'rounds', 'rounds', `router=${key.router}`)).catch((error: Error) => error);
    if (format === 'parquet') expect(days).toMatchObject({ survey: { rounds: 2_503 } });
    else expect((days as Error).message).toContain('expected logs of one format');
  });

  describe('days that are not final', () => {
    it('are left out, and named', async () => {
      const { waiting } = await write('waiting');
      expect(waiting.at(-1)).toContain(dayName(new Date()));
      expect(await readdir(join(folder, 'waiting', 'decisions', `router=${key.router}`))).toHaveLength(2);
    });

    it('are refused when they are asked for, before anything is written', async () => {
      await expect(write('refused', { until: new Date() })).rejects.toThrow('earlier --until');
      await expect(readdir(join(folder, 'refused'))).rejects.toThrow('ENOENT');
    });

    it('are written beside the others when that is asked for, and anew each time', async () => {
      const wish = { partial: true, tables: tables.filter(({ name }) => name === 'rounds'), until: new Date() };
      expect(await write('partial', wish)).toMatchObject({ written: 3, kept: 0 });
      expect(await write('partial', wish)).toMatchObject({ written: 1, kept: 2 });
      const router = join(folder, 'partial', 'rounds', `router=${key.router}`);
      const partial = (await readdir(router)).filter((name) => name.endsWith('.partial'));
      expect(partial).toEqual([`day=${dayName(new Date())}.parquet.partial`]);
      expect((await openLog(router)).survey.rounds).toBe(2_504);
    });
  });

  it('keeps to the days that are asked for', async () => {
    const report = await write('some', { since: daysAgo(11), until: daysAgo(11), tables: tables.slice(0, 1) });
    expect(report).toMatchObject({ written: 1, rows: 3, waiting: [] });
    expect(await write('none', { until: daysAgo(20) })).toMatchObject({ written: 0, kept: 0 });
  });

  it('writes a router of any name that a database holds inside its folder', async () => {
    const odd = { tenant: key.tenant, router: `../../../outside/${key.router}` };
    await logPastDays(store(), odd, [{ day, decisions: 2 }]);
    const only = tables.filter(({ name }) => name === 'decisions');
    expect(await write('odd', { router: odd.router, tables: only, until: day })).toMatchObject({ written: 1 });
    const written = join(folder, 'odd', 'decisions', `router=..%2F..%2F..%2Foutside%2F${key.router}`);
    expect(await readdir(written)).toEqual([`day=${dayName(day)}.parquet`]);
  });

  it('does not know a router that is not there', async () => {
    const unknown = write('nobody', { router: 'nobody' });
    await expect(unknown).rejects.toMatchObject({ code: 'unknown-router' });
    await expect(unknown).rejects.toThrow(/^expected the name of a router \(.+\), got "nobody"/);
  });
});
