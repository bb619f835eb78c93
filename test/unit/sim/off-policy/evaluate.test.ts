import { describe, expect, it } from 'vitest';

import { evaluate, type EvaluationOptions } from '../../../../sim/off-policy/evaluate.js';
import { estimatorNames } from '../../../../sim/off-policy/estimators/registry.js';
import type { Round } from '../../../../sim/off-policy/round.js';
import { fixedTarget } from '../../../../sim/off-policy/targets/fixed.js';
import { playedRouter } from '../../../../sim/off-policy/targets/played-router.js';
import { taskTableTarget } from '../../../../sim/off-policy/targets/task-table.js';
import { uniformTarget } from '../../../../sim/off-policy/targets/uniform.js';
import type { Target } from '../../../../sim/off-policy/targets/target.js';
import type { RouterSpec } from '../../../../src/routing/spec.js';
import { arms, drawnRounds, logOf, reading, values } from './log-of.js';

const rounds = drawnRounds(2_000, [0.5, 0.3, 0.2]);
const ask = (target: Target, of: readonly Round[] = rounds, options: EvaluationOptions = {}) =>
  evaluate(logOf(of), reading, target, options);
const refusals = async (target: Target, of: readonly Round[], options?: EvaluationOptions) =>
  Object.fromEntries((await ask(target, of, options)).estimates.map((row) => [row.estimator, row.refused]));

const routerTarget = (over: Partial<RouterSpec> = {}): Target => {
  const spec: RouterSpec = {
    id: 'r',
    arms: arms.map((id) => ({ id })),
    features: [{ name: 'task', type: 'category', values: ['code', 'qa'] }],
    metrics: [{ name: 'reward', unit: '1', minimum: 0, maximum: 1 }],
    objective: { reward: 1 },
    ...over,
  };
  const parts = { tenant: '', spec, revision: 1, profiles: [], encoders: new Map(), secret: new Uint8Array(16) };
  return playedRouter({ name: 'router', parts, arms });
};

