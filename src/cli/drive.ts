/** `tradewind drive`: play a table, whose every outcome is known, as live traffic, and compare with every other choice. */
import { Option, type Command } from 'commander';

import type { Objective } from '../routing/spec.js';
import { withExamples } from './examples.js';
import { drive } from './drive/drive.js';
import type { ContextKind } from './drive/router-of-table.js';
import { UsageError } from './failures.js';
import { finiteNumber, names, objective, positiveInteger, share, wholeNumber } from './option-values.js';
import { serverOption, type ServerOption } from './server-option.js';

export interface DriveOptions extends ServerOption {
  readonly router?: string;
  readonly split?: string[];
  readonly context?: ContextKind;
  readonly dimension: number;
  readonly objective?: Objective;
  readonly energyWeight?: number;
  readonly policy?: string;
  readonly models?: string[];
  readonly withEnergy?: true;
  readonly limit?: number;
  readonly shuffle?: true;
  readonly seed: number;
  readonly concurrency: number;
  readonly seedFrom?: string;
  readonly fitEncoder?: string;
  readonly lost: number;
  readonly delay: number;
  readonly patience: number;
  readonly resume?: true;
  readonly keep?: true;
  readonly json?: string;
  readonly plot?: string;
}

export function addDrive(program: Command): void {
  const command = withExamples(
    program.command('drive <table>'),
    'tradewind drive my-table.csv',
    'tradewind drive paretobandit-k3.jsonl.gz --split val,test --plot regret.svg',
    'tradewind drive paretobandit-k3.jsonl.gz --split test --seed-from val --fit-encoder val --router seeded',
    'tradewind drive mmlu-pro-13.jsonl.gz --with-energy --context task --energy-weight 0.2 --shuffle --json result.json',
  )
    .summary('play a table as live traffic, and compare with every other choice')
    .description(
      'play a full-information table as live traffic against a running service, and compare with each fixed model, uniform, and the best in hindsight',
    );
  whatToPlay(command);
  whichRouter(command);
  howToPlay(command);
  command
    .option('--json <file>', 'write the result as JSON')
    .option('--plot <file>', 'write regret, and accuracy against cost or energy, as SVG')
    .action(async (table: string, options: DriveOptions) => {
      checkTogether(options);
      await drive(table, options);
    });
}

function whatToPlay(command: Command): void {
  command
    .option('--split <splits>', 'only rows of these splits, in this order', names)
    .option('--limit <rows>', 'at most so many rows', positiveInteger)
    .option('--shuffle', "shuffle each split by the seed; by default rows come in the file's order")
    .option('--models <models>', 'only these models of the table', names)
    .option('--with-energy', 'only models whose energy is known');
}

function whichRouter(command: Command): void {
  command
    .addOption(serverOption())
    .option('--router <name>', 'the router; drive-TABLE by default. It is made when it is not there, else it learns on')
    .addOption(
      new Option(
        '--context <kind>',
        'what requests say of a row; by default the prompt if there is one, else the task, and both with --seed-from',
      ).choices(['prompt', 'task', 'both']),
    )
    .option('--dimension <number>', 'numbers that a prompt becomes', positiveInteger, 24)
    .option(
      '--objective <weights>',
      'as accuracy=1,cost_usd=-250, which is the default for a table with costs (accuracy=1 for one without)',
      objective,
    )
    .option(
      '--energy-weight <points>',
      'weigh energy instead: an average request to the hungriest model costs so many accuracy points',
      finiteNumber,
    )
    .option('--policy <name>', 'as linucb, thompson or inverse-gap; the default of the service by default')
    .option('--seed-from <split>', 'measure profiles on this split and import them first')
    .option('--fit-encoder <split>', 'fit the text encoder on the prompts of this split first')
    .option('--keep', 'leave the declaration of a router that is there as it is, whatever options say')
    .option('--resume', 'leave out as many rows as the router has outcomes for');
}

function howToPlay(command: Command): void {
  command
    .option('--seed <number>', 'for the order, and for which feedback is late or lost', wholeNumber, 1)
    .option('--concurrency <number>', 'requests under way at once, each until its cost is reported', positiveInteger, 4)
    .option('--delay <requests>', 'accuracy is reported 0 to so many requests later', wholeNumber, 50)
    .option('--lost <share>', 'share of the requests whose accuracy is never reported', share, 0.05)
    .option('--patience <seconds>', 'how long to wait for a service that went away', positiveInteger, 300);
}

function checkTogether({
  objective: weights,
  energyWeight,
  models,
  withEnergy,
  context,
  fitEncoder,
}: DriveOptions): void {
  if (weights !== undefined && energyWeight !== undefined)
    throw new UsageError('expected either --objective or --energy-weight, got both');
  if (models !== undefined && withEnergy) throw new UsageError('expected either --models or --with-energy, got both');
  if (fitEncoder !== undefined && context === 'task')
    throw new UsageError('--fit-encoder needs prompts in the context, got --context task');
}
