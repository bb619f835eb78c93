/** `tradewind profiles`: look at what was measured, and bring one's own measurements. */
import { Option, type Command } from 'commander';

import { Problem, type FieldError } from '../routing/problem.js';
import type { ProfileRow } from '../routing/profile.js';
import { exampleProfiles } from '../routing/profiles/example-router.js';
import { checkProfiles } from '../routing/profiles/check.js';
import { parseProfiles, profileFormat, type ProfileFile } from '../routing/profiles/import.js';
import { shippedProfiles, shippedTokenEnergies } from '../routing/profiles/shipped.js';
import { metricsOf } from '../routing/settings.js';
import { routerOption, type RouterOption } from './arms.js';
import type { Client } from './client.js';
import { withExamples } from './examples.js';
import { Failure, UsageError } from './failures.js';
import { readTextFile } from './json-file.js';
import { print, printJson } from './output.js';
import { kindsOf, profileList, profileReport, tokenEnergyTable } from './profile-report.js';
import { clientOf, serverOption, type ServerOption } from './server-option.js';

interface ReadOptions extends ServerOption {
  readonly router?: string;
  readonly task?: string;
  readonly tokens?: true;
  readonly json?: true;
}
interface ImportOptions extends RouterOption {
  readonly example?: true;
  readonly replace?: true;
}

export function addProfiles(program: Command): void {
  const profiles = program.command('profiles').description('what was measured of models: look at it, bring your own');
  addShow(profiles);
  addList(profiles);
  addImport(profiles);
}

const sourceOption = () => new Option('--router <router>', 'those of a router of the service, not the shipped ones');

function addShow(profiles: Command): void {
  withExamples(
    profiles.command('show'),
    'tradewind profiles show',
    'tradewind profiles show --task summarization/xsum',
    'tradewind profiles show --tokens',
    'tradewind profiles show --router default --task sentiment',
  )
    .description('accuracy and energy per arm, and the accuracy–energy front; the shipped profiles need no server')
    .option('--task <task>', 'this task and those below it; by default one table for each kind of task')
    .addOption(sourceOption())
    .addOption(serverOption())
    .option('--tokens', 'joules per output token of current language models instead')
    .option('--json', 'print JSON')
    .action(async (options: ReadOptions) => {
      if (options.tokens) return showTokens(options);
      const rows = await rowsOf(options);
      if (options.json) return printJson(insideTask(rows, options.task));
      show(rows, options);
    });
}

function showTokens(options: ReadOptions): void {
  const energies = shippedTokenEnergies();
  if (options.json) return printJson(energies);
  const [first] = energies;
  print('Joules per output token of language models', `${first!.source}, ${first!.measured_on}`, first!.method, '');
  print(...tokenEnergyTable(energies));
}

async function rowsOf(options: ReadOptions): Promise<ProfileRow[]> {
  return options.router === undefined ? shippedProfiles() : clientOf(options).profiles(options.router);
}

const insideTask = (rows: readonly ProfileRow[], task: string | undefined) =>
  rows.filter((row) => task === undefined || row.task === task || row.task?.startsWith(`${task}/`));

function show(rows: readonly ProfileRow[], { task, router }: ReadOptions): void {
  if (rows.length === 0) throw new Failure(`${router} has no profiles; import some with "tradewind profiles import"`);
  if (task !== undefined && insideTask(rows, task).length === 0) throw unknownTask(rows, task);
  const tasks = task === undefined ? kindsOf(rows) : [task];
  for (const kind of tasks) print(...profileReport(kind === undefined ? rows : insideTask(rows, kind), kind), '');
  print(`from ${[...new Set(rows.map((row) => `${row.source}, ${row.measured_on}`))].slice(0, 5).join('; ')}`);
}

function unknownTask(rows: readonly ProfileRow[], task: string): UsageError {
  const known = [...new Set(rows.flatMap((row) => row.task ?? []))];
  return new UsageError(`no arm was measured for "${task}"; there are ${known.join(', ')}`);
}