describe('an evaluation', () => {
  it.each(arms.map((arm, k) => [arm, values[k]!] as const))('finds what always %s is worth', async (arm, truth) => {
    for (const { estimator, low, high, metrics } of (await ask(fixedTarget(arms, arm))).estimates) {
      if (estimator === 'dm') continue;
      expect(low, estimator).toBeLessThan(truth);
      expect(high, estimator).toBeGreaterThan(truth);
      expect(metrics!['cost_usd']!.value, estimator).toBeCloseTo(0.001 * (arms.indexOf(arm) + 1), 3);
    }
  });

  it('weighs nothing when the target is the policy that was logged', async () => {
    const chances = { small: 0.5, middle: 0.3, large: 0.2 };
    const { estimates, logged } = await ask(taskTableTarget(arms, { '*': chances }));
    const ips = estimates.find(({ estimator }) => estimator === 'ips')!;
    expect(ips.value).toBeCloseTo(logged!.value, 12);
    expect(ips.effective_sample_size).toBeCloseTo(rounds.length, 6);
    expect(estimates.find(({ estimator }) => estimator === 'replay')!.effective_sample_size).toBe(rounds.length);
  });

  it('accepts for replay the share of each arm that the target would have chosen', async () => {
    const table = taskTableTarget(arms, { '*': { small: 0.2, middle: 0.2, large: 0.6 } });
    const { low, high } = (await ask(table, rounds, { estimators: ['replay'] })).estimates[0]!;
    expect(low).toBeLessThan(0.62);
    expect(low).toBeGreaterThan(0.53);
    expect(high).toBeGreaterThan(0.62);
  });

  it('plays a policy that learns: it finds the best arm, and by its own choices too', async () => {
    const { estimates } = await ask(routerTarget());
    const found = Object.fromEntries(estimates.map((row) => [row.estimator, row.value!]));
    expect(found['dr']).toBeGreaterThan(0.7);
    expect(found['replay']).toBeGreaterThan(0.55);
  });

  it('holds a policy to its budget', async () => {
    const budgets = [{ metric: 'cost_usd', per_request: 0.0015 }];
    const { estimates } = await ask(routerTarget({ budgets }), rounds, { estimators: ['dr'] });
    expect(estimates[0]!.metrics!['cost_usd']!.value).toBeLessThan(0.0017);
    expect(estimates[0]!.metrics!['cost_usd']!.value).toBeGreaterThan(0.0012);
  });

  it('gives the same numbers for the same seed', async () => {
    const options = { interval: 'bootstrap', seed: 7, estimators: ['snips'] } as const;
    expect(await ask(uniformTarget(arms), rounds, options)).toEqual(await ask(uniformTarget(arms), rounds, options));
  });

  it.each(['normal', 'bootstrap', 'anytime'] as const)('has intervals of the kind %s', async (interval) => {
    const { estimates } = await ask(fixedTarget(arms, 'large'), rounds, { interval, estimators: ['ips'] });
    expect(estimates[0]!.low).toBeLessThan(0.8);
    expect(estimates[0]!.high).toBeGreaterThan(0.8);
  });

  it('says of every estimator that is biased by design that it is, and of no other', async () => {
    const { estimates } = await ask(uniformTarget(arms), rounds, { estimators: estimatorNames });
    const marked = estimates.filter(({ biased }) => biased !== undefined).map(({ estimator }) => estimator);
    expect(marked).toEqual(['dm', 'dros', 'clipped-ips', 'switch-dr', 'sg-ips', 'sg-dr']);
    expect(estimates[3]!.biased).toBe('what its outcome model may be wrong by');
  });

  it('has wider intervals where more confidence is asked for, and the widest where they hold at any time', async () => {
    const width = async (options: EvaluationOptions) => {
      const [row] = (await ask(fixedTarget(arms, 'large'), rounds, { ...options, estimators: ['ips'] })).estimates;
      return row!.high! - row!.low!;
    };
    expect(await width({ confidence: 0.99 })).toBeGreaterThan(await width({ confidence: 0.9 }));
    expect(await width({ interval: 'anytime' })).toBeGreaterThan(await width({}));
  });

  it('leaves out a metric that cannot be summed', async () => {
    const dear = rounds.map((round) => ({ ...round, outcomes: { ...round.outcomes, cost_usd: 1e308 } }));
    for (const row of (await ask(uniformTarget(arms), dear)).estimates) {
      expect(row.value).not.toBeNull();
      expect(row.metrics).toBeUndefined();
    }
  });

  it('leaves out rounds without an outcome, and warns', async () => {
    const gaps = rounds.map((round, i) => (i % 4 === 0 ? { ...round, outcomes: {} } : round));
    const { used, warnings } = await ask(uniformTarget(arms), gaps);
    expect(used).toBe(1_500);
    expect(warnings.join()).toContain('500 of 2000 rounds have no outcome');
  });
});

