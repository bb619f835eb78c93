/** A log as CSV: a header, then a decision a line. `p:ARM` or `p0`, `p1`, … hold the probabilities of all arms. */
import type { CsvRecord } from '../../../src/routing/csv.js';
import { readRecords } from '../../table/csv.js';
import { TableError } from '../../table/table-error.js';
import { aliases, type RawLog, type RawRound } from './raw-round.js';

export function openCsvLog(path: string): RawLog {
  return { path, records: () => readRounds(path) };
}

async function* readRounds(path: string): AsyncGenerator<RawRound> {
  let layout: Layout | undefined;
  for await (const record of readRecords(path)) {
    if (layout) yield layout.round(record);
    else layout = new Layout(path, record);
  }
  if (!layout) throw new TableError(path, 'expected a header such as arm,propensity,reward,task; got an empty file');
}

const probabilityOf = (name: string): string | undefined => /^p:(.+)$/.exec(name)?.[1] ?? /^p(\d+)$/.exec(name)?.[1];

class Layout {
  private readonly names: readonly string[];
  private readonly places: Readonly<Record<keyof typeof aliases, number>>;

  constructor(
    private readonly path: string,
    { line, cells }: CsvRecord,
  ) {
    this.names = cells.map((cell) => cell.trim());
    const twice = this.names.findIndex((name, i) => this.names.indexOf(name) !== i);
    if (twice >= 0)
      throw new TableError(path, `"${this.names[twice]}" is there twice`, { line, column: `column ${twice + 1}` });
    const place = (known: readonly string[]) => this.names.findIndex((name) => known.includes(name));
    this.places = {
      arm: place(aliases.arm),
      propensity: place(aliases.propensity),
      time: place(aliases.time),
    };
    if (this.places.arm < 0)
      throw new TableError(path, `expected a column "arm", got ${this.names.join(', ').slice(0, 200)}`, { line });
  }

  round({ line, cells }: CsvRecord): RawRound {
    if (cells.length !== this.names.length)
      throw new TableError(this.path, `expected ${this.names.length} cells as in the header, got ${cells.length}`, {
        line,
      });
    const { arm, propensity, time } = this.places;
    const taken = [arm, propensity, time];
    const probabilities = new Map<string, string>();
    const fields = new Map<string, string>();
    this.names.forEach((name, i) => {
      if (taken.includes(i) || cells[i] === '') return;
      const of = probabilityOf(name);
      if (of === undefined) fields.set(name, cells[i]!);
      else probabilities.set(of, cells[i]!);
    });
    return {
      line,
      arm: cells[arm],
      propensity: emptyIsNothing(cells[propensity]),
      time: emptyIsNothing(cells[time]),
      probabilities,
      fields,
      column: (name) => this.columnOf(name),
    };
  }

  private columnOf(name: string): string {
    const at = name in this.places ? this.places[name as keyof typeof aliases] : this.names.indexOf(name);
    return `column ${at + 1} (${this.names[at] ?? name})`;
  }
}

const emptyIsNothing = (cell: string | undefined) => (cell === '' ? undefined : cell);
