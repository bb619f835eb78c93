/** The router that each contestant is: what the world implies, what the scenario says, and what the policy says. */
import { TextEncoderArtifact } from '../../../src/routing/features/text-encoder-artifact.js';
import type { ProfileRow } from '../../../src/routing/profile.js';
import { buildRouter as routerOf, type RouterParts } from '../../../src/routing/router.js';
import type { Budget, Feature, Objective, RouterSpec } from '../../../src/routing/spec.js';
import { routerErrors } from '../../../src/routing/validate-spec.js';
import type { World } from '../../worlds/world.js';
import { cellsOf } from './build-world.js';
import type { Contestant } from './format.js';
import { fitted, type Prepared, type PreparedTable } from './prepare.js';
import { ScenarioError, wrong } from './scenario-error.js';

export type ContestantRouter = Pick<RouterParts, 'spec' | 'profiles' | 'encoders'>;

const textDimension = 32;

export const objectiveOf = ({ file }: Prepared): Objective => file.router?.objective ?? { accuracy: 1 };

/** The budget of a contestant; null is none, where the scenario has one. */
export const budgetOf = ({ file }: Prepared, { budget }: Contestant): Budget | undefined =>
  budget === null ? undefined : (budget ?? file.budget);

/** @throws ScenarioError naming the member that can't be */
export function buildRouter(prepared: Prepared, world: World, place: number): ContestantRouter {
  const { file } = prepared;
  const contestant = file.policies[place]!;
  const encoder = prepared.encoder && TextEncoderArtifact.fromBytes(prepared.encoder);
  const budget = budgetOf(prepared, contestant);
  const features = (file.router?.features ?? impliedFeatures(prepared)).map((feature) =>
    feature.type === 'text' && feature.encoder === fitted ? { ...feature, encoder: encoder!.hash } : feature,
  );
  const spec: RouterSpec = {
    id: file.name ?? 'scenario',
    arms: impliedArms(prepared, world),
    ...file.router,
    features,
    objective: objectiveOf(prepared),
    ...(contestant.policy ? { policy: contestant.policy } : {}),
    ...(contestant.floor === undefined ? {} : { floor: contestant.floor }),
    ...(budget ? { budgets: [budget] } : {}),
  };
  checkArms(spec, world);
  const errors = routerErrors(spec).map(({ pointer, detail }) => ({
    pointer: placeOf(pointer, place, contestant),
    detail,
  }));
  if (errors.length > 0) throw new ScenarioError(errors);
  const encoders = new Map(encoder ? [[encoder.hash, encoder]] : []);
  const router = { spec, profiles: profilesOf(prepared, place), encoders };
  checkProfiles(router, `/policies/${place}/profiles`);
  return router;
}

/** The policy by profiles alone would choose by chance, without a word. */
function checkProfiles(router: ContestantRouter, pointer: string): void {
  if (router.spec.policy?.name !== 'profile') return;
  const { taskProfiles } = routerOf({ ...router, tenant: 'scenario', revision: 1, secret: new Uint8Array(16) });
  if (taskProfiles.speak) return;
  throw wrong(pointer, 'expected profiles that tell accuracy and energy_j, which policy "profile" chooses by');
}

/** Where in the scenario the member of the router was written. */
function placeOf(pointer: string, place: number, { budget }: Contestant): string {
  if (pointer.startsWith('/policy')) return `/policies/${place}${pointer}`;
  if (pointer.startsWith('/budgets/0'))
    return pointer.replace('/budgets/0', budget ? `/policies/${place}/budget` : '/budget');
  return `/router${pointer}`;
}

/** An arm may serve the tasks that the world has cells for. */
function impliedArms({ file: { world: spec } }: Prepared, world: World): RouterSpec['arms'] {
  if (spec.type !== 'profiles') return world.arms.map((id) => ({ id }));
  return world.arms.map((id) => ({ id, tasks: spec.cells.filter(({ arm }) => arm === id).map(({ task }) => task) }));
}

function checkArms({ arms }: RouterSpec, world: World): void {
  const stranger = arms.findIndex(({ id }) => !world.arms.includes(id));
  if (stranger >= 0)
    throw wrong(
      `/router/arms/${stranger}/id`,
      `expected an arm of the world (${world.arms.join(', ')}), got "${arms[stranger]!.id}"`,
    );
  if (arms.length < world.arms.length)
    throw wrong(
      '/router/arms',
      `expected every arm of the world (${world.arms.join(', ')}); name fewer in /world/models`,
    );
}

/** Tasks where there are any, else the text of the prompt; of a linear world its vector. */
function impliedFeatures({ file: { world }, table }: Prepared): Feature[] {
  if (world.type === 'linear') return [{ name: 'x', type: 'vector', dimension: world.dimension }];
  const values = [...new Set(world.type === 'profiles' ? world.cells.map(({ task }) => task) : tasksOf(table!))].sort();
  if (values.length > 0) return [{ name: 'task', type: 'category', values }];
  const { rows, phases } = table!;
  const hasPrompts = phases.some(({ places }) => places.some((row) => rows.prompt.known[row] === 1));
  return hasPrompts ? [{ name: 'prompt', type: 'text', dimension: textDimension }] : [];
}

/** Tasks of the rows that are played. */
function tasksOf({ rows: { task }, phases }: PreparedTable): string[] {
  const codes = new Set(phases.flatMap(({ places }) => [...new Set(places.map((row) => task.codes[row]!))]));
  return [...codes].flatMap((code) => task.values[code - 1] ?? []);
}

function profilesOf({ file, table }: Prepared, place: number): readonly ProfileRow[] {
  const { profiles } = file.policies[place]!;
  const pointer = `/policies/${place}/profiles`;
  if (profiles === undefined || profiles === false) return [];
  if (typeof profiles === 'string') {
    if (table) return table.profiles[profiles]!;
    throw wrong(pointer, 'expected true or false: only a table has splits');
  }
  if (file.world.type === 'table')
    throw wrong(pointer, 'expected the name of the split whose means the policy starts from, got true');
  if (file.world.type === 'linear') throw wrong(pointer, 'expected none: a linear world has no profiles');
  return cellsOf(file.world).map(({ arm, task, means }) => ({
    arm,
    task,
    samples: 1000,
    source: 'cells of the scenario',
    measured_on: '2026',
    metrics: { ...means },
  }));
}
