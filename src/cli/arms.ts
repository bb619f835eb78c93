/** `tradewind arms`: models come, pause and go while requests are routed. */
import { Option, type Command } from 'commander';

import type { Arm } from '../routing/spec.js';
import type { RouterState } from '../runtime/service.js';
import type { Client } from './client.js';
import { withExamples } from './examples.js';
import { names } from './option-values.js';
import { print, printJson } from './output.js';
import { clientOf, serverOption, type ServerOption } from './server-option.js';
import { textTable } from './text-table.js';

export interface RouterOption extends ServerOption {
  readonly router: string;
}
interface ArmOptions extends RouterOption {
  readonly tasks?: string[];
  readonly json?: true;
}

export const routerOption = () => new Option('--router <router>', 'the router').default('default');

export function addArms(program: Command): void {
  const arms = program.command('arms').description('look at, add, pause and remove the arms of a router');
  addList(arms);
  addAdd(arms);
  addChange(arms, 'remove', 'take an arm out for good', (client, router, arm) => client.removeArm(router, arm));
  addChange(arms, 'pause', 'stop choosing an arm; what is known of it stays', (client, router, arm) =>
    client.changeArm(router, arm, { state: 'paused' }),
  );
  addChange(arms, 'resume', 'choose a paused arm again', (client, router, arm) =>
    client.changeArm(router, arm, { state: 'active' }),
  );
}

function addList(arms: Command): void {
  withExamples(arms.command('list'), 'tradewind arms list --router default')
    .description('the arms of a router')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (options: ArmOptions) => {
      const { spec } = await clientOf(options).router(options.router);
      if (options.json) return printJson(spec.arms);
      print(...armTable(spec.arms));
    });
}

const armTable = (arms: readonly Arm[]) =>
  textTable(arms, [
    { title: 'arm', text: (arm) => arm.id },
    { title: 'state', text: (arm) => arm.state ?? 'active' },
    { title: 'tasks', text: (arm) => arm.tasks?.join(', ') ?? 'all', width: 60 },
  ]);

function addAdd(arms: Command): void {
  withExamples(
    arms.command('add <arm>'),
    'tradewind arms add qwen/qwen3-8b --router default --tasks sentiment,summarization',
  )
    .description('add an arm; without profiles of its own it borrows from the others')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--tasks <tasks>', 'only requests for these tasks may use it', names)
    .option('--json', 'print JSON')
    .action(async (id: string, options: ArmOptions) => {
      const arm = { id, ...(options.tasks === undefined ? {} : { tasks: options.tasks }) };
      tell(await clientOf(options).addArm(options.router, arm), `added ${id}`, options);
    });
}

type Change = (client: Client, router: string, arm: string) => Promise<RouterState>;

function addChange(arms: Command, verb: string, description: string, change: Change): void {
  withExamples(arms.command(`${verb} <arm>`), `tradewind arms ${verb} google/flan-t5-xxl --router default`)
    .description(description)
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (id: string, options: ArmOptions) => {
      tell(await change(clientOf(options), options.router, id), `${verb.replace(/e?$/, 'ed')} ${id}`, options);
    });
}

function tell(state: RouterState, done: string, options: ArmOptions): void {
  if (options.json) return printJson(state);
  const active = state.spec.arms.filter((arm) => arm.state !== 'paused').length;
  print(`${done}; ${state.spec.id} has ${state.spec.arms.length} arms, ${active} of them active`);
}
