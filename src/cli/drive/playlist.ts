/** The rows to play, in order: split after split as they were named, each in the file's order or shuffled. */
import type { Table, TableRow } from '../../../sim/table/table.js';
import { shuffle } from './shuffle.js';

export interface PlaylistOptions {
  /** Absent: the whole file. */
  readonly splits?: readonly string[];
  /** Seed to shuffle each split by; absent: as in the file. Shuffling holds a split in memory. */
  readonly shuffle?: number;
  /** Rows to leave out at the beginning. */
  readonly skip: number;
  readonly limit: number;
}

export async function* playlist(table: Table, options: PlaylistOptions): AsyncGenerator<TableRow> {
  let place = 0;
  const end = options.skip + options.limit;
  for (const split of options.splits ?? [undefined]) {
    for await (const row of splitRows(table, split, options.shuffle)) {
      if (place >= end) return;
      if (place++ >= options.skip) yield row;
    }
  }
}

async function* splitRows(table: Table, split: string | undefined, seed: number | undefined) {
  const rows = table.rows(split === undefined ? {} : { splits: [split] });
  if (seed === undefined) return yield* rows;
  const all: TableRow[] = [];
  for await (const row of rows) all.push(row);
  yield* shuffle(all, seed);
}
