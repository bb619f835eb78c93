/** A source that is taken back leaves a router as it would be had the source never reported. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { FeedbackItem, RouteAnswer } from '../../../src/routing/request.js';
import type { RetractionState } from '../../../src/runtime/retractions.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { foldStripes } from '../../../src/store/fold-stripes.js';
import { requestRetraction } from '../../../src/store/retractions.js';
import type { Store } from '../../../src/store/store.js';
import { makeDatabase } from '../../support/every-store.js';
import { seededRandom, type SeededRandom } from '../../support/random.js';
import { beliefOf, smallRouter, someContext, startRealService } from '../../support/real-service.js';

const patience = { timeout: 30_000, interval: 20 };
const since = '2020-01-01T00:00:00Z';
const hour = 3_600_000;
const arms = ['small', 'medium', 'large'];

let now = Date.now();
const clock = () => now;

/** One thing that is reported of a decision, and whether the bad source reports it. */
interface Report {
  readonly bad: boolean;
  readonly item: Omit<FeedbackItem, 'feedback_token'>;
}

interface Round {
  readonly arm: string;
  readonly context: ReturnType<typeof someContext>;
  readonly reports: readonly Report[];
  readonly replica: number;
}

const reportOf = (random: SeededRandom, bad: boolean, correction: boolean): Report => ({
  bad,
  item: {
    source: bad ? 'bad' : 'good',
    metrics: { accuracy: random.chance(0.5) ? 1 : 0, energy_j: random.number() * 100 },
    ...(random.chance(0.3) ? { served_arm: random.pick(arms) } : {}),
    ...(correction ? { correction: true } : {}),
  },
});

/** Good reports, bad ones, bad ones that correct good ones, and good ones that correct bad ones. */
const roundsOf = (random: SeededRandom, count: number): Round[] =>
  Array.from({ length: count }, (_, i) => {
    const kind = random.below(5);
    const sides = [[false], [true], [false, true], [true, false], [true, true, false]][kind]!;
    return {
      arm: random.pick(arms),
      context: someContext(random),
      reports: sides.map((bad, at) => reportOf(random, bad, at > 0)),
      replica: i % 2,
    };
  });