function addList(profiles: Command): void {
  withExamples(profiles.command('list'), 'tradewind profiles list --router default')
    .description('every measured cell, a line each')
    .addOption(sourceOption())
    .option('--task <task>', 'this task and those below it')
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .action(async (options: ReadOptions) => {
      const rows = insideTask(await rowsOf(options), options.task);
      if (options.json) return printJson(rows);
      print(...profileList(rows));
    });
}

function addImport(profiles: Command): void {
  withExamples(
    profiles.command('import [file]'),
    'tradewind profiles import measured.csv --router mine',
    'tradewind profiles import --example --router mine',
  )
    .description('give a router the profiles in a .csv, .json or .jsonl file; all rows are taken or none')
    .addOption(routerOption())
    .addOption(serverOption())
    .option('--example', 'the shipped profiles')
    .option('--replace', 'drop the profiles that the router has; by default rows of the same arm and task are replaced')
    .addHelpText(
      'after',
      [
        '',
        'A CSV file has a header. Its columns, in any order: arm, task (empty: over all tasks), samples, source,',
        'measured_on (2026, 2026-05 or 2026-05-31), hardware, method, and one per metric:',
        '  arm,task,accuracy,energy_j,latency_ms,cost_usd,samples,source,measured_on',
        '  small-model,support,0.81,12.5,240,,500,our own test set,2026-05',
      ].join('\n'),
    )
    .action(async (file: string | undefined, options: ImportOptions) => {
      const given = await fileOf(file, options);
      const { rows, revision } = await importRows(clientOf(options), given, options);
      print(`took ${given.rows.length} rows; ${options.router} has ${rows}, revision ${revision}`);
    });
}

async function fileOf(file: string | undefined, { example }: ImportOptions): Promise<ProfileFile> {
  if ((file === undefined) === (example === undefined))
    throw new UsageError('expected either a file with profiles, or --example');
  if (file !== undefined) {
    const format = formatOf(file);
    return parseProfiles(await readTextFile(file), format);
  }
  const rows = exampleProfiles();
  return { rows, lines: rows.map((_, i) => i + 1) };
}

function formatOf(file: string): ReturnType<typeof profileFormat> {
  try {
    return profileFormat(file);
  } catch (error) {
    throw error instanceof Problem ? new UsageError(error.message) : error;
  }
}

/** Checked here first, as every fault is then named with its line; the service checks again. */
async function importRows(client: Client, file: ProfileFile, options: ImportOptions) {
  const { spec } = await client.router(options.router);
  const arms = spec.arms.map((arm) => arm.id);
  refuseStrangers(file.rows, arms, options);
  try {
    const check = { now: Date.now(), arms };
    const rows = checkProfiles(file.rows, metricsOf(spec), check);
    return await client.importProfiles(options.router, rows, options.replace ? 'replace' : 'merge');
  } catch (error) {
    if (error instanceof Problem)
      throw new Problem(error.code, 'nothing was imported', withLines(error.errors, file.lines));
    throw error;
  }
}

/** Rows of many arms that the router hasn't are not many faults but one: they are of another router. */
function refuseStrangers(rows: readonly unknown[], arms: readonly string[], { router, example }: ImportOptions): void {
  const measured = new Set(rows.flatMap((row) => (row as Partial<ProfileRow> | null)?.arm ?? []));
  const strangers = [...measured].filter((arm) => !arms.includes(arm));
  if (strangers.length < 2) return;
  const mend = example
    ? 'make a router that has them with "tradewind router create --example --name NAME"'
    : `add them with "tradewind arms add ARM --router ${router}", or take their rows out`;
  throw new Failure(
    `nothing was imported: expected rows of the arms of ${router} (${fewOf(arms)}), got rows of ${strangers.length} others ` +
      `(${fewOf(strangers)}); ${mend}`,
  );
}

const fewOf = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ') || 'none';

/** The check names rows by their place; the person who brought a file looks for the line. */
function withLines(errors: readonly FieldError[], lines: readonly number[]): FieldError[] {
  return errors.map(({ pointer, detail }) => {
    const [, row, member] = /^\/rows\/(\d+)(.*)$/.exec(pointer) ?? [];
    const line = row === undefined ? undefined : lines[Number(row)];
    return { pointer: line === undefined ? pointer : `line ${line} ${member!.replace(/^\//, '')}`.trim(), detail };
  });
}
