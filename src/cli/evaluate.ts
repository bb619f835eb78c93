/** `tradewind evaluate`: what another policy would have earned, from a log of what one did. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { intervalNames, type EvaluationOptions, type IntervalName } from '../../sim/off-policy/evaluate.js';
import { formatOf } from '../../sim/off-policy/log/folder-log.js';
import { estimatorNames, type EstimatorName } from '../../sim/off-policy/estimators/registry.js';
import type { Budget, Objective } from '../routing/spec.js';
import type { EvaluationQuestion } from '../runtime/evaluate.js';
import { budgets } from './evaluate/budget-option.js';
import { evaluateExport } from './evaluate/evaluate-export.js';
import { evaluateFile } from './evaluate/evaluate-file.js';
import { mendable } from './evaluate/mendable.js';
import { wantedPolicy, type WantedPolicy } from './evaluate/policy-option.js';
import { evaluationReport, type Reported } from './evaluate/report.js';
import { withExamples } from './examples.js';
import { Failure, UsageError } from './failures.js';
import { requireFoldersOf, writeTextFile } from './json-file.js';
import { kindOfFile } from './kind-of-file.js';
import { names, objective, positiveInteger, share, wholeNumber } from './option-values.js';
import { print } from './output.js';
import { startProgress } from './progress.js';
import { clientOf } from './server-option.js';

interface EvaluateOptions {
  readonly policy?: WantedPolicy;
  readonly objective?: Objective;
  readonly budget?: Budget[];
  readonly floor?: number;
  readonly estimators?: EstimatorName[];
  readonly interval?: IntervalName;
  readonly confidence: number;
  readonly range?: { readonly minimum: number; readonly maximum: number };
  readonly leastRounds?: number;
  readonly seed: number;
  readonly arms?: string[];
  readonly context?: string[];
  readonly limit?: number;
  readonly state?: string;
  readonly router?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: string;
}

export function addEvaluate(program: Command): void {
  const command = withExamples(
    program.command('evaluate <log>'),
    'tradewind evaluate log.csv --policy fixed:small-model',
    'tradewind evaluate mmlu-pro-logged.csv.gz --policy linucb:width=0.5 --json result.json',
    'tradewind evaluate log.jsonl --policy table:choices.json --objective reward=1,cost_usd=-100',
    'tradewind evaluate open-bandit-men-bts.csv.gz --policy uniform --interval bootstrap',
    'tradewind evaluate http://127.0.0.1:8080 --router default --objective accuracy=1,energy_j=-0.001',
    'tradewind evaluate .tradewind --router default --budget cost_usd=6.6e-4',
    'tradewind evaluate log/rounds/router=default --policy uniform',
  )
    .summary('what another policy would have earned, from a log')
    .description(
      'estimate what another policy, other weights or another budget would have earned, from a log: a .csv, .jsonl or .parquet ' +
        'file (also .gz; the format is in sim/README.md), a folder of an export, a running service, or its database (a folder or a ' +
        'postgres:// address). The folder of an embedded database must be free: stop the service, or give its address',
    );
  whatIf(command);
  howToEstimate(command);
  whichRounds(command);
  command
    .option('--json <file>', 'write the estimates as JSON')
    .action((log: string, options: EvaluateOptions) => run(log, options));
}

function whatIf(command: Command): void {
  command
    .option(
      '--policy <policy>',
      'fixed:ARM, uniform, table:FILE ({"task": "arm", "*": {"arm": 0.5, …}}), or one that learns as it goes: linucb, ' +
        'thompson, inverse-gap, epsilon-greedy, greedy, profile; with options as in linucb:width=0.5',
      wantedPolicy,
    )
    .option('--objective <weights>', 'what is valued, as accuracy=1,cost_usd=-250; the reward by default', objective)
    .option('--budget <amounts>', 'as cost_usd=6.6e-4 (mean per request) or energy_j=3.6e6/1d', budgets)
    .option('--floor <share>', 'probability that the policy shares out among all arms', share);
}

function howToEstimate(command: Command): void {
  command
    .option(
      '--estimators <names>',
      `of ${estimatorNames.join(', ')}; replay,ips,snips,dm,dr,dros by default`,
      estimatorList,
    )
    .addOption(
      new Option(
        '--interval <kind>',
        'corrected: normal, less the skewness of large weights (default); anytime: holds however long you watch, ips only; ' +
          'of a service or database it needs --from',
      ).choices(intervalNames),
    )
    .option('--confidence <share>', 'of the intervals', share, 0.95)
    .option(
      '--range <range>',
      'what is valued lies between, for --interval anytime; as 0..1, which is the default of a file; of a service or ' +
        'database it is what the bounds of the metrics allow',
      range,
    )
    .option(
      '--least-rounds <number>',
      'of a file: refuse when the weighted log is worth fewer rounds, or a model would know an arm from fewer; 50 by default',
      positiveInteger,
    )
    .option('--seed <number>', 'for replay and the bootstrap', wholeNumber, 1);
}

function whichRounds(command: Command): void {
  command
    .option('--arms <names>', 'of a file: the arms in the order of p0, p1, …', names)
    .option('--context <fields>', 'of a file: fields beside task that outcomes may depend on', names)
    .option('--state <file>', 'of an export: what the router had learned before, as export --states wrote it')
    .option('--limit <rounds>', 'of a file the first, of a service or database the newest so many', positiveInteger)
    .option('--router <name>', 'of a service or database: whose log')
    .option('--from <time>', 'of a service or database, as 2026-11-23T00:00:00Z; seven days before --to by default')
    .option('--to <time>', 'of a service or database; now by default');
}

async function run(log: string, options: EvaluateOptions): Promise<void> {
  await requireFoldersOf(options.json);
  const { heading, answer } = await answerOf(log, options);
  print(...evaluationReport(heading, answer, options.confidence));
  if (options.json !== undefined)
    await writeTextFile(options.json, `${JSON.stringify(answer.estimates, undefined, 2)}\n`);
  if (answer.estimates.every((row) => row.refused !== undefined))
    throw new Failure('the log cannot support the question; the reasons are above');
}

interface Answered {
  readonly heading: string;
  readonly answer: Reported;
}

async function answerOf(log: string, options: EvaluateOptions): Promise<Answered> {
  if (/^https?:\/\//.test(log)) {
    const router = routerIn(options);
    const question = questionOf(options);
    return {
      heading: `${router} at ${log}`,
      answer: await mendable(() => clientOf({ url: log }).evaluate(router, question)),
    };
  }
  const database = /^postgres(ql)?:\/\//.test(log) ? { databaseUrl: log } : await folderAt(log, options);
  if (database === undefined) return ofFile(log, options);
  const router = routerIn(options);
  // Only this needs a database and all that belongs to it.
  const { evaluateDatabase } = await import('./evaluate/evaluate-database.js');
  const question = questionOf(options);
  return {
    heading: `log of ${router}`,
    answer: await mendable(() => evaluateDatabase(database, router, question)),
  };
}

/** @throws UsageError for a folder that holds no database, for opening it would make one, and for a whole export */
async function folderAt(path: string, { router }: EvaluateOptions): Promise<{ readonly dataDir: string } | undefined> {
  const isFolder = (at: string) =>
    stat(at).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (!(await isFolder(path))) return undefined;
  if (await isFolder(join(path, 'pglite'))) return { dataDir: path };
  if (router === undefined && (await readdir(path)).some((name) => formatOf(name) !== undefined)) return undefined;
  const exported = (await isFolder(join(path, 'rounds'))) ? join(path, 'rounds') : path;
  const routers = (await readdir(exported)).filter((name) => name.startsWith('router='));
  if (routers.length > 0)
    throw new UsageError(
      `expected the rounds of one router, got ${path}, which is an export; try ${routers.map((name) => join(exported, name)).join(' or ')}`,
    );
  throw new UsageError(`expected a log or the data folder of a service, got ${path}, which holds no database`);
}

