import { describe, expect, it } from 'vitest';

import { ServerAway, ServerProblem } from '../../../../src/cli/client.js';
import { FeedbackSchedule } from '../../../../src/cli/drive/feedback-schedule.js';
import { FeedbackSender } from '../../../../src/cli/drive/feedback-sender.js';
import { hindsight } from '../../../../src/cli/drive/hindsight.js';
import { Patience } from '../../../../src/cli/drive/patience.js';
import { play } from '../../../../src/cli/drive/play.js';
import { Scoreboard } from '../../../../src/cli/drive/scoreboard.js';
import { survey } from '../../../../src/cli/drive/survey.js';
import type { FeedbackItem, FeedbackResult, RouteAnswer } from '../../../../src/routing/request.js';
import type { TableRow } from '../../../../sim/table/table.js';
import { modelsNamed, stream, tableRow } from './table-rows.js';

const models = modelsNamed('small', 'large');
const rows = Array.from({ length: 40 }, (_, i) => tableRow({ accuracy: [0, 1], cost_usd: [0, 1] }, i + 1));

const answer = (arm: string, token: string): RouteAnswer => ({
  decision_id: token,
  feedback_token: token,
  arm,
  propensity: 1,
  ranking: [],
  policy: { name: 'uniform', version: '1' },
  warnings: [],
});
const applied = (items: readonly FeedbackItem[]): FeedbackResult[] => items.map(() => ({ status: 'applied' }));

async function game(overrides: Partial<Parameters<typeof play>[0]> = {}) {
  const weights = [['accuracy', 1]] as const;
  const best = hindsight(await survey({ models }, stream(rows)), weights, 2);
  const reported: FeedbackItem[] = [];
  let asked = 0;
  const sender = new FeedbackSender((items) => {
    reported.push(...items);
    return Promise.resolve(applied(items));
  });
  return {
    reported,
    rows: stream(rows),
    arms: new Map([
      ['small', 0],
      ['large', 1],
    ]),
    route: (_row: TableRow) => Promise.resolve(answer(asked++ % 2 === 0 ? 'small' : 'large', `t${asked}`)),
    schedule: new FeedbackSchedule({ seed: 1, lost: 0, delay: 7 }),
    sender,
    scoreboard: new Scoreboard(weights, best, 2),
    concurrency: 3,
    progress: () => undefined,
    stopped: () => false,
    ...overrides,
  };
}

describe('playing a table', () => {
  it('routes every row once, and reports both parts of every outcome', async () => {
    const setup = await game();
    await play(setup);
    expect(setup.scoreboard.requests).toBe(40);
    expect([...setup.scoreboard.chosen]).toEqual([20, 20]);
    const tokens = (metric: string) =>
      setup.reported.filter((item) => metric in item.metrics!).map((item) => item.feedback_token);
    expect(new Set(tokens('accuracy')).size).toBe(40);
    expect(new Set(tokens('cost_usd')).size).toBe(40);
    expect(setup.sender.counts.applied).toBe(80);
  });

  it('has no more requests under way than it may whose cost is not acknowledged', async () => {
    const setup = await game();
    let open = 0;
    let most = 0;
    const route: typeof setup.route = (row) => {
      most = Math.max(most, ++open);
      return setup.route(row);
    };
    const slow = new FeedbackSender(async (items) => {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      open -= items.filter((item) => 'cost_usd' in item.metrics!).length;
      return applied(items);
    });
    await play({ ...setup, route, sender: slow });
    expect(most).toBe(setup.concurrency);
  });

  it('stops after the requests under way, and still reports what is outstanding', async () => {
    const setup = await game();
    await play({ ...setup, stopped: () => setup.scoreboard.requests >= 10 });
    const { requests } = setup.scoreboard;
    expect(requests).toBeGreaterThanOrEqual(10);
    expect(requests).toBeLessThan(10 + setup.concurrency);
    expect(setup.reported.filter((item) => 'accuracy' in item.metrics!)).toHaveLength(requests);
  });

  it('ends with the failure of a request or of feedback', async () => {
    const away = () => Promise.reject(new ServerAway('http://x', 'ECONNREFUSED'));
    await expect(play(await game({ route: away }))).rejects.toThrow('is tradewind serve running there?');
    await expect(play(await game({ sender: new FeedbackSender(away) }))).rejects.toThrow('no answer from http://x');
  });

  it('refuses arms that are not in the table', async () => {
    const setup = await game({ route: () => Promise.resolve(answer('huge', 't')) });
    await expect(play(setup)).rejects.toThrow('the router chose "huge", which is not in the table');
  });
});

