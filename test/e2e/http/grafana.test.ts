/** The Grafana dashboard asks for nothing that the service does not tell. */
import { readFile } from 'node:fs/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import type { FeedbackItem } from '../../../src/routing/request.js';
import { keepAllInOrder } from '../../../src/runtime/keep-in-order.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import type { StoreOptions } from '../../../src/store/open-store.js';
import { makeDays } from '../../../src/store/partitions.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { startClient, type Client } from '../../support/http.js';
import { seededRandom } from '../../support/random.js';
import { smallRouter, startRealService, teach } from '../../support/real-service.js';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] };
}

const dashboard = () => readFile(new URL('../../../.deploy/grafana-dashboard.json', import.meta.url), 'utf8');

const words = new Set(['by', 'sum', 'max', 'rate', 'increase', 'scalar', 'time', 'histogram_quantile', 'label_values']);
/** Labels that Prometheus adds when it scrapes. */
const scraped = ['instance', 'job'];

interface Told {
  readonly labels: Set<string>;
  /** The greatest value of any sample. */
  most: number;
}

let client: Client;
let other: Tradewind;
/** Series that have a sample, by name; a declaration alone makes no panel show anything. */
const series = new Map<string, Told>();
const declared = new Set<string>();

const patience = { timeout: 60_000, interval: 50 };
const day = 86_400_000;

function note(metrics: string): void {
  for (const line of metrics.split('\n')) {
    const [, type] = /^# TYPE (\S+) /.exec(line) ?? [];
    if (type !== undefined) declared.add(type);
    const [, name, labels = '', value] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const told = series.get(name) ?? { labels: new Set<string>(), most: -Infinity };
    for (const [, label] of labels.matchAll(/([a-z_]+)="/g)) told.labels.add(label);
    told.most = Math.max(told.most, Number(value));
    series.set(name, told);
  }
}

/** An arm fails, is too dear for the budget, gets worse without a word, and has an outcome that is taken back. */
async function exercise(service: Tradewind): Promise<void> {
  const budgets = [{ metric: 'cost_usd', per_request: 0.001 }];
  await service.createRouter(smallRouter('r', { budgets, breaker: { failures: 1, cooldown: '1h' } }));
  await teach(service, 'r', 20, seededRandom(1));
  const report = async (router: string, item: Omit<FeedbackItem, 'feedback_token'>) => {
    const { feedback_token } = await service.route({ router, context: {} });
    expect(await service.feedback([{ feedback_token: feedback_token!, ...item }])).toMatchObject([
      { status: 'applied' },
    ]);
  };
  await report('r', { failed: true });
  await report('r', { metrics: { accuracy: 1 }, source: 'bad' });
  await service.retract('r', { source: 'bad', since: '2020-01-01T00:00:00Z', requested_by: 'a test', reason: 'wrong' });
  const detect_changes = { metrics: ['accuracy'], warm_up: 5, threshold: 1, allowance: 0.1 };
  await service.createRouter(smallRouter('w', { detect_changes, policy: { name: 'fixed', arm: 'large' }, floor: 0 }));
  for (let i = 0; i < 40; i++) await report('w', { metrics: { accuracy: i < 20 ? 1 : 0 } });
}

/** A router has an epoch of long ago, which no decision of the log can need. */
async function forget(service: Tradewind, store: Store): Promise<void> {
  await service.createRouter(smallRouter('f', { half_life: '1s' }));
  await teach(service, 'f', 20, seededRandom(2));
  await foldStripes(store);
  await sql`
    insert into statistics (tenant, router, schema, arm, metric, epoch, stripe, bytes)
    select distinct on (arm, metric) tenant, router, schema, arm, metric, 0, stripe, bytes
    from statistics where router = 'f'`.execute(store.db);
}

/** A replica that finds a day of the log that is due to go, before which everything is folded. */
async function startAnother(store: Store, place: StoreOptions): Promise<Tradewind> {
  await makeDays(store.db, [new Date(Math.floor(Date.now() / day) * day - 60 * day)]);
  return (await startRealService({ place })).service;
}

/** The dashboard's own series that no sample above 0 has been seen of; a lag may be none. */
const silent = (text: string): string[] =>
  [...new Set(text.match(/tradewind_[a-z_]+/g))].filter(
    (name) => name !== 'tradewind_decision_log_lag_seconds' && !(series.get(name)?.most ?? 0),
  );

beforeAll(async () => {
  const place = { databaseUrl: await makeDatabase() };
  const { service, store } = await startRealService({ place });
  client = await startClient({ service });
  await exercise(service);
  await forget(service, store);
  other = await startAnother(store, place);
  // As it does by itself after half a minute.
  await keepAllInOrder(other['host'], other['registry']);
  await client.ask('GET', '/livez');
  const text = await dashboard();
  await vi.waitFor(async () => {
    // It waits to be logged when the metrics are asked for.
    const { feedback_token } = await service.route({ router: 'r', context: {} });
    note((await client.ask('GET', '/metrics')).body);
    note((await other.metrics()).body);
    await service.feedback([{ feedback_token: feedback_token!, metrics: { cost_usd: 0.1 } }]);
    expect(silent(text)).toEqual([]);
  }, patience);
});
afterAll(async () => {
  await client.close();
  await other.close();
});

/** Names of series and of labels in an expression. */
function namesIn(expression: string): { readonly metrics: string[]; readonly labels: string[] } {
  const labels: string[] = [];
  const bare = expression
    .replace(/\{([^}]*)\}/g, (_all, matchers: string) => {
      for (const [, label] of matchers.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)) labels.push(label);
      return '';
    })
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\bby \(([^)]*)\)/g, (_all, names: string) => {
      labels.push(...names.split(',').map((name) => name.trim()));
      return '';
    });
  const found = [...bare.matchAll(/[a-z_][a-z_0-9]*/g)].map(([name]) => name);
  return { metrics: found.filter((name) => !words.has(name)), labels };
}

it('asks for series and labels that there are, in every panel', async () => {
  const { panels, templating } = JSON.parse(await dashboard()) as Dashboard;
  const wanted = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  expect(wanted.length).toBeGreaterThan(25);
  for (const { title, expr } of wanted) {
    const { metrics, labels } = namesIn(expr);
    expect(metrics, `${title}: ${expr}`).not.toEqual([]);
    const unknown = metrics.filter((name) => !series.has(name));
    expect(unknown, `${title}: ${expr}`).toEqual([]);
    const told = metrics.flatMap((name) => [...series.get(name)!.labels]);
    for (const label of labels) expect([...told, ...scraped], `${title}: ${expr}`).toContain(label);
  }
  const variables = templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
  expect(variables).toHaveLength(2);
  for (const query of variables) expect(series.has(/\(([a-z_]+),/.exec(query)![1])).toBe(true);
});

it('has a panel for everything of the service that can be watched', async () => {
  const text = await dashboard();
  const own = [...declared, ...series.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  const missing = new Set(own.filter((name) => name.startsWith('tradewind_') && !text.includes(name)));
  expect([...missing]).toEqual([]);
});