async function ofFile(path: string, options: EvaluateOptions): Promise<Answered> {
  const { policy, budget, leastRounds, range: limits, state, ...rest } = options;
  if (options.router !== undefined || options.from !== undefined || options.to !== undefined)
    throw new UsageError('--router, --from and --to belong to the log of a service or database; this is a file');
  await refuseTable(path);
  if (policy === undefined && state === undefined)
    throw new UsageError('expected --policy, such as --policy fixed:ARM or --policy linucb');
  const given: EvaluationOptions = {
    ...(leastRounds === undefined ? {} : { leastEffectiveSample: leastRounds }),
    ...(limits === undefined ? {} : { range: limits }),
  };
  const question = { ...rest, ...given, ...(budget ? { budgets: budget } : {}) };
  const watch = (total: number) => startProgress('rounds', total);
  const answer =
    state === undefined
      ? await evaluateFile(path, { ...question, policy: policy! }, watch)
      : await evaluateExport(path, state, { ...question, ...(policy ? { policy } : {}) }, watch);
  const valued = Object.entries(answer.objective).map(([metric, weight]) => `${weight} × ${metric}`);
  return { heading: `${path}: ${answer.arms} arms, valued ${valued.join(' + ')}`, answer };
}

/** A table knows what every model would have done, so that nothing has to be estimated. */
async function refuseTable(path: string): Promise<void> {
  // What is no file of a known kind is left to the reader of logs, which says what it expects.
  const kind = await kindOfFile(path).catch(() => 'log');
  if (kind === 'table')
    throw new UsageError(
      `expected a log of decisions, got ${path}, a full-information table: it has the outcome of every model, so that nothing has ` +
        `to be estimated. Play it with "tradewind drive ${path}" against a service, or search settings on it with "tradewind tune ${path}"`,
    );
}