describe.each(['pglite-memory', 'postgres'] as const)('a source that is taken back, on %s', (engine) => {
  let services: Tradewind[];
  let store: Store;
  beforeAll(async () => {
    const place = engine === 'postgres' ? { place: { databaseUrl: await makeDatabase() } } : {};
    const first = await startRealService({ engine, clock, ...place });
    ({ store } = first);
    services = [first.service];
    if (engine === 'postgres') services.push((await startRealService({ clock, ...place })).service);
  });
  afterAll(() => Promise.all(services.map((service) => service.close())));

  const serving = ({ replica }: Round) => services[replica % services.length];
  const madeRouter = async (): Promise<string> => {
    const id = `r-${randomUUID()}`;
    await services[0].createRouter(smallRouter(id, { half_life: '8h' }));
    for (const service of services) await vi.waitFor(() => service.readRouter(id), patience);
    return id;
  };
  const play = async (router: string, round: Round, reports: readonly Report[]): Promise<RouteAnswer> => {
    const answer = await serving(round).route({ router, context: round.context, candidates: [round.arm] });
    for (const { item } of reports) {
      const [result] = await serving(round).feedback([{ ...item, feedback_token: answer.feedback_token! }]);
      expect(result.status).toMatch(/applied|duplicate/);
    }
    return answer;
  };
  const finished = async (router: string, retraction: number): Promise<RetractionState> =>
    vi.waitFor(async () => {
      const state = await services[0].readRetraction(router, retraction);
      expect(state.status).toBe('finished');
      return state;
    }, patience);
  const takeBack = async (router: string, source: string): Promise<RetractionState> => {
    const asked = await services[0].retract(router, { source, since, requested_by: 'a test', reason: 'nonsense' });
    return finished(router, (asked as RetractionState).retraction);
  };
  const settled = (router: string, other: string) =>
    vi.waitFor(() => {
      const differing = (service: Tradewind) => {
        // A view is of the epoch it was formed in; a decision brings it to the present one.
        for (const id of [router, other]) void service.route({ router: id, context: {}, dry_run: true });
        void services[0].route({ router: other, context: {}, dry_run: true });
        const [one, two] = [beliefOf(service, router), beliefOf(services[0], other)];
        return Object.keys(two).filter((name) => one[name] !== two[name]);
      };
      for (const service of services) expect(differing(service)).toEqual([]);
    }, patience);

  it('leaves statistics and beliefs of every replica to the byte as they would be without it', async () => {
    const [taught, spared] = [await madeRouter(), await madeRouter()];
    const rounds = roundsOf(seededRandom(11), 60);
    let explained: RouteAnswer | undefined;
    for (const [i, round] of rounds.entries()) {
      await play(taught, round, round.reports);
      await play(
        spared,
        round,
        round.reports.filter(({ bad }) => !bad),
      );
      // Several epochs, some of it folded, and a decision that was made while the source was believed.
      if (i % 15 === 14) now += hour;
      if (i === 30) await foldStripes(store);
      if (i === 40) explained = await services[0].route({ router: taught, context: { task: 'qa' } });
    }
    const preview = await services[0].retract(taught, { source: 'bad', since, dry_run: true });
    const state = await takeBack(taught, 'bad');
    expect(state).toMatchObject({
      status: 'finished',
      outcomes: preview.outcomes,
      progress: 1,
      requested_by: 'a test',
    });
    expect(state.outcomes).toBeGreaterThan(30);
    expect(preview.warnings).toEqual([]);
    const misspelt = await services[0].retract(taught, { source: 'bat', since, dry_run: true });
    expect(misspelt).toMatchObject({
      outcomes: 0,
      warnings: [expect.stringMatching(/^nothing matched: expected an outcome of source "bat" that came to /)],
    });
    expect(state.restored).toBeGreaterThan(5);
    await settled(taught, spared);
    const ofTaught = await services[0].exportState(taught);
    expect(ofTaught.statistics).toEqual((await services[0].exportState(spared)).statistics);
    expect(new Set(ofTaught.statistics.map(({ epoch }) => epoch)).size).toBeGreaterThan(2);
    await foldStripes(store);
    expect((await services[0].exportState(taught)).statistics).toEqual(ofTaught.statistics);
    await vi.waitFor(
      async () => expect(await services[0].explain(taught, explained!.decision_id)).toMatchObject({ reproduced: true }),
      patience,
    );
  });

  it('is refused from a time on that has not come', async () => {
    const router = await madeRouter();
    const since = new Date(Date.now() + 86_400_000).toISOString();
    for (const dry_run of [true, false])
      await expect(services[0].retract(router, { source: 'bad', since, dry_run })).rejects.toMatchObject({
        code: 'invalid-request',
        errors: [{ pointer: '/since', detail: expect.stringContaining(`got ${since}, and it is `) as string }],
      });
  });

  it('stays out when it is sent again, and says so, unless its source corrects it', async () => {
    const router = await madeRouter();
    const answer = await services[0].route({ router, context: { task: 'qa' } });
    const item = { feedback_token: answer.feedback_token!, metrics: { accuracy: 1 }, source: 'bad' };
    const last = services.at(-1)!;
    await last.feedback([item]);
    await takeBack(router, 'bad');
    const outcomes = (service: Tradewind) => service.readRouter(router).outcomes['accuracy'];
    await vi.waitFor(() => services.forEach((service) => expect(outcomes(service)).toBe(0)), patience);
    for (const service of services) {
      expect(await service.feedback([item])).toMatchObject([{ status: 'rejected', code: 'feedback-retracted' }]);
      expect(outcomes(service)).toBe(0);
    }
    expect(await last.feedback([{ ...item, metrics: { accuracy: 0 }, correction: true }])).toMatchObject([
      { status: 'applied' },
    ]);
    await vi.waitFor(() => services.forEach((service) => expect(outcomes(service)).toBe(1)), patience);
  });

  it('makes way for what another source reports, as if it had never come', async () => {
    const [router, spared] = [await madeRouter(), await madeRouter()];
    const reported = async (id: string, sources: readonly string[], replica: number) => {
      const answer = await services[0].route({ router: id, context: { task: 'qa' }, candidates: ['small'] });
      const say = (source: string) =>
        services[replica % services.length].feedback([
          { feedback_token: answer.feedback_token!, metrics: { accuracy: source === 'bad' ? 0 : 1 }, source },
        ]);
      for (const source of sources) {
        if (source === 'retract') await takeBack(id, 'bad');
        else expect(await say(source)).toMatchObject([{ status: 'applied' }]);
      }
    };
    await reported(router, ['bad', 'retract', 'good'], 0);
    await reported(spared, ['good'], 0);
    await reported(router, ['bad', 'retract', 'good'], 1);
    await reported(spared, ['good'], 1);
    await settled(router, spared);
  });

  it('is gone on with when the process that was asked for it ended', async () => {
    const router = await madeRouter();
    const answer = await services[0].route({ router, context: { task: 'qa' } });
    await services[0].feedback([{ feedback_token: answer.feedback_token!, metrics: { accuracy: 1 }, source: 'bad' }]);
    const request = { source: 'bad', since: new Date(since), requestedBy: 'gone', reason: '' };
    const { retraction } = await requestRetraction(store, { tenant: 'default', router }, request, 'a dead process');
    expect(await services[0].readRetraction(router, retraction)).toMatchObject({ status: 'running', outcomes: 0 });
    const worked_at = new Date(Date.now() - 60_000);
    await store.db.updateTable('retractions').set({ worked_at }).where('router', '=', router).execute();
    expect(await finished(router, retraction)).toMatchObject({ outcomes: 1, requested_by: 'gone' });
  });
});
