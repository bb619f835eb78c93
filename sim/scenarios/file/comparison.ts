/** Plays what a scenario file asks: every policy with every seed, on the same requests. */
import type { PolicyName } from '../../../policies/registry.js';
import { detectionOf } from '../../../src/routing/changes/detection.js';
import { play, Unplayable } from '../../runner/play.js';
import { fixedArms, type FixedArms } from '../../runner/fixed-arms.js';
import { summarise, type RunSummary } from '../../runner/summary.js';
import type { World } from '../../worlds/world.js';
import type { Playable, Scenario } from '../scenario.js';
import { buildRouter, budgetOf, objectiveOf, type ContestantRouter } from './build-router.js';
import { buildWorld } from './build-world.js';
import { checkScenario } from './check.js';
import { concludeComparison } from './conclude.js';
import type { ScenarioFile } from './format.js';
import { prepareScenario, type Prepared } from './prepare.js';
import { wrong } from './scenario-error.js';

/** Milliseconds of virtual time between two requests. */
export const gapMs = 1000;
const defaultSeeds = 10;

/** Policies that choose without asking what came of earlier choices. */
const isStatic = (policy: PolicyName | undefined): boolean =>
  policy === 'fixed' || policy === 'uniform' || policy === 'profile';

interface Opened {
  readonly prepared: Prepared;
  readonly world: World;
  readonly routers: readonly ContestantRouter[];
}

interface Job {
  /** Place of the policy; null for the arms alone. */
  readonly policy: number | null;
  readonly seed: number;
}

type Result = RunSummary | FixedArms;

/** What threads need to play any scenario file. */
export const comparison: Playable<Prepared, Opened, Job, Result> = {
  name: 'file',
  open(prepared) {
    const world = buildWorld(prepared);
    checkScenario(prepared, world);
    return { prepared, world, routers: prepared.file.policies.map((_, i) => buildRouter(prepared, world, i)) };
  },
  play({ prepared, world, routers }, { policy, seed }) {
    if (policy === null) return fixedArms(world, objectiveOf(prepared), seed);
    const { name, watch: watched } = prepared.file.policies[policy]!;
    const watch = watched === false ? undefined : detectionOf(routers[policy]!.spec);
    try {
      return summarise(play({ world, router: routers[policy]!, seed, watch, gapMs }));
    } catch (error) {
      throw error instanceof Unplayable
        ? wrong(`/policies/${policy}`, `"${name}", seed ${seed}, ${error.message}`)
        : error;
    }
  },
};

/** @param file fits its schema */
export function scenarioOf(file: ScenarioFile): Scenario<Prepared, Opened, Job, Result> {
  return {
    ...comparison,
    summary: file.title ?? file.name ?? 'a scenario file',
    defaultSeeds: file.seeds ?? defaultSeeds,
    async prepare(folder) {
      const prepared = await prepareScenario(file, folder);
      // What can't be built is said before threads begin.
      comparison.open(prepared);
      return prepared;
    },
    jobs: (_, seeds) =>
      [null, ...file.policies.keys()].flatMap((policy) =>
        Array.from({ length: seeds }, (__, i) => ({ policy, seed: i + 1 })),
      ),
    conclude(prepared, jobs, results) {
      const of = (policy: number | null) => results.filter((_, i) => jobs[i]!.policy === policy);
      const policies = file.policies.map((contestant, i) => ({
        name: contestant.name,
        budget: budgetOf(prepared, contestant),
        learns: !isStatic(contestant.policy?.name),
        runs: of(i) as RunSummary[],
      }));
      return concludeComparison(prepared, policies, of(null) as FixedArms[], gapMs);
    },
  };
}
