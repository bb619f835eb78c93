/** `tradewind export`: the log of decisions and feedback as files, a day each, for other tools and for `evaluate`. */
import { join, resolve } from 'node:path';

import { InvalidArgumentError, Option, type Command } from 'commander';

import { defaultTenant } from '../runtime/default-tenant.js';
import { lockFolder } from '../store/folder-lock.js';
import { withExamples } from './examples.js';
import { formats, type Format } from './export/columns.js';
import { dayOf } from './export/days.js';
import { exportLog, type ExportReport, type ExportWatch } from './export/export-log.js';
import { tables, type ExportTable } from './export/tables.js';
import { Failure, UsageError } from './failures.js';
import { openDatabase, withDatabase, type DatabaseFlags } from './open-database.js';
import { names } from './option-values.js';
import { print } from './output.js';
import { startProgress, type Progress } from './progress.js';

interface ExportOptions extends DatabaseFlags {
  readonly out: string;
  readonly router?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly format: Format;
  readonly tables: readonly ExportTable[];
  readonly partial: boolean;
  readonly states: boolean;
}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .summary('write the log of decisions and feedback to files')
    .description(
      'write the log of decisions and feedback to Parquet, JSONL or CSV, a file per table, router and day. Only days for ' +
        'which no outcome can come any more are written; what is there already is left as it is, so it may be stopped ' +
        'and run again at any time',
    )
    .requiredOption('--out <folder>', 'where to; made when it is not there')
    .option('--router <name>', 'of this router only')
    .option('--since <day>', 'the first day (UTC), as 2026-11-01', dayOf)
    .option('--until <day>', 'the last day (UTC), included', dayOf)
    .addOption(new Option('--format <format>', 'of the files').choices(formats).default('parquet'))
    .addOption(new Option('--tables <names>', `of ${tableNames}`).argParser(tablesNamed).default(tables, 'all of them'))
    .option('--partial', 'write days that are not final too, as they are now, to .partial files', false)
    .option('--states', 'write what a router had learned before each day, for evaluate --state', false);
  withDatabase(
    withExamples(
      command,
      'DATABASE_URL=postgres://… tradewind export --out /data/tradewind',
      'tradewind export --out log --router default --since 2026-11-01 --until 2026-11-07 --format jsonl',
      'tradewind export --out log --tables rounds --partial && tradewind evaluate log/rounds/router=default --policy uniform',
    ),
  ).action((options: ExportOptions) => run(options));
}

async function run(options: ExportOptions): Promise<void> {
  const { since, until } = options;
  if (since && until && since > until) throw new UsageError('expected --since to be no later than --until');
  const out = resolve(options.out);
  const store = await openDatabase(options);
  try {
    // Two exports into one folder would write over each other's unfinished files.
    const lock = await lockFolder(join(out, '.export'), (holder) => busy(out, holder), '--out');
    try {
      const watch = new Watch();
      const report = await exportLog(store, { ...options, out, tenant: defaultTenant }, watch).finally(() =>
        watch.stop(),
      );
      print(...summary(report, options));
    } finally {
      await lock.release();
    }
  } finally {
    await store.close();
  }
}

const tableNames = tables.map(({ name }) => name).join(', ');

const busy = (out: string, holder: string) =>
  new Failure(`${out} is being written to by ${holder}; wait for it, or choose another folder`);

class Watch implements ExportWatch {
  private progress: Progress | undefined;

  start(files: number): void {
    this.progress = startProgress('files', files);
  }

  update(done: number, note: string): void {
    this.progress?.update(done, note);
  }

  stop(): void {
    this.progress?.stop();
  }
}

function summary({ written, kept, rows, waiting }: ExportReport, { out }: ExportOptions): string[] {
  const days = waiting.length === 1 ? 'one day is' : `${waiting.length} days are`;
  return [
    `wrote ${rows} rows in ${written} files to ${out}; ${kept} were there already`,
    ...(waiting.length === 0
      ? []
      : [`${days} not final yet and left out, the last ${waiting.at(-1)}; --partial writes them as they are now`]),
  ];
}

function tablesNamed(text: string): readonly ExportTable[] {
  return names(text).map((name) => {
    const table = tables.find((known) => known.name === name);
    if (table) return table;
    throw new InvalidArgumentError(`Expected tables of ${tableNames}, got "${name}".`);
  });
}