describe('the feedback sender', () => {
  it('sends one batch at a time, each with what gathered meanwhile', async () => {
    const batches: number[] = [];
    let release: () => void = () => undefined;
    const sender = new FeedbackSender(async (items) => {
      batches.push(items.length);
      await new Promise<void>((resolve) => (release = resolve));
      return applied(items);
    });
    const item = (token: string) => ({ feedback_token: token, metrics: { accuracy: 1 } });
    let acknowledged = 0;
    const adding = [['a'], ['b'], ['c', 'd']].map((tokens) =>
      sender.add(tokens.map(item)).then(() => (acknowledged += tokens.length)),
    );
    await new Promise(setImmediate);
    expect([batches, acknowledged]).toEqual([[1], 0]);
    release();
    await new Promise(setImmediate);
    expect(batches).toEqual([1, 3]);
    release();
    await Promise.all(adding);
    expect(acknowledged).toBe(4);
    expect(sender.counts.applied).toBe(4);
  });

  it('counts what was refused, and keeps the first reason', async () => {
    const statuses: FeedbackResult[] = [
      { status: 'duplicate' },
      { status: 'late', code: 'expired-token', detail: 'too old' },
      { status: 'rejected', detail: 'unknown metric' },
    ];
    const sender = new FeedbackSender(() => Promise.resolve(statuses));
    await sender.add([{ feedback_token: 'a' }, { feedback_token: 'b' }, { feedback_token: 'c' }]);
    expect(sender.counts).toEqual({ applied: 0, duplicate: 1, late: 1, rejected: 1 });
    expect(sender.firstRefusal).toBe('too old');
  });
});

describe('patience with a service that is away', () => {
  function waiting(limitMs = 10_000) {
    let now = 0;
    const waits: number[] = [];
    const said: string[] = [];
    const sleep = (ms: number) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    };
    return {
      waits,
      said,
      patience: new Patience({ limitMs, sleep, clock: () => now, say: (line) => said.push(line) }),
    };
  }
  const away = new ServerAway('http://x', 'ECONNREFUSED');

  it('asks again ever less often, says so once, and goes on when it is back', async () => {
    const { patience, waits, said } = waiting();
    let left = 8;
    const result = await patience.ask(() => (left-- > 0 ? Promise.reject(away) : Promise.resolve('here')));
    expect(result).toBe('here');
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
    expect(said).toEqual([expect.stringMatching(/^server away, retrying/), 'server back after 7.2 s, going on']);
  });

  it('waits as long as a full queue asks for', async () => {
    const { patience, waits } = waiting();
    const full = new ServerProblem(503, 'overloaded', 'The queue is full', 'wait', [], undefined, 1);
    let left = 2;
    await patience.ask(() => (left-- > 0 ? Promise.reject(full) : Promise.resolve()));
    expect(waits).toEqual([1000, 1000]);
  });

  it('gives up after the limit, and at once on what waiting does not mend', async () => {
    const { patience, waits } = waiting(1_000);
    await expect(patience.ask(() => Promise.reject(away))).rejects.toBe(away);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(1_000);
    const wrong = new ServerProblem(400, 'invalid-context', 'x', 'y');
    const other = waiting();
    await expect(other.patience.ask(() => Promise.reject(wrong))).rejects.toBe(wrong);
    expect(other.waits).toEqual([]);
  });
});