function routerIn({ router }: EvaluateOptions): string {
  if (router !== undefined) return router;
  throw new UsageError('expected --router, whose log is meant');
}

function questionOf(options: EvaluateOptions): EvaluationQuestion {
  const { policy, objective: weights, confidence, budget, floor, estimators, interval, range: limits } = options;
  if (policy?.kind === 'table') throw new UsageError('table:FILE needs a log in a file');
  refuseOptionsOfFiles(options);
  const { from, to, limit } = options;
  const asked = { objective: weights, budget, floor, estimators, interval, range: limits, from, to, limit };
  const given = Object.entries(asked);
  const question = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as EvaluationQuestion;
  return { ...question, confidence, ...(policy ? { policy: policy.policy } : {}) };
}

/** What would change nothing is refused, rather than answered as if it had. */
function refuseOptionsOfFiles({ leastRounds, arms, context, state }: EvaluateOptions): void {
  const given = Object.entries({
    '--least-rounds': leastRounds,
    '--arms': arms,
    '--context': context,
  });
  const strange = [...given, ['--state', state] as const].find(([, value]) => value !== undefined);
  if (strange) throw new UsageError(`${strange[0]} needs a log in a file; this is the log of a service or database`);
}

function estimatorList(text: string): EstimatorName[] {
  const list = names(text);
  const strange = list.find((name) => !(estimatorNames as readonly string[]).includes(name));
  if (strange === undefined) return list as EstimatorName[];
  throw new UsageError(`expected estimators of ${estimatorNames.join(', ')}, got "${strange}"`);
}

function range(text: string): { minimum: number; maximum: number } {
  const [minimum, maximum] = text.split('..').map((end) => (end.trim() === '' ? NaN : Number(end)));
  if (minimum !== undefined && maximum !== undefined && minimum < maximum && Number.isFinite(maximum - minimum))
    return { minimum, maximum };
  throw new UsageError(`expected --range as 0..1, got "${text}"`);
}
