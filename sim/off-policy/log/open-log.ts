/**
 * Opens a log in a file or a folder of files, whatever its format and whoever wrote it; the format that a person can write is in
 * `sim/README.md`. A first reading finds out what is in it: arms, tasks, ranges. Each further reading is a stream.
 */
import { stat } from 'node:fs/promises';

import { featuresOf } from '../../../src/routing/statistics-schema.js';
import { readModels } from '../../table/models-file.js';
import { TableError } from '../../table/table-error.js';
import type { DecisionLog } from '../round.js';
import { checkRound, type RoundLayout } from './check-round.js';
import { openCsvLog } from './csv-log.js';
import { formatOf, openFolderLog } from './folder-log.js';
import { openJsonlLog } from './jsonl-log.js';
import { openParquetLog } from './parquet-log.js';
import type { RawLog } from './raw-round.js';
import { surveyLog, type LogSurvey } from './survey.js';

export interface LogOptions {
  /** Names of the arms in the order of `p0`, `p1`, …; by default the companion `x.models.json`, else they are found out. */
  readonly arms?: readonly string[];
  /** Fields that are outcomes; by default reward, accuracy, cost_usd, energy_j and latency_ms where they are there. */
  readonly metrics?: readonly string[];
  /** Fields beside `task` that the outcomes may depend on: texts are categories, numbers are ranges. */
  readonly context?: readonly string[];
  /** At most so many rounds. */
  readonly limit?: number;
  /** Arms that come first, in this order, whether the log has them or not; others follow by name. */
  readonly first?: readonly string[];
  /** Hash of the features that the rounds were logged with; those of others are left out. Rounds then hold `features`. */
  readonly encoded?: string;
}

export interface FileLog extends DecisionLog {
  readonly survey: LogSurvey;
}

/** @throws TableError when it isn't there, has no known format, or a round is wrong */
export async function openLog(path: string, options: LogOptions = {}): Promise<FileLog> {
  const raw = limited(under(await openRaw(path), options.encoded), options.limit);
  const survey = await surveyLog(raw, { ...options, arms: options.arms ?? (await companionArms(path)) });
  const layout: RoundLayout = { ...survey.layout, encoded: options.encoded !== undefined };
  return {
    name: path,
    arms: survey.arms,
    survey,
    async *rounds() {
      for await (const record of raw.records()) yield checkRound(record.path ?? path, record, layout);
    },
  };
}

async function openRaw(path: string): Promise<RawLog> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? openFolderLog(path, openFile) : openFile(path);
}

function openFile(path: string): RawLog {
  const format = formatOf(path);
  if (format === 'jsonl') return openJsonlLog(path);
  if (format === 'csv') return openCsvLog(path);
  if (format === 'parquet') return openParquetLog(path);
  throw new TableError(path, 'expected a log ending in .jsonl, .jsonl.gz, .csv, .csv.gz or .parquet');
}

/** Rounds whose context was encoded by the features of a hash. */
function under(raw: RawLog, encoded: string | undefined): RawLog {
  if (encoded === undefined) return raw;
  return {
    path: raw.path,
    async *records() {
      for await (const record of raw.records())
        if (featuresOf(String(record.fields.get('schema'))) === encoded) yield record;
    },
  };
}

function limited(raw: RawLog, limit = Infinity): RawLog {
  return {
    path: raw.path,
    async *records() {
      let left = limit;
      for await (const record of raw.records()) {
        if (left-- <= 0) return;
        yield record;
      }
    },
  };
}

async function companionArms(path: string): Promise<readonly string[] | undefined> {
  return (await readModels(path))?.map((model) => model.name);
}
