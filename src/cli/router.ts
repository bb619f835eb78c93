/** `tradewind router`: declare, look at and change routers. */
import type { Command } from 'commander';

import { exampleRouter } from '../routing/profiles/example-router.js';
import type { Objective, PolicySpec, RouterSpec } from '../routing/spec.js';
import type { RouterState } from '../runtime/service.js';
import type { RouterPatch } from '../runtime/spec-changes.js';
import { withExamples } from './examples.js';
import { UsageError } from './failures.js';
import { readJsonFile } from './json-file.js';
import { objective, wholeNumber } from './option-values.js';
import { print, printJson } from './output.js';
import { clientOf, serverOption, type ServerOption } from './server-option.js';
import { textTable } from './text-table.js';

interface ReadOptions extends ServerOption {
  readonly json?: true;
}
interface CreateOptions extends ReadOptions {
  readonly example?: true;
  readonly name?: string;
}
interface ChangeOptions extends ReadOptions {
  readonly file?: string;
  readonly objective?: Objective;
  readonly policy?: string;
  readonly revision?: number;
}

export function addRouter(program: Command): void {
  const router = program.command('router').description('declare, look at and change routers');
  addList(router);
  addShow(router);
  addCreate(router);
  addChange(router);
}

function addList(router: Command): void {
  withExamples(router.command('list'), 'tradewind router list')
    .description('all routers of the service')
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (options: ReadOptions) => {
      const states = await clientOf(options).routers();
      if (options.json) return printJson(states);
      print(...listOf(states));
    });
}

function listOf(states: readonly RouterState[]): string[] {
  if (states.length === 0) return ['no routers; make one with "tradewind router create"'];
  return textTable(states, [
    { title: 'router', text: (state) => state.spec.id },
    { title: 'arms', text: (state) => String(state.spec.arms.length), right: true },
    { title: 'policy', text: (state) => state.spec.policy?.name ?? 'default' },
    { title: 'objective', text: (state) => objectiveText(state.spec.objective), width: 48 },
    { title: 'outcomes', text: (state) => String(Math.max(0, ...Object.values(state.outcomes))), right: true },
    { title: 'revision', text: (state) => String(state.revision), right: true },
  ]);
}

export const objectiveText = (weights: Objective): string =>
  Object.entries(weights)
    .map(([metric, weight]) => `${metric}=${weight}`)
    .join(',');

function addShow(router: Command): void {
  withExamples(router.command('show <router>'), 'tradewind router show default', 'tradewind router show default --json')
    .description('one router: its arms, features, objective, policy and what it has learned from')
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: ReadOptions) => {
      const state = await clientOf(options).router(id);
      if (options.json) return printJson(state);
      print(...describeRouter(state));
    });
}

/** A router in a screen of text. */
export function describeRouter(state: RouterState): string[] {
  const { spec } = state;
  const outcomes = Object.entries(state.outcomes).map(([metric, count]) => `${metric} ${count}`);
  return [
    `${spec.id}, revision ${state.revision}, changed ${state.changed_at}`,
    `  objective  ${objectiveText(spec.objective)}`,
    `  policy     ${spec.policy === undefined ? 'default' : JSON.stringify(spec.policy)}`,
    `  features   ${spec.features.map((feature) => `${feature.name} (${feature.type})`).join(', ') || 'none'}, ${state.features.dimension} numbers`,
    ...(spec.budgets ?? []).map((budget) => `  budget     ${JSON.stringify(budget)}`),
    `  outcomes   ${outcomes.join(', ') || 'none yet'}`,
    ...(state.detected_changes ?? []).slice(-5).map((change) => `  changed    ${JSON.stringify(change)}`),
    '',
    ...textTable(spec.arms, [
      { title: 'arm', text: (arm) => arm.id },
      { title: 'state', text: (arm) => arm.state ?? 'active' },
      { title: 'tasks', text: (arm) => arm.tasks?.join(', ') ?? 'all', width: 60 },
    ]),
  ];
}

function addCreate(router: Command): void {
  withExamples(
    router.command('create [file]'),
    'tradewind router create my-router.json',
    'tradewind router create - < my-router.json',
    'tradewind router create --example --name mine',
  )
    .description('declare a router, from a JSON file (- for standard input)')
    .addOption(serverOption())
    .option(
      '--example',
      'the example router, over the models of the shipped profiles; its profiles come with "profiles import"',
    )
    .option('--name <name>', 'call it so, whatever the file says')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, options: CreateOptions) => {
      const declared = await declarationOf(file, options);
      const spec = options.name === undefined ? declared : { ...declared, id: options.name };
      const state = await clientOf(options).createRouter(spec);
      if (options.json) return printJson(state);
      print(`created ${state.spec.id} with ${state.spec.arms.length} arms`);
    });
}

async function declarationOf(file: string | undefined, { example }: CreateOptions): Promise<RouterSpec> {
  if ((file === undefined) === (example === undefined))
    throw new UsageError('expected either a file with the declaration, or --example');
  // The service checks the declaration and names every fault in it.
  return file === undefined ? exampleRouter() : ((await readJsonFile(file)) as RouterSpec);
}

function addChange(router: Command): void {
  withExamples(
    router.command('change <router>'),
    'tradewind router change default --objective accuracy=1,energy_j=-0.001',
    'tradewind router change default --policy thompson',
    'tradewind router change default --file budgets.json --revision 3',
  )
    .description('replace members of a declaration; what was learned stays')
    .addOption(serverOption())
    .option(
      '--file <file>',
      'JSON object with the members to replace, such as budgets, floor or half_life; null takes one away (- for standard input)',
    )
    .option('--objective <weights>', 'as accuracy=1,energy_j=-0.0005', objective)
    .option('--policy <name>', 'linucb, thompson, inverse-gap, epsilon-greedy, greedy, uniform or profile')
    .option('--revision <number>', 'refuse when the router was changed since this revision', wholeNumber)
    .option('--json', 'print JSON')
    .action(async (id: string, options: ChangeOptions) => {
      const state = await clientOf(options).changeRouter(id, await patchOf(options), options.revision);
      if (options.json) return printJson(state);
      print(`changed ${state.spec.id}, now revision ${state.revision}`);
    });
}

async function patchOf(options: ChangeOptions): Promise<RouterPatch> {
  const file = options.file === undefined ? {} : ((await readJsonFile(options.file)) as RouterPatch);
  const patch = {
    ...file,
    ...(options.objective === undefined ? {} : { objective: options.objective }),
    ...(options.policy === undefined ? {} : { policy: { name: options.policy } as PolicySpec }),
  };
  if (Object.keys(patch).length === 0) throw new UsageError('expected a change: --file, --objective or --policy');
  return patch;
}
