/** Feedback is taken for the decisions of this service, for as long as they take it, and for nothing else. */
import { afterEach, describe, expect, it } from 'vitest';

import type { RouteAnswer } from '../../../src/routing/request.js';
import type { Tradewind } from '../../../src/runtime/tradewind.js';
import { onEveryPlace, smallRouter, startRealService, type RealServiceOptions } from '../../support/real-service.js';

const [old, current] = ['the secret of last year, long enough', 'the secret of this year, long enough'];
const day = 86_400_000;
const metrics = { accuracy: 1 };
const by = ({ feedback_token }: RouteAnswer) => [{ feedback_token: feedback_token!, metrics }];

describe('feedback', () => {
  const running: Tradewind[] = [];
  afterEach(() => Promise.all(running.splice(0).map((service) => service.close())));

  const start = async (options: RealServiceOptions): Promise<Tradewind> => {
    const { service } = await startRealService(options);
    running.push(service);
    return service;
  };
  const stop = async (service: Tradewind) => {
    await service.close();
    running.splice(running.indexOf(service), 1);
  };
  const decide = async (service: Tradewind, router = 'r') => service.route({ router, context: { task: 'qa' } });

  onEveryPlace((place) => {
    it('is taken by the id of a decision right after its answer', async () => {
      const service = await start({ place: place() });
      await service.createRouter(smallRouter('at-once'));
      for (let i = 0; i < 40; i++) {
        const { decision_id } = await decide(service, 'at-once');
        const id = i % 2 ? decision_id : decision_id.toUpperCase();
        expect(await service.feedback([{ decision_id: id, metrics }])).toEqual([{ status: 'applied', decision_id }]);
      }
      expect(service.readRouter('at-once').outcomes).toMatchObject({ accuracy: 40 });
    });

    it('is taken for tokens of the old key after a rotation, until that key is gone', async () => {
      const before = await start({ place: place(), secrets: [old] });
      await before.createRouter(smallRouter('r'));
      const answers = await Promise.all(Array.from({ length: 3 }, () => decide(before)));
      await stop(before);
      const between = await start({ place: place(), secrets: [current, old] });
      expect(await between.feedback(by(answers[0]))).toMatchObject([{ status: 'applied' }]);
      const newer = await decide(between);
      await stop(between);
      const after = await start({ place: place(), secrets: [current] });
      expect(await after.feedback(by(newer))).toMatchObject([{ status: 'applied' }]);
      expect(await after.feedback(by(answers[1]))).toMatchObject([{ status: 'rejected', code: 'invalid-token' }]);
      // The key is gone, the decision is not.
      const { decision_id } = answers[1];
      expect(await after.feedback([{ decision_id, metrics }])).toMatchObject([{ status: 'applied' }]);
    });
  });

  it('is refused for tokens that are altered, foreign or of another router, and teaches nothing', async () => {
    const service = await start({ secrets: [current] });
    const stranger = await start({ secrets: [old] });
    for (const one of [service, stranger]) await one.createRouter(smallRouter('r'));
    const token = (await decide(service)).feedback_token!;
    const foreign = (await decide(stranger)).feedback_token!;
    const middle = Math.floor(token.length / 2);
    const altered = token.slice(0, middle) + (token[middle] === 'A' ? 'B' : 'A') + token.slice(middle + 1);
    const before = await service.exportState('r');
    for (const bad of [altered, token.slice(0, -1), `${token}A`, foreign, 'token', token + foreign]) {
      const results = await service.feedback([{ feedback_token: bad, metrics }]);
      expect(results, bad).toMatchObject([{ status: 'rejected', code: 'invalid-token' }]);
    }
    expect(await service.feedback([{ feedback_token: token, router: 'other', metrics }])).toMatchObject([
      { status: 'rejected', code: 'invalid-token' },
    ]);
    expect(await service.exportState('r')).toEqual(before);
    expect(service.readRouter('r').view).toBe('');
  });

  it('is late once the window after its decision is over, and early before its decision was made', async () => {
    let now = Date.now();
    const service = await start({ clock: () => now });
    await service.createRouter(smallRouter('r', { feedback_window: '2d' }));
    const answers = [await decide(service), await decide(service)];
    const start0 = now;
    now = start0 + 2 * day - 1_000;
    expect(await service.feedback(by(answers[0]))).toMatchObject([{ status: 'applied' }]);
    now = start0 + 2 * day + 1_000;
    for (const item of [by(answers[1])[0], { decision_id: answers[1].decision_id, metrics }])
      expect(await service.feedback([item])).toMatchObject([{ status: 'late', code: 'expired-token' }]);
    now = start0 - 2 * 3_600_000;
    expect(await service.feedback(by(answers[1]))).toMatchObject([{ status: 'rejected', code: 'invalid-token' }]);
    expect(service.readRouter('r').outcomes).toMatchObject({ accuracy: 1 });
  });

  it('is refused for decisions that nobody made', async () => {
    const service = await start({});
    await service.createRouter(smallRouter('r'));
    await service.createRouter(smallRouter('other'));
    const { decision_id } = await decide(service);
    const dry = await service.route({ router: 'r', context: {}, dry_run: true });
    const rejected = [{ status: 'rejected', code: 'unknown-decision' }];
    for (const id of [dry.decision_id, '01936d2e-0000-7000-8000-000000000000', '01936d2e-0000-4000-8000-000000000000'])
      expect(await service.feedback([{ decision_id: id, metrics }]), id).toMatchObject(rejected);
    expect(await service.feedback([{ decision_id, router: 'other', metrics }])).toMatchObject(rejected);
    expect(await service.feedback([{ decision_id, router: 'r', metrics }])).toMatchObject([{ status: 'applied' }]);
  });

  it('gives each item of a batch its own answer, in order, wherever their decisions are', async () => {
    const service = await start({});
    for (const id of ['r', 's']) await service.createRouter(smallRouter(id));
    const [a, b, c] = [await decide(service), await decide(service, 's'), await decide(service)];
    const results = await service.feedback([
      ...by(a),
      { feedback_token: 'forged', metrics },
      { decision_id: b.decision_id, metrics },
      ...by(a),
      { ...by(c)[0], metrics: { accuracy: 7 } },
      ...by(c),
    ]);
    expect(results.map(({ status, code }) => code ?? status)).toEqual([
      'applied',
      'invalid-token',
      'applied',
      'duplicate',
      'invalid-metric',
      'applied',
    ]);
  });
});
