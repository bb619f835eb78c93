/** What each arm alone would have made of the requests of a run: they are the same whoever decides. */
import type { Objective } from '../../src/routing/spec.js';
import { chanceOf } from '../random.js';
import type { World } from '../worlds/world.js';
import { applyObjective, bestUtility } from './utility.js';

export interface FixedArm {
  readonly arm: string;
  /** Requests for which it was there and could serve: the others are left out. */
  readonly requests: number;
  /** Means over them, as in `PhaseSummary`. */
  readonly utility: number;
  readonly regret: number;
  readonly means: Readonly<Record<string, number>>;
}

export interface FixedPhase {
  readonly phase: string;
  readonly requests: number;
  readonly arms: readonly FixedArm[];
}

export interface FixedArms {
  readonly phases: readonly FixedPhase[];
  /** All phases together. */
  readonly whole: FixedPhase;
  /** From each change to the next, in order; named by what changed. */
  readonly stretches: readonly FixedPhase[];
}

/** @param seed of the runs that it is compared with */
export function fixedArms(world: World, objective: Objective, seed: number): FixedArms {
  const tally = (phase: string) => new Tally(phase, world);
  const phases = new Map<string, Tally>();
  const stretches: Tally[] = [];
  const whole = tally('all');
  for (const step of world.steps(chanceOf(seed, 'world'))) {
    if (!phases.has(step.phase)) phases.set(step.phase, tally(step.phase));
    if (step.changed) stretches.push(tally(step.changed.join('; ')));
    const best = bestUtility(objective, step, world.arms);
    const current = stretches.at(-1);
    for (const one of [whole, phases.get(step.phase)!, ...(current ? [current] : [])]) one.add(objective, step, best);
  }
  return {
    phases: [...phases.values()].map((one) => one.result()),
    whole: whole.result(),
    stretches: stretches.map((one) => one.result()),
  };
}

/** Sums over the steps of one phase. */
class Tally {
  private requests = 0;
  private readonly counts: Float64Array;
  private readonly utility: Float64Array;
  private readonly regret: Float64Array;
  private readonly sums: Readonly<Record<string, { readonly total: Float64Array; readonly known: Float64Array }>>;

  constructor(
    private readonly phase: string,
    private readonly world: World,
  ) {
    const column = () => new Float64Array(world.arms.length);
    [this.counts, this.utility, this.regret] = [column(), column(), column()];
    this.sums = Object.fromEntries(world.metrics.map((metric) => [metric, { total: column(), known: column() }]));
  }

  add(objective: Objective, step: Parameters<typeof bestUtility>[1], best: number): void {
    this.requests++;
    this.world.arms.forEach((arm, k) => {
      const utility = applyObjective(objective, step.outcomes, k);
      if (Number.isNaN(utility) || (step.present && !step.present.includes(arm))) return;
      this.counts[k]!++;
      this.utility[k]! += utility;
      this.regret[k]! += best - applyObjective(objective, step.expected ?? step.outcomes, k);
      for (const metric of this.world.metrics) {
        const value = step.outcomes[metric]![k]!;
        if (Number.isNaN(value)) continue;
        this.sums[metric]!.total[k]! += value;
        this.sums[metric]!.known[k]!++;
      }
    });
  }

  result(): FixedPhase {
    const { metrics, arms } = this.world;
    return {
      phase: this.phase,
      requests: this.requests,
      arms: arms.map((arm, k) => ({
        arm,
        requests: this.counts[k]!,
        utility: this.utility[k]! / this.counts[k]!,
        regret: this.regret[k]! / this.counts[k]!,
        means: Object.fromEntries(
          metrics.map((metric) => [metric, this.sums[metric]!.total[k]! / this.sums[metric]!.known[k]!]),
        ),
      })),
    };
  }
}
