/** `tradewind tune`: search how to explore, forget and weigh profiles, and write the router that did best, if any did. */
import { InvalidArgumentError, Option, type Command } from 'commander';

import { pageHtml } from '../../sim/report/page.js';
import { tuningReport, type TuningReport } from '../../sim/tuning/report.js';
import { stageNames, type StageName } from '../../sim/tuning/stages.js';
import { durationMs } from '../routing/duration.js';
import type { Budget, Objective } from '../routing/spec.js';
import { routerName } from './drive/router-of-table.js';
import { budgets } from './evaluate/budget-option.js';
import { withExamples } from './examples.js';
import { UsageError } from './failures.js';
import { requireFoldersOf, writeTextFile } from './json-file.js';
import { kindOfFile } from './kind-of-file.js';
import { finiteNumber, names, objective, positiveInteger, seedCount, wholeNumber } from './option-values.js';
import { print } from './output.js';
import { startProgress } from './progress.js';
import { tuneLog } from './tune/tune-log.js';
import { tuneTable } from './tune/tune-table.js';

export interface TuneOptions {
  readonly split?: string[];
  readonly heldOut?: string;
  readonly limit?: number;
  readonly models?: string[];
  readonly context?: string[];
  readonly dimension: number;
  readonly objective?: Objective;
  readonly energyWeight?: number;
  readonly budget?: Budget[];
  readonly seedFrom?: string;
  readonly seeds: number;
  readonly order: 'shuffled' | 'file';
  /** Milliseconds. */
  readonly gap: number;
  readonly only?: StageName[];
  readonly threads?: number;
  readonly name: string;
  readonly json?: string;
  readonly html?: string;
  readonly out?: string;
}

export function addTune(program: Command): void {
  const command = withExamples(
    program.command('tune <file>'),
    'tradewind tune my-table.csv --json tuning.json --html tuning.html --out router.json',
    'tradewind tune mmlu-pro-13.jsonl.gz --context task --objective accuracy=1,cost_usd=-50 --seeds 16 --out router.json',
    'tradewind tune paretobandit-k3.jsonl.gz --seed-from val --split test --context task --only profiles,ridge',
    'tradewind tune decisions.jsonl --context region --out router.json',
    'tradewind router create router.json',
  )
    .summary('search exploration, forgetting and prior weight on a table or log')
    .description(
      'search exploration, forgetting and prior weight by playing a full-information table through the decide and learn code of ' +
        'the service, and report every setting that was tried; what did best on the tuning seeds is compared with the default on ' +
        'held-out seeds, and recommended only if it is really better. Of a decision log, forgetting and the ridge are judged by ' +
        'doubly robust estimates; how widely to explore needs a table. The same seeds give the same bytes.',
    );
  whatToPlay(command);
  howToSearch(command);
  command
    .option('--name <router>', 'what the router is called; tuned-FILE by default')
    .option('--json <file>', 'write every setting with its values')
    .option('--html <file>', 'write a report with plots, in one file')
    .option('--out <file>', 'write the router, for "tradewind router create"')
    .action((file: string, options: Omit<TuneOptions, 'name'> & { name?: string }) => tune(file, options));
}

function whatToPlay(command: Command): void {
  command
    .option('--split <splits>', 'of a table: the rows to tune on; all by default', names)
    .option('--held-out <split>', 'of a table: the rows to check on; by default the same rows with other seeds')
    .option('--limit <rows>', 'at most so many rows, or rounds of a log', positiveInteger)
    .option('--models <models>', 'only these models of a table', names)
    .option(
      '--context <kind>',
      'of a table: prompt, task or both, by default the prompt if there is one; of a log: fields beside task',
      names,
    )
    .option('--dimension <number>', 'numbers that a prompt becomes', positiveInteger, 24)
    .option('--objective <weights>', 'what is valued, as accuracy=1,cost_usd=-250', objective)
    .option(
      '--energy-weight <points>',
      'of a table: an average request to the hungriest model costs so many accuracy points',
      finiteNumber,
    )
    .option('--budget <amounts>', 'of a table: as cost_usd=6.6e-4; settings that overspend are not chosen', budgets)
    .option('--seed-from <split>', 'of a table: measure profiles on this split, and start from them');
}

function howToSearch(command: Command): void {
  command
    .option('--seeds <number>', 'runs of each setting; as many others are held out', seedCount, 8)
    .addOption(
      new Option('--order <order>', 'of a table: shuffled by the seed, or as in the file, for drift')
        .choices(['shuffled', 'file'])
        .default('shuffled'),
    )
    .addOption(
      new Option('--gap <duration>', 'between two requests of your traffic, for half-lives, as 1s or 5m')
        .argParser(duration)
        .default(1000, '1s'),
    )
    .option('--only <stages>', `of ${stageNames.join(', ')}; all that the file can answer by default`, stageList)
    .option('--threads <number>', 'one per processor by default; 0 plays in the main thread', wholeNumber);
}

async function tune(file: string, given: Omit<TuneOptions, 'name'> & { readonly name?: string }): Promise<void> {
  const options = { ...given, name: given.name ?? routerName(file).replace(/^drive-/, 'tuned-') };
  if (options.objective !== undefined && options.energyWeight !== undefined)
    throw new UsageError('expected either --objective or --energy-weight, got both');
  await requireFoldersOf(options.json, options.html, options.out);
  const tuneKind = (await kindOfFile(file)) === 'table' ? tuneTable : tuneLog;
  await tell(tuningReport(await tuneKind(file, options, (total) => startProgress('tune', total))), options);
}

async function tell({ json, page, lines, spec }: TuningReport, options: TuneOptions): Promise<void> {
  if (options.json !== undefined) await writeTextFile(options.json, `${JSON.stringify(json, undefined, 1)}\n`);
  if (options.html !== undefined) await writeTextFile(options.html, pageHtml(page));
  if (options.out !== undefined) await writeTextFile(options.out, `${JSON.stringify(spec, undefined, 2)}\n`);
  print(...lines);
}

function duration(text: string): number {
  try {
    return durationMs(text);
  } catch (error) {
    throw new InvalidArgumentError((error as RangeError).message);
  }
}

function stageList(text: string): StageName[] {
  const list = names(text);
  const strange = list.find((name) => !(stageNames as readonly string[]).includes(name));
  if (strange === undefined) return list as StageName[];
  throw new InvalidArgumentError(`Expected stages of ${stageNames.join(', ')}, got "${strange}".`);
}
