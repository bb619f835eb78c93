/** Finds or makes the router that is driven, and gives it what it shall know beforehand. */
import type { Objective, PolicySpec, RouterSpec, TextFeature } from '../../routing/spec.js';
import type { RouterState } from '../../runtime/service.js';
import type { Table } from '../../../sim/table/table.js';
import type { Client } from '../client.js';
import { Failure } from '../failures.js';
import { base64, fitEncoder } from '../fit-encoder.js';
import type { DriveOptions } from '../drive.js';
import { measuredProfiles } from './measured-profiles.js';
import { objectiveOfTable } from './objective-of-table.js';
import { defaultContext, fieldsOf, routerName, routerOfTable } from './router-of-table.js';
import { survey, type Survey } from './survey.js';

export interface PreparedRouter {
  readonly name: string;
  readonly objective: Objective;
  /** Fields of the context that it reads: prompt, task. */
  readonly fields: ReadonlySet<string>;
  /** Outcomes that it has learned from already. */
  readonly outcomes: number;
}

export interface Preparation {
  readonly client: Client;
  readonly table: Table;
  /** Of the whole table. */
  readonly whole: Survey;
  readonly options: DriveOptions;
  readonly say: (line: string) => void;
}

export async function prepareRouter(preparation: Preparation): Promise<PreparedRouter> {
  const found = await findOrMake(preparation);
  const state = await fitRouter(preparation, found);
  await seedRouter(preparation, state);
  const { spec, outcomes } = state;
  return {
    name: spec.id,
    objective: spec.objective,
    fields: fieldsOf(spec.features),
    outcomes: Math.max(0, ...Object.values(outcomes)),
  };
}

function wishedRouter({ table, whole, options }: Preparation): RouterSpec {
  const context =
    options.context ?? (options.seedFrom !== undefined && whole.labelled > 0 ? 'both' : defaultContext(whole));
  if (context !== 'task' && whole.prompts === 0)
    throw new Failure(`${table.path} has no prompts; drive it with --context task`);
  const wish = {
    name: options.router ?? routerName(table.path),
    context: context === 'both' && whole.prompts === 0 ? 'task' : context,
    dimension: options.dimension,
    objective: objectiveOfTable(options, whole, table.models.length),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  } as const;
  return routerOfTable(wish, table.models, whole);
}

async function findOrMake(preparation: Preparation): Promise<RouterState> {
  const { client, say } = preparation;
  const wished = wishedRouter(preparation);
  const found = await client.routerIfAny(wished.id);
  if (found === undefined) {
    if (preparation.options.fitEncoder !== undefined) requireText(wished);
    const made = await client.createRouter(wished);
    say(
      `made router ${wished.id}: ${wished.arms.length} arms, reads ${[...fieldsOf(wished.features)].join(' and ') || 'nothing'}`,
    );
    return made;
  }
  refuseOtherArms(found.spec, wished);
  say(
    `router ${wished.id} is there already, with ${Math.max(0, ...Object.values(found.outcomes))} outcomes; it goes on learning`,
  );
  return changeAsAsked(preparation, found, wished);
}

function refuseOtherArms(found: RouterSpec, wished: RouterSpec): void {
  const sorted = (spec: RouterSpec) => spec.arms.map((arm) => arm.id).sort();
  const [there, here] = [sorted(found), sorted(wished)];
  if (there.join('\n') === here.join('\n')) return;
  throw new Failure(
    `router ${found.id} has other arms (${there.join(', ')}) than the table (${here.join(', ')}); take another name with --router`,
  );
}

/** Only what options say outright is changed; what was learned stays. */
async function changeAsAsked(preparation: Preparation, found: RouterState, wished: RouterSpec): Promise<RouterState> {
  const { client, options, say } = preparation;
  if (options.keep) return found;
  const weighs = options.objective !== undefined || options.energyWeight !== undefined;
  const patch = {
    ...(weighs && !same(found.spec.objective, wished.objective) ? { objective: wished.objective } : {}),
    ...(options.policy !== undefined && found.spec.policy?.name !== options.policy
      ? { policy: { name: options.policy } as PolicySpec }
      : {}),
  };
  if (Object.keys(patch).length === 0) return found;
  say(`changing its ${Object.keys(patch).join(' and ')}`);
  return client.changeRouter(found.spec.id, patch);
}

const same = (a: Objective, b: Objective) =>
  Object.keys({ ...a, ...b }).every((metric) => (a[metric] ?? 0) === (b[metric] ?? 0));

async function fitRouter({ client, table, options, say }: Preparation, state: RouterState): Promise<RouterState> {
  if (options.fitEncoder === undefined) return state;
  const feature = requireText(state.spec);
  const artifact = await fitEncoder(promptsOf(table, options.fitEncoder), feature.dimension, options.seed);
  say(`fitted a text encoder on ${artifact.prompts} prompts of ${options.fitEncoder}`);
  if (feature.encoder === artifact.hash) return state;
  return client.putEncoder(state.spec.id, feature.name, base64(artifact));
}

/** @throws Failure for a router that has no use for an encoder */
function requireText({ id, features }: RouterSpec): TextFeature {
  const feature = features.find((candidate) => candidate.type === 'text');
  if (feature === undefined) throw new Failure(`router ${id} reads no text; drive it with --context prompt or both`);
  return feature;
}

async function* promptsOf(table: Table, split: string): AsyncGenerator<string> {
  for await (const row of table.rows({ splits: [split] })) if (row.prompt !== undefined) yield row.prompt;
}

async function seedRouter({ client, table, options, say }: Preparation, { spec }: RouterState): Promise<void> {
  if (options.seedFrom === undefined) return;
  const measured = await survey(table, table.rows({ splits: [options.seedFrom] }));
  const rows = measuredProfiles(measured, table.models, {
    perTask: fieldsOf(spec.features).has('task'),
    source: `${table.path.slice(table.path.lastIndexOf('/') + 1)}, split ${options.seedFrom}`,
    measured_on: new Date().toISOString().slice(0, 10),
  });
  await client.importProfiles(spec.id, rows, 'merge');
  say(`seeded with ${rows.length} profiles measured on ${measured.rows} rows of ${options.seedFrom}`);
}