describe('an evaluation refuses, with the reason', () => {
  const weighted = ['replay', 'ips', 'snips', 'dr', 'dros'];

  it('a log without propensities, but for the direct method', async () => {
    const blind = rounds.map(({ probabilities: _, ...round }) => ({ ...round, propensity: NaN }));
    const found = await refusals(uniformTarget(arms), blind);
    for (const name of weighted) expect(found[name]).toContain("2000 of 2000 rounds don't say with which probability");
    expect(found['dm']).toBeUndefined();
  });

  it('propensities of 0', async () => {
    const zero = rounds.map(({ probabilities: _, ...round }, i) => (i === 5 ? { ...round, propensity: 0 } : round));
    expect((await refusals(uniformTarget(arms), zero))['ips']).toMatch(/1 of 2000 rounds .* probability 0 .*line 7/);
  });

  it('a target of arms that were never logged, the direct method too', async () => {
    const found = await refusals(fixedTarget(arms, 'large'), drawnRounds(1_000, [0.6, 0.4, 0]));
    for (const name of [...weighted, 'dm']) expect(found[name]).toContain('100 % of the target');
  });

  it('arms that could not be chosen in some rounds', async () => {
    const half = drawnRounds(1_000, [0.6, 0.4, 0]).concat(drawnRounds(1_000, [0.3, 0.3, 0.4]));
    const found = await refusals(fixedTarget(arms, 'large'), half);
    expect(found['ips']).toContain('50 % of the target');
    expect(found['dm']).toBeUndefined();
  });

  it('the same where only the propensity of the chosen arm is known, for weights then are not 1 on average', async () => {
    const half = drawnRounds(1_000, [0.6, 0.4, 0]).concat(drawnRounds(1_000, [0.3, 0.3, 0.4]));
    const blind = half.map(({ probabilities: _, ...round }) => round);
    expect((await refusals(fixedTarget(arms, 'large'), blind))['snips']).toContain('where 1 is expected');
  });

  it('weights that fall short, for what the target would choose was tried too rarely, before it doubts propensities', async () => {
    // The second half never chose large, which at one in 300 is chance, and at one in four isn't.
    const half = (large: number) =>
      drawnRounds(1_000, [0.25, 0.25, 0.5]).concat(
        drawnRounds(1_000, [1, 0, 0]).map((round) => ({
          ...{ ...round, propensity: 1 - large },
          probabilities: Float64Array.of(1 - large, 0, large),
        })),
      );
    const rare = (await refusals(fixedTarget(arms, 'large'), half(1 / 300)))['ips'];
    expect(rare).toMatch(
      /where 1 is expected: what the target would choose was tried too rarely to tell \(in \d+ of 2000/,
    );
    expect(rare).toContain('may weigh up to 300)');
    const wrong = (await refusals(fixedTarget(arms, 'large'), half(1 / 4)))['ips'];
    expect(wrong).toContain('where 1 is expected: the propensities are wrong');
  });

  it('a log that is worth too few rounds', async () => {
    const found = await refusals(fixedTarget(arms, 'large'), drawnRounds(400, [0.9, 0.05, 0.05]));
    expect(found['ips']).toContain('fewer than 50');
    const least = { leastEffectiveSample: 5 };
    expect(
      (await refusals(fixedTarget(arms, 'large'), drawnRounds(400, [0.9, 0.05, 0.05]), least))['ips'],
    ).toBeUndefined();
  });

  it('a model of arms that were hardly logged, with arm and rounds, unless the target hardly chooses them', async () => {
    const few = drawnRounds(400, [0.9, 0.09, 0.01]);
    const large = few.filter(({ arm }) => arm === 2).length;
    const always = fixedTarget(arms, 'large');
    expect((await refusals(always, few))['dm']).toBe(
      `100 % of the target's choices are left to the outcome model for arms that it knows from fewer than 50 rounds: "large" from ${large}; ` +
        'log more of them, or ask about a target that chooses what was logged',
    );
    expect((await refusals(always, few, { leastEffectiveSample: large }))['dm']).toBeUndefined();
    const seldom = (chance: number) => taskTableTarget(arms, { '*': { small: 1 - chance, large: chance } });
    expect((await refusals(seldom(0.005), few))['dm']).toBeUndefined();
    expect((await refusals(seldom(0.02), few))['dm']).toMatch(/^2 % of the target's choices .* "large" from/);
    expect((await refusals(uniformTarget(arms), few))['dm']).toContain('(and 1 more such arms)');
  });

  it('the same of those that make large weights smaller, for what these lose is left to the model', async () => {
    const estimators = ['dr', 'dros', 'switch-dr', 'clipped-ips'] as const;
    const target = taskTableTarget(arms, { '*': { small: 0.9, large: 0.1 } });
    const found = await refusals(target, drawnRounds(5_000, [0.5, 0.499, 0.001]), { estimators });
    const drawn = drawnRounds(5_000, [0.5, 0.499, 0.001]).filter(({ arm }) => arm === 2).length;
    // Weights of 100 on rounds of the large arm: past √n, SWITCH leaves all of each to the model, and λ = n two thirds.
    const percent = (left: number) => `${Number(((100 * left * drawn) / 5_000).toPrecision(2))} % of`;
    expect(found['switch-dr']).toMatch(new RegExp(`^${percent(100)} .* "large" from ${drawn};`));
    expect(found['dros']).toMatch(new RegExp(`^${percent(200 / 3)} .* "large" from ${drawn};`));
    for (const name of ['dr', 'clipped-ips']) expect(found[name], name).toBeUndefined();
    const known = await refusals(target, drawnRounds(5_000, [0.5, 0.4, 0.1]), { estimators });
    expect(Object.values(known)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('no choices of an arm that was hardly logged where nothing is left to the model', async () => {
    // What is taken off the weights is nearly all on the middle arm, which is well known; the large one has weights of 1.5.
    const log = drawnRounds(3_000, [0.96, 0.03, 0.01]);
    expect(log.filter(({ arm }) => arm === 2).length).toBeLessThan(50);
    const target = taskTableTarget(arms, { '*': { middle: 0.985, large: 0.015 } });
    const found = await refusals(target, log, { estimators: ['dm', 'dros'] });
    expect(found['dros']).toBeUndefined();
    expect(found['dm']).toContain('"large" from');
  });

  it('what is no finite number, so that JSON holds none in its place', async () => {
    const huge = rounds.map((round) => ({ ...round, outcomes: { reward: 1e308 } }));
    const evaluation = await ask(uniformTarget(arms), huge, { estimators: estimatorNames });
    for (const row of evaluation.estimates)
      expect(row.refused, row.estimator).toBe(
        'outcomes as large as 1e+308 cannot be squared and summed; give what is valued in a larger unit',
      );
    expect(evaluation.logged).toBeNull();
    const [one] = rounds;
    const single = await refusals(fixedTarget(arms, arms[one!.arm]!), [one!], { leastEffectiveSample: 1 });
    for (const reason of Object.values(single)) expect(reason).toBe('too few rounds count for an interval that ends');
  });

  it('weights that are no finite number, and no model with them', async () => {
    const chances = Float64Array.of(1, 0, 1e-310);
    const tiny = rounds.map((round) => ({
      ...round,
      propensity: chances[round.arm] || 1e-310,
      probabilities: chances,
    }));
    const { estimates } = await ask(fixedTarget(arms, 'large'), tiny);
    for (const { estimator, refused, max_weight } of estimates) {
      if (estimator === 'dm') expect(refused).toBeUndefined();
      else expect(refused, estimator).toMatch(/^a propensity of 1e-310 makes weights that cannot be reckoned with/);
      expect(max_weight).toBeNull();
    }
  });

  it('outcomes that are all the same', async () => {
    const same = rounds.map((round) => ({ ...round, outcomes: { reward: 0 } }));
    expect((await refusals(uniformTarget(arms), same))['ips']).toContain('came out the same');
  });

  it('a log without outcomes', async () => {
    const none = rounds.map((round) => ({ ...round, outcomes: {} }));
    for (const reason of Object.values(await refusals(uniformTarget(arms), none)))
      expect(reason).toBe('no round has the outcomes that are valued');
  });

  it('an anytime-valid interval for what has no declared range, and for estimators that have none', async () => {
    const found = await refusals(uniformTarget(arms), rounds, {
      interval: 'anytime',
      range: { minimum: 0, maximum: 0.5 },
    });
    expect(found['ips']).toContain('1 is outside 0 to 0.5');
    expect(found['dr']).toBe('only ips has an anytime-valid interval');
  });
});

describe('a target', () => {
  it('must choose among the arms of the log', () => {
    expect(() => fixedTarget(arms, 'huge')).toThrow('expected an arm of the log (small, middle, large), got "huge"');
    expect(() => taskTableTarget(arms, { qa: 'huge' })).toThrow('task "qa": expected an arm of the log');
  });

  it('must choose with probabilities', () => {
    expect(() => taskTableTarget(arms, { qa: { small: 0.5 } })).toThrow('sum to 1, got 0.5');
    expect(() => taskTableTarget(arms, { qa: { small: 1.5, large: -0.5 } })).toThrow('from 0 to 1, got 1.5');
  });

  it('must say what it does in every task that comes', async () => {
    await expect(ask(taskTableTarget(arms, { qa: 'small' }))).rejects.toThrow('says nothing of task "code" (line 3)');
  });
});
