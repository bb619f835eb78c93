/** `tradewind simulate`: play a scenario offline, many seeds in all processors, and say what came of it. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Command } from 'commander';

import { pageHtml, type Page } from '../../sim/report/page.js';
import { runJobs } from '../../sim/runner/run-jobs.js';
import { scenarioOf } from '../../sim/scenarios/file/comparison.js';
import { ScenarioFile } from '../../sim/scenarios/file/format.js';
import { ScenarioError } from '../../sim/scenarios/file/scenario-error.js';
import { scenarios } from '../../sim/scenarios/registry.js';
import type { Scenario } from '../../sim/scenarios/scenario.js';
import { TableError } from '../../sim/table/table-error.js';
import type { JsonSchema } from '../http/validation/json-schema.js';
import { mismatches } from '../http/validation/mismatch.js';
import type { FieldError } from '../routing/problem.js';
import { everyFault } from './every-fault.js';
import { withExamples } from './examples.js';
import { Failure, UsageError } from './failures.js';
import { readJsonFile, requireFoldersOf, writeTextFile } from './json-file.js';
import { seedCount, wholeNumber } from './option-values.js';
import { print } from './output.js';
import { startProgress } from './progress.js';

interface SimulateOptions {
  readonly data?: string;
  readonly seeds?: number;
  readonly threads?: number;
  readonly json?: string;
  readonly html?: string;
  readonly svg?: string;
}

export function addSimulate(program: Command): void {
  withExamples(
    program.command('simulate'),
    'tradewind simulate paretobandit-1 --data ../shared/data --html report.html',
    'tradewind simulate orchestration --data ../shared/data --seeds 5 --json result.json',
    'tradewind simulate my-scenario.json --html report.html --svg plots',
  )
    .summary('play a scenario offline, with many seeds, and compare')
    .description(
      `play a scenario through the decide and learn code of the service; the same seeds give the same result\n\n${scenarios
        .map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`)
        .join(
          '\n',
        )}\n  ${'FILE.json'.padEnd(16)} a scenario of your own: world, policies, disturbances; see sim/README.md`,
    )
    .argument('<scenario>', `${scenarios.map(({ name }) => name).join(', ')}, or a file ending in .json`)
    .option('--data <folder>', 'where the tables of the scenario lie; beside its file by default')
    .option('--seeds <number>', 'runs per cell; as many as the scenario says by default', seedCount)
    .option('--threads <number>', 'one per processor by default; 0 plays in the main thread', wholeNumber)
    .option('--json <file>', 'write the result')
    .option('--html <file>', 'write a report with plots, in one file')
    .option('--svg <folder>', 'write each plot as a file of its own')
    .action(simulate);
}

async function simulate(name: string, options: SimulateOptions): Promise<void> {
  await requireFoldersOf(options.json, options.html);
  const scenario = await scenarioNamed(name);
  const data = options.data ?? folderBeside(name);
  await requireFolder(data);
  await requireNoFile(options.svg);
  const prepared = await everyFault(scenario.prepare(data)).catch((error: unknown) => {
    if (error instanceof ScenarioError) throw inFile(name, error.errors);
    throw error instanceof TableError ? new Failure(error.message) : error;
  });
  const jobs = scenario.jobs(prepared, options.seeds ?? scenario.defaultSeeds);
  const results = await played(scenario, options, prepared, jobs).catch((error: unknown) => {
    // By name, for an error that crossed a thread has no class any more.
    throw error instanceof Error && error.name === 'ScenarioError' ? new Failure(`${name}: ${error.message}`) : error;
  });
  const { json, page, lines } = scenario.conclude(prepared, jobs, results);
  if (options.json !== undefined) await writeTextFile(options.json, `${JSON.stringify(json, undefined, 1)}\n`);
  if (options.html !== undefined) await writeTextFile(options.html, pageHtml(page));
  if (options.svg !== undefined) await writeFigures(options.svg, page);
  print(...lines);
}

const isFile = (name: string): boolean => name.endsWith('.json');

/** @throws UsageError for a name that is none; Failure for a file that is wrong, with every member at fault */
async function scenarioNamed(name: string): Promise<Scenario> {
  const known = scenarios.find((scenario) => scenario.name === name);
  if (known) return known;
  if (!isFile(name)) {
    const names = scenarios.map((scenario) => scenario.name).join(', ');
    throw new UsageError(`expected one of ${names}, or a file ending in .json, got "${name}"`);
  }
  const file = await readJsonFile(name);
  const errors = mismatches(ScenarioFile as unknown as JsonSchema, file);
  if (errors.length > 0) throw inFile(name, errors);
  return scenarioOf(file as ScenarioFile) as Scenario;
}

const inFile = (name: string, errors: readonly FieldError[]): Failure =>
  new Failure(errors.map(({ pointer, detail }) => `${name}: ${pointer || 'the whole'}: ${detail}`).join('\n'));

function folderBeside(name: string): string {
  if (isFile(name)) return dirname(name);
  throw new UsageError(`${name} needs --data, the folder where its tables lie`);
}

async function played(
  scenario: Scenario,
  { threads }: SimulateOptions,
  prepared: unknown,
  jobs: readonly unknown[],
): Promise<unknown[]> {
  const progress = startProgress(scenario.name, jobs.length);
  const began = performance.now();
  try {
    return await runJobs(scenario, prepared, jobs, {
      ...(threads === undefined ? {} : { threads }),
      onProgress: (done, total) => progress.update(done, remaining(performance.now() - began, done, total)),
    });
  } finally {
    progress.stop();
  }
}

/** What is left of many runs, in words; the bar of a terminal has its own. */
export function remaining(elapsedMs: number, done: number, total: number): string {
  const seconds = Math.ceil(((elapsedMs / done) * (total - done)) / 1000);
  return process.stderr.isTTY ? 'runs' : `runs, about ${seconds} s left`;
}

/** Before anything is played; the folder is made when there is something to write. @throws Failure */
async function requireNoFile(path: string | undefined): Promise<void> {
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (found && !found.isDirectory())
    throw new Failure(`plots can't be written to ${path}: it is a file; name a folder for them`);
}

async function writeFigures(folder: string, { figures }: Page): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(({ message }: Error) => {
    throw new Failure(`the folder ${folder} can't be made: ${message}`);
  });
  for (const { name, svg } of figures) await writeTextFile(join(folder, `${name}.svg`), `${svg}\n`);
}

/** @throws Failure */
async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new Failure(`there is no folder ${path}; --data names where the tables lie`);
}
