/** Reads what a scenario needs, once: what travels to the threads is plain data. */
import { join } from 'node:path';

import { fitTextEncoder } from '../../../src/routing/features/fit-text-encoder.js';
import type { ProfileRow } from '../../../src/routing/profile.js';
import type { Feature } from '../../../src/routing/spec.js';
import { openTable, narrowTable } from '../../table/open-table.js';
import { labelAt, sharedPlaces, shareTable, textAt, type SharedTable } from '../../table/shared-table.js';
import { TableError } from '../../table/table-error.js';
import type { ScenarioFile, TableWorldSpec } from './format.js';
import { measuredProfiles } from './measured-profiles.js';
import { wrong } from './scenario-error.js';

export interface PreparedTable {
  readonly arms: readonly string[];
  readonly rows: SharedTable;
  readonly phases: readonly PreparedPhase[];
  /** Means by split, for the policies that start from them. */
  readonly profiles: Readonly<Record<string, readonly ProfileRow[]>>;
}

export interface PreparedPhase {
  readonly name: string;
  /** Which rows of the table, shared between threads. */
  readonly places: Uint32Array;
  readonly length?: number;
}

export interface Prepared {
  readonly file: ScenarioFile;
  readonly table?: PreparedTable;
  /** A text encoder, where a feature asks for a fitted one. */
  readonly encoder?: Uint8Array;
}

/** What the `encoder` of a text feature says to have one fitted on the prompts of the first phase. */
export const fitted = 'fitted';

/**
 * @param folder where tables lie
 * @throws ScenarioError, TableError
 */
export async function prepareScenario(file: ScenarioFile, folder: string): Promise<Prepared> {
  const feature = file.router?.features?.find(asksForFitting);
  if (file.world.type !== 'table') {
    if (feature) throw wrong('/router/features', `"encoder": "${fitted}" needs the prompts of a table`);
    return { file };
  }
  const table = await readTable(file, file.world, folder);
  if (!feature) return { file, table };
  const { dimension } = feature as Extract<Feature, { type: 'text' }>;
  return { file, table, encoder: fitTextEncoder(promptsOf(table), { dimension }).toBytes() };
}

const asksForFitting = (feature: Feature): boolean => feature.type === 'text' && feature.encoder === fitted;

function* promptsOf({ rows, phases }: PreparedTable): Generator<string> {
  for (const place of phases[0]!.places) {
    const prompt = textAt(rows.prompt, place);
    if (prompt !== undefined) yield prompt;
  }
}

async function readTable(file: ScenarioFile, world: TableWorldSpec, folder: string): Promise<PreparedTable> {
  const path = join(folder, world.file);
  const whole = await openTable(path);
  const table = world.models === undefined ? whole : narrowTable(whole, world.models);
  const rows = await shareTable(table.rows(), table.models.length);
  if (rows.count === 0) throw new TableError(path, 'expected at least one row');
  const arms = table.models.map(({ name }) => name);
  const ofSplit = (split: string, pointer: string): Uint32Array => {
    const found = placesWhere(rows.count, (row) => labelAt(rows.split, row) === split);
    if (found.length > 0) return found;
    const known = rows.split.values.join(', ');
    throw wrong(pointer, `expected a split of ${world.file} (${known}), got "${split}"`);
  };
  const splits = file.policies.flatMap(({ profiles }, i) => (typeof profiles === 'string' ? [{ profiles, i }] : []));
  return {
    arms,
    rows,
    phases: (world.phases ?? [{ name: 'all' }]).map(({ name, split, length }, i) => ({
      name,
      places: split === undefined ? placesWhere(rows.count, () => true) : ofSplit(split, `/world/phases/${i}/split`),
      ...(length === undefined ? {} : { length }),
    })),
    profiles: Object.fromEntries(
      splits.map(({ profiles, i }) => [
        profiles,
        measuredProfiles(arms, rows, ofSplit(profiles, `/policies/${i}/profiles`)),
      ]),
    ),
  };
}

const placesWhere = (count: number, fits: (row: number) => boolean): Uint32Array =>
  sharedPlaces(Array.from({ length: count }, (_, row) => row).filter(fits));
