/** `tradewind keys`: rotation over the same database as a service, which goes on taking the tokens that are out. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Failure } from '../../../src/cli/failures.js';
import { addKeys } from '../../../src/cli/keys.js';
import type { RouteAnswer } from '../../../src/routing/request.js';
import { tokenScope } from '../../../src/routing/token.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { makeDatabase } from '../../support/every-store.js';
import { smallRouter, startRealService } from '../../support/real-service.js';

/** Runs `tradewind keys …` in this process. @returns what it printed */
async function keys(...line: string[]): Promise<string> {
  let printed = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((printed += String(text))));
  const program = new Command();
  addKeys(program);
  try {
    await program.parseAsync(['keys', ...line], { from: 'user' });
  } finally {
    out.mockRestore();
  }
  return printed;
}

const decide = async (service: Tradewind) => service.route({ router: 'r', context: { task: 'qa' } });
const keyOf = ({ feedback_token }: RouteAnswer) => tokenScope(Buffer.from(feedback_token!, 'base64url')).keyId;
const report = ({ feedback_token }: RouteAnswer) => [{ feedback_token: feedback_token!, metrics: { accuracy: 1 } }];
const applied = [{ status: 'applied' }];

describe('tradewind keys', () => {
  let running: Tradewind | undefined;
  beforeEach(() => vi.stubEnv('DATABASE_URL', ''));
  afterEach(async () => {
    vi.unstubAllEnvs();
    await running?.close();
    running = undefined;
  });

  it('rotates under a service that runs on Postgres, which takes the new key up and the old tokens still', async () => {
    const databaseUrl = await makeDatabase();
    const service = (running = (await startRealService({ place: { databaseUrl } })).service);
    await service.createRouter(smallRouter('r'));
    const before = await decide(service);
    const said = await keys('rotate', '--database-url', databaseUrl);
    const [, made] = /^key ([0-9a-f]{8}) signs from now on/.exec(said)!;
    expect(said).toContain(`tokens of ${keyOf(before)} stay good`);
    expect(made).not.toBe(keyOf(before));
    await vi.waitFor(async () => expect(keyOf(await decide(service))).toBe(made), { timeout: 20_000, interval: 100 });
    expect(await service.feedback(report(await decide(service)))).toMatchObject(applied);
    expect(await service.feedback(report(before))).toMatchObject(applied);
    const listed = await keys('list', '--database-url', databaseUrl);
    expect(listed.split('\n').slice(2, 4)).toEqual([
      expect.stringMatching(new RegExp(`^${made} .* signs$`)),
      expect.stringMatching(new RegExp(`^${keyOf(before)} .* checks tokens that are still out$`)),
    ]);
    const json = await keys('list', '--json', '--database-url', databaseUrl);
    const [first, second] = JSON.parse(json) as Record<string, string>[];
    expect(Object.keys({ ...first, ...second }).sort()).toEqual(['id', 'made_at', 'retired_at']);
  });

  it('rotates in a data folder while no service has it, and says so while one has', async () => {
    const dataDir = join(tmpdir(), `tradewind-keys-${process.pid}`);
    try {
      await expect(keys('rotate', '--data-dir', dataDir)).rejects.toThrow(/holds no database; say where it is/);
      const first = (running = (await startRealService({ place: { dataDir } })).service);
      await first.createRouter(smallRouter('r'));
      const before = await decide(first);
      const taken = keys('rotate', '--data-dir', dataDir);
      await expect(taken).rejects.toThrow(Failure);
      await expect(taken).rejects.toThrow(
        /is in use by process \d+ .*, and an embedded database is for one process at a time; stop that process first$/,
      );
      await first.close();
      expect(await keys('rotate', '--data-dir', dataDir)).toContain(`tokens of ${keyOf(before)} stay good`);
      const next = (running = (await startRealService({ place: { dataDir } })).service);
      expect(keyOf(await decide(next))).not.toBe(keyOf(before));
      expect(await next.feedback(report(before))).toMatchObject(applied);
    } finally {
      await running?.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('rotates nothing where the operator gives the secret', async () => {
    vi.stubEnv('TRADEWIND_SECRET', 'a secret that is long enough for everybody');
    await expect(keys('rotate', '--database-url', 'postgres://nowhere:1/x')).rejects.toThrow(
      /nothing was rotated: TRADEWIND_SECRET is set.*new secret and a comma before the old/,
    );
  });
});
