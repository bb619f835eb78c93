/** Three replicas on one Postgres behind a load balancer, as people deploy it. */
import { rm } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { Client } from '../../src/cli/client.js';
import { startCluster, type Cluster } from '../support/cluster/cluster.js';
import { careless } from '../support/postgres-server.js';
import { transpileProgram } from '../support/transpiled-program.js';

const timeout = 300_000;
const patience = { timeout: 60_000, interval: 20 };
const router = 'default';

let program: string;
let cluster: Cluster;
let balanced: Client;
let direct: Client[];
beforeAll(async () => {
  program = await transpileProgram();
  cluster = await startCluster({ program, replicas: 3, settings: careless });
  balanced = new Client(cluster.url);
  direct = cluster.replicas.map(({ url }) => new Client(url));
}, timeout);
afterAll(async () => {
  await cluster.stop();
  await rm(program, { recursive: true, force: true });
}, timeout);

const request = { router, context: { task: 'sentiment' } };
/** What a replica expects of the arms, to the last digit. */
const expectations = async (client: Client) =>
  Object.fromEntries((await client.route({ ...request, dry_run: true })).ranking.map((row) => [row.arm, row.expected]));

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
  return Number(line?.split(' ').at(-1) ?? NaN);
}
const seen = (url: string, seconds: string) => metric(url, `tradewind_view_staleness_seconds_bucket{le="${seconds}"}`);

describe('a cluster', () => {
  it('spreads requests over all replicas, and learns the same whoever answers', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => balanced.route(request)));
    const items = answers.map(({ feedback_token }) => ({ feedback_token: feedback_token!, metrics: { accuracy: 1 } }));
    for (const item of items) expect(await balanced.feedback([item])).toMatchObject([{ status: 'applied' }]);
    expect(await balanced.feedback(items)).toEqual(items.map(() => expect.objectContaining({ status: 'duplicate' })));
    for (const { url } of cluster.replicas) expect(await metric(url, 'tradewind_decisions_total')).toBeGreaterThan(0);
    await vi.waitFor(async () => {
      const [first, ...others] = await Promise.all(direct.map(expectations));
      for (const other of others) expect(other).toEqual(first);
    }, patience);
  });

  it('changes the decisions of every replica within a second of an outcome that one was told', async () => {
    const [teacher, ...learners] = direct;
    const urls = cluster.replicas.slice(1).map(({ url }) => url);
    const inTime = async () => Promise.all(urls.map((url) => seen(url, '1')));
    const before = await inTime();
    // Ten times, so that a machine that stands still for a moment does not decide.
    for (let i = 0; i < 10; i++) {
      const { feedback_token } = await teacher.route(request);
      const known = await Promise.all(learners.map(expectations));
      await teacher.feedback([{ feedback_token: feedback_token!, metrics: { accuracy: i % 2 } }]);
      await vi.waitFor(async () => {
        const now = await Promise.all(learners.map(expectations));
        now.forEach((each, n) => expect(each).not.toEqual(known[n]));
      }, patience);
    }
    const after = await inTime();
    after.forEach((count, n) => expect(count - before[n]).toBeGreaterThanOrEqual(5));
  });

  it('goes on when a replica is killed, and loses nothing that was acknowledged', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => balanced.route(request)));
    const items = answers.map(({ feedback_token }) => ({ feedback_token: feedback_token!, metrics: { accuracy: 1 } }));
    const reporting = Promise.all(items.map((item) => balanced.feedback([item])));
    const killed = cluster.replicas[1].kill();
    const results = (await reporting).flat();
    await killed;
    // Sent again to another replica, an outcome that had been stored before the answer was lost is met again.
    for (const { status } of results) expect(status).toMatch(/applied|duplicate/);
    for (let i = 0; i < 9; i++) expect((await balanced.route(request)).arm).toBeTypeOf('string');
    expect(await balanced.feedback(items)).toEqual(items.map(() => expect.objectContaining({ status: 'duplicate' })));
    await vi.waitFor(async () => {
      expect(await expectations(direct[2])).toEqual(await expectations(direct[0]));
    }, patience);
  });
});
