/** The comparison that a run under faults ends with, on logs that were tampered with: it has to notice. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { columnTypes } from '../../src/store/column-types.js';
import { foldStripes } from '../../src/store/fold-stripes.js';
import type { Store } from '../../src/store/store.js';
import type { Tradewind } from '../../src/runtime/tradewind.js';
import { checkDecisions } from '../chaos/check/decisions.js';
import { differences, foldLog } from '../chaos/check/fold.js';
import { readLog } from '../chaos/check/log.js';
import { checkOutcomes } from '../chaos/check/outcomes.js';
import type { Reading } from '../chaos/check/reading.js';
import { checkStatistics } from '../chaos/check/statistics.js';
import type { Acknowledged } from '../chaos/load.js';
import { makeDatabase } from '../support/every-store.js';
import { seededRandom } from '../support/random.js';
import { smallRouter, someContext, startRealService } from '../support/real-service.js';

const made = 24;
const foldedAfter = 12;

describe('the comparison after faults', () => {
  let service: Tradewind;
  let store: Store;
  let pool: pg.Pool;
  let reading: Reading;
  let router = '';
  let routers = 0;
  let promised: Acknowledged[] = [];
  beforeAll(async () => {
    const databaseUrl = await makeDatabase();
    ({ service, store } = await startRealService({ place: { databaseUrl } }));
    pool = new pg.Pool({ connectionString: databaseUrl, types: columnTypes });
    reading = { query: async (text, values = []) => (await pool.query(text, [...values])).rows };
  });
  afterAll(async () => {
    await pool.end();
    await service.close();
  });

  /** Decisions, an outcome of each, a correction of some; folded halfway. */
  beforeEach(async () => {
    router = `r${routers++}`;
    promised = [];
    await service.createRouter(smallRouter(router));
    const random = seededRandom(routers);
    for (let i = 0; i < made; i++) {
      const {
        decision_id: id,
        feedback_token: token = '',
        arm,
        propensity,
      } = await service.route({
        router,
        context: someContext(random),
      });
      const decision = { id, token, router, arm, propensity, life: 0 };
      const corrected = random.chance(0.2);
      const [first, last] = [random.number(), random.number()];
      const report = async (accuracy: number, correction: boolean) =>
        service.feedback([{ feedback_token: token, metrics: { accuracy }, correction }]);
      await report(first, false);
      if (corrected) await report(last, true);
      promised.push({ decision, metric: 'accuracy', value: corrected ? last : first, corrected });
      if (i === foldedAfter) await foldStripes(store);
    }
    for (let logged = 0; logged < made;)
      [{ logged }] = await reading.query<{ logged: number }>(
        'select count(*) as logged from decisions where router = $1',
        [router],
      );
  });

  const outcomes = async () => {
    const { lost, doubled } = await checkOutcomes(reading, router, await readLog(reading, router), promised);
    return { lost, doubled };
  };
  const mismatches = async () => (await checkStatistics(reading, store, router, await readLog(reading, router))).length;
  const decisions = async () => {
    const { checked, notReproduced } = await checkDecisions(reading, store, router, await readLog(reading, router));
    return { checked, notReproduced };
  };
  const tamper = (text: string) => reading.query(text.replaceAll('ROUTER', `'${router}'`));

  it('finds nothing where nothing is wrong', async () => {
    expect(await outcomes()).toEqual({ lost: 0, doubled: 0 });
    expect(await mismatches()).toBe(0);
    expect(await decisions()).toEqual({ checked: made, notReproduced: 0 });
  });

  it('notices an outcome that is gone', async () => {
    await tamper(`delete from feedback where router = ROUTER and decision_id = '${promised[3].decision.id}'`);
    expect(await outcomes()).toEqual({ lost: 1, doubled: 0 });
    expect(await mismatches()).toBeGreaterThan(0);
  });

  it('notices an outcome with another value', async () => {
    await tamper(
      `update feedback set value = 0.123 where router = ROUTER and decision_id = '${promised[5].decision.id}'`,
    );
    expect(await outcomes()).toEqual({ lost: 1, doubled: 0 });
    expect(await mismatches()).toBeGreaterThan(0);
  });

  it('notices an outcome that nobody reported', async () => {
    const unasked = promised.pop()!;
    expect(await outcomes()).toEqual({ lost: 0, doubled: 1 });
    promised.push(unasked);
    expect(await outcomes()).toEqual({ lost: 0, doubled: 0 });
  });

  it('notices sums that are not the fold of the log, by a single bit', async () => {
    await tamper(
      `update statistics set bytes = (select bytes from statistics s where s.router = ROUTER and s.arm <> statistics.arm limit 1)
       where router = ROUTER and arm = (select min(arm) from statistics where router = ROUTER)`,
    );
    expect(await mismatches()).toBeGreaterThan(0);
    const log = await readLog(reading, router);
    const expected = foldLog(log);
    const [[name, text]] = expected;
    const bytes = Buffer.from(text, 'base64');
    bytes[bytes.length - 1] ^= 1;
    expect(differences(expected, new Map([...expected, [name, bytes.toString('base64')]]))).toEqual([name]);
  });

  it('notices a decision that comes out otherwise', async () => {
    const { id, arm } = promised[20].decision;
    const other = arm === 'small' ? 'large' : 'small';
    await tamper(`update decisions set arm = '${other}' where router = ROUTER and decision_id = '${id}'`);
    expect(await decisions()).toEqual({ checked: made, notReproduced: 1 });
  });

  it('notices probabilities below the floor, and ones that do not sum to 1', async () => {
    const [one, two] = [promised[21].decision.id, promised[22].decision.id];
    await tamper(`update decisions set probabilities = '{1,0,0}' where router = ROUTER and decision_id = '${one}'`);
    await tamper(
      `update decisions set probabilities[1] = probabilities[1] + 1e-9 where router = ROUTER and decision_id = '${two}'`,
    );
    expect(await decisions()).toEqual({ checked: made, notReproduced: 2 });
  });

  it('notices a decision that claims another view', async () => {
    // One of the last decisions, said to have been made before anything was learned.
    const { id } = promised[made - 1].decision;
    await tamper(`update decisions set view = '{}' where router = ROUTER and decision_id = '${id}'`);
    expect(await decisions()).toEqual({ checked: made, notReproduced: 1 });
  });
});
