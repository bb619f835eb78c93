/** The Grafana dashboard asks for nothing that the service does not tell. */
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, it } from 'vitest';

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

const words = new Set(['by', 'sum', 'max', 'rate', 'increase', 'scalar', 'time', 'histogram_quantile', 'label_values']);
/** Labels that Prometheus adds when it scrapes. */
const scraped = ['instance', 'job'];

let client: Client;
/** Labels by the name of each series. */
const series = new Map<string, Set<string>>();
beforeAll(async () => {
  const { service } = await startRealService();
  client = await startClient({ service });
  const budgets = [{ metric: 'cost_usd', per_request: 0.01 }];
  await service.createRouter(smallRouter('r', { budgets, breaker: { failures: 1, cooldown: '1h' } }));
  await teach(service, 'r', 20, seededRandom(1));
  const { feedback_token } = await service.route({ router: 'r', context: {} });
  await service.feedback([{ feedback_token: feedback_token!, failed: true }]);
  await client.ask('GET', '/livez');
  const { body } = await client.ask('GET', '/metrics');
  for (const line of body.split('\n')) {
    const [, declared] = /^# TYPE (\S+) /.exec(line) ?? [];
    if (declared !== undefined) series.set(declared, series.get(declared) ?? new Set());
    const [, name, labels = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
    series.set(name, known);
  }
});
afterAll(() => client.close());

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
  const path = new URL('../../../.deploy/grafana-dashboard.json', import.meta.url);
  const { panels, templating } = JSON.parse(await readFile(path, 'utf8')) as Dashboard;
  const wanted = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  expect(wanted.length).toBeGreaterThan(25);
  for (const { title, expr } of wanted) {
    const { metrics, labels } = namesIn(expr);
    expect(metrics, `${title}: ${expr}`).not.toEqual([]);
    const unknown = metrics.filter((name) => !series.has(name));
    expect(unknown, `${title}: ${expr}`).toEqual([]);
    // A series without samples tells no labels.
    const told = metrics.flatMap((name) => [...series.get(name)!]);
    if (told.length > 0)
      for (const label of labels) expect([...told, ...scraped], `${title}: ${expr}`).toContain(label);
  }
  const variables = templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
  expect(variables).toHaveLength(2);
  for (const query of variables) expect(series.has(/\(([a-z_]+),/.exec(query)![1])).toBe(true);
});

it('has a panel for everything of the service that can be watched', async () => {
  const text = await readFile(new URL('../../../.deploy/grafana-dashboard.json', import.meta.url), 'utf8');
  const own = [...series.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  const missing = new Set(own.filter((name) => name.startsWith('tradewind_') && !text.includes(name)));
  expect([...missing]).toEqual([]);
});
