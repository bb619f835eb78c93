import { describe, expect, it } from 'vitest';

import type { Ground, Measured, Part } from '../../../../sim/tuning/ground.js';
import { search } from '../../../../sim/tuning/search.js';
import { changed, withSetting, type Setting } from '../../../../sim/tuning/setting.js';
import { stagesFor, type Stage } from '../../../../sim/tuning/stages.js';
import { specOf } from '../../../support/routing.js';

interface Truth {
  readonly tuning: readonly number[];
  readonly heldOut?: readonly number[];
  readonly use?: number;
}

/** A ground where each setting earns what it says, by its half-life or ridge. */
function groundOf(truths: Readonly<Record<string, Truth>>): Ground & { asked: { name: string; part: Part }[] } {
  const asked: { name: string; part: Part }[] = [];
  return {
    asked,
    unit: 'seed',
    measure: (settings, part) =>
      Promise.resolve(
        settings.map((setting): Measured => {
          const { half_life: halfLife = '', prior } = setting.members;
          const name = `${halfLife}${prior ? ` ridge ${prior.precision}` : ''}`.trim() || 'declared';
          asked.push({ name, part });
          const { tuning, heldOut = tuning, use } = truths[name]!;
          const values = part === 'tuning' ? tuning : heldOut;
          return { setting, values, metrics: {}, ...(use === undefined ? {} : { use }) };
        }),
      ),
  };
}

const forgetting: Stage = {
  name: 'forgetting',
  question: 'how fast',
  options: ['1d', '7d'].map((halfLife) => ({ name: halfLife, change: { half_life: halfLife } })),
};
const ridge: Stage = {
  name: 'ridge',
  question: 'how firmly',
  options: [{ name: 'ridge 9', change: { prior: { precision: 9 } } }],
};

const low = [0.5, 0.6, 0.52, 0.58];
const plus = (by: number) => low.map((value, i) => value + by + (i % 2) * 0.002);

describe('a search', () => {
  it('takes the best of what is clearly better, and goes on from there', async () => {
    const ground = groundOf({
      declared: { tuning: low },
      '1d': { tuning: plus(0.02) },
      '7d': { tuning: plus(0.05) },
      '7d ridge 9': { tuning: plus(0.08) },
    });
    const { winner, recommended, stages, heldOut } = await search(ground, [forgetting, ridge]);
    expect(winner.members).toEqual({ half_life: '7d', prior: { precision: 9 } });
    expect(recommended).toEqual(winner);
    expect(stages.map(({ tried }) => tried.length)).toEqual([3, 2]);
    expect(heldOut.winner!.difference.mean).toBeCloseTo(0.081, 12);
  });

  it('measures what a stage begins with once', async () => {
    const ground = groundOf({
      declared: { tuning: low },
      '1d': { tuning: low },
      '7d': { tuning: low },
      'ridge 9': { tuning: low },
    });
    await search(ground, [forgetting, ridge]);
    expect(ground.asked.filter(({ part }) => part === 'tuning').map(({ name }) => name)).toEqual([
      'declared',
      '1d',
      '7d',
      'ridge 9',
    ]);
  });

  it('keeps the declaration where a higher mean is within what seeds differ by', async () => {
    const noisy = { tuning: [0.9, 0.3, 0.8, 0.35] };
    const { recommended, heldOut } = await search(groundOf({ declared: { tuning: low }, '1d': noisy, '7d': noisy }), [
      forgetting,
    ]);
    expect(recommended.members).toEqual({});
    expect(heldOut.winner).toBeUndefined();
  });

  it('does not recommend what looked better only where it was chosen', async () => {
    const lucky = { tuning: plus(0.05), heldOut: [0.5, 0.61, 0.51, 0.58] };
    const { winner, recommended, heldOut } = await search(
      groundOf({ declared: { tuning: low }, '1d': { tuning: low }, '7d': lucky }),
      [forgetting],
    );
    expect(winner.members).toEqual({ half_life: '7d' });
    expect(heldOut.winner!.difference.low).toBeLessThan(0);
    expect(recommended.members).toEqual({});
  });

  it('passes over what spends more than a budget allows, for the next best', async () => {
    const { winner } = await search(
      groundOf({
        declared: { tuning: low, use: 1 },
        '1d': { tuning: plus(0.02), use: 1.01 },
        '7d': { tuning: plus(0.05), use: 1.2 },
      }),
      [forgetting],
    );
    expect(winner.members).toEqual({ half_life: '1d' });
  });

  it('keeps the worst seed of every setting', async () => {
    const { stages } = await search(
      groundOf({ declared: { tuning: low }, '1d': { tuning: plus(1) }, '7d': { tuning: low } }),
      [forgetting],
    );
    expect(stages[0]!.tried.map(({ worst }) => worst)).toEqual([0.5, 1.5, 0.5]);
  });
});

describe('a setting', () => {
  const setting: Setting = { name: 'x', members: { half_life: '5s', prior: { trust: 0 } } };

  it('changes members of the prior one by one', () => {
    expect(changed({ prior: { trust: 1, cap: 30 } }, { prior: { precision: 2 } })).toEqual({
      prior: { trust: 1, cap: 30, precision: 2 },
    });
    expect(withSetting(specOf({ prior: { precision: 7 } }), setting).prior).toEqual({ precision: 7, trust: 0 });
  });

  it('leaves everything else of the declaration as it is', () => {
    const spec = specOf({ floor: 0.02 });
    expect(withSetting(spec, setting)).toEqual({ ...spec, half_life: '5s', prior: { trust: 0 } });
  });
});

describe('the stages', () => {
  it('declare half-lives as durations at the pace of the traffic', () => {
    const stage = stagesFor({ requests: 800, gapMs: 30_000, profiled: false }).find(
      ({ name }) => name === 'forgetting',
    )!;
    expect(stage.options.map(({ change }) => change.half_life)).toEqual(['24000s', '12000s', '6000s', '3000s']);
    expect(stage.options[1]!.name).toBe('half-life 400 requests');
  });

  it('leave out half-lives of a few requests, and the weight of profiles that are not there', () => {
    const names = (requests: number, profiled: boolean) =>
      stagesFor({ requests, gapMs: 1000, profiled }).map(({ name }) => name);
    expect(names(40, false)).toEqual(['exploration', 'ridge']);
    expect(names(400, true)).toEqual(['exploration', 'forgetting', 'profiles', 'ridge']);
  });
});
