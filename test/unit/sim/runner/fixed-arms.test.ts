import { expect, it } from 'vitest';

import { absence } from '../../../../sim/disturbances/absence.js';
import { qualityChange } from '../../../../sim/disturbances/quality-change.js';
import { fixedArms } from '../../../../sim/runner/fixed-arms.js';
import { play } from '../../../../sim/runner/play.js';
import { summarise } from '../../../../sim/runner/summary.js';
import { profileWorld } from '../../../../sim/worlds/profile-world.js';

const cells = ['small', 'large'].flatMap((arm, k) =>
  ['qa', 'code'].map((task) => ({ arm, task, means: { accuracy: 0.5 + 0.4 * k, energy_j: 10 + 100 * k } })),
);
const calm = profileWorld({ name: 'two', cells, length: 400 });
const world = qualityChange(calm, { arm: 'large', becomes: { value: 0.1 }, window: { from: 100, to: 250 } });
const objective = { accuracy: 1, energy_j: -0.001 };

it('what an arm alone would have made is what a run makes that always chooses it', () => {
  const fixed = fixedArms(world, objective, 3);
  for (const arm of world.arms) {
    const spec = {
      id: 'r',
      arms: world.arms.map((id) => ({ id })),
      features: [],
      objective,
      policy: { name: 'fixed' as const, arm },
      floor: 0,
    };
    const run = summarise(play({ world, router: { spec, profiles: [], encoders: new Map() }, seed: 3 }));
    const alone = fixed.whole.arms.find((one) => one.arm === arm)!;
    expect(alone.utility).toBeCloseTo(run.whole.utility, 10);
    expect(alone.regret).toBeCloseTo(run.whole.regret, 10);
    expect(alone.means.accuracy).toBeCloseTo(run.whole.means.accuracy!, 10);
    expect(run.changes.map(({ request }) => request)).toEqual([100, 250]);
    expect(fixed.stretches.map(({ requests }) => requests)).toEqual([150, 150]);
  }
});

it('an arm that is away is counted for the requests that it was there for', () => {
  const { whole } = fixedArms(absence(calm, { arm: 'large', window: { from: 300 } }), objective, 1);
  expect(whole.arms.map(({ requests }) => requests)).toEqual([400, 300]);
});
