/**
 * A whole table in columns of shared memory: it is sent to many threads and held once.
 *
 * Per row and metric 8 bytes a model, 4 for each of split and task, and the prompt in UTF-8 with 9 more. As objects and
 * strings a row of three models and 20 words took ten times as much, in every thread.
 */
import { tableMetrics, type TableMetric, type TableRow } from './table.js';

/** Texts of which many rows have the same: which one by row, 0 for none and n for the n-th value. */
export interface Labels {
  readonly values: readonly string[];
  readonly codes: Uint32Array;
}

/** One text after another: where each ends, in bytes, and whether there is one. */
export interface Texts {
  readonly bytes: Uint8Array;
  readonly ends: Float64Array;
  readonly known: Uint8Array;
}

/** Plain data, which may be sent between threads. */
export interface SharedTable {
  readonly count: number;
  readonly models: number;
  /** Length count · models, by row; NaN where not known. Absent where no row brings the metric. */
  readonly outcomes: Readonly<Partial<Record<TableMetric, Float64Array>>>;
  readonly split: Labels;
  readonly task: Labels;
  readonly prompt: Texts;
}

/** @param models of each row */
export async function shareTable(rows: AsyncIterable<TableRow>, models: number): Promise<SharedTable> {
  const outcomes: Partial<Record<TableMetric, Float64Array>> = {};
  const [split, task, prompt] = [new LabelsMaker(), new LabelsMaker(), new TextsMaker()];
  let count = 0;
  for await (const row of rows) {
    for (const metric of tableMetrics) {
      const values = row.outcomes[metric];
      if (!values) continue;
      const column = roomFor(outcomes[metric] ?? noNumbers, (count + 1) * models, NaN);
      outcomes[metric] = column;
      column.set(values, count * models);
    }
    split.add(row.split);
    task.add(row.task);
    prompt.add(row.prompt);
    count++;
  }
  for (const metric of tableMetrics) {
    const column = outcomes[metric];
    if (column) outcomes[metric] = roomFor(column, count * models, NaN);
  }
  return { count, models, outcomes, split: split.made(), task: task.made(), prompt: prompt.made() };
}

/** Which rows, in shared memory as the table is. */
export function sharedPlaces(rows: readonly number[]): Uint32Array {
  const places = new Uint32Array(new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT * rows.length));
  places.set(rows);
  return places;
}

export const labelAt = ({ values, codes }: Labels, row: number): string | undefined => values[codes[row]! - 1];

export function textAt({ bytes, ends, known }: Texts, row: number): string | undefined {
  if (known[row] === 0) return undefined;
  const from = row === 0 ? 0 : ends[row - 1]!;
  return Buffer.from(bytes.buffer, from, ends[row]! - from).toString('utf8');
}

class LabelsMaker {
  private readonly places = new Map<string, number>();
  private codes = new Uint32Array(new SharedArrayBuffer(0));
  private count = 0;

  add(value: string | undefined): void {
    this.codes = roomFor(this.codes, this.count + 1, 0);
    this.codes[this.count++] = value === undefined ? 0 : this.placeOf(value);
  }

  made(): Labels {
    return { values: [...this.places.keys()], codes: this.codes };
  }

  private placeOf(value: string): number {
    let place = this.places.get(value);
    if (place === undefined) this.places.set(value, (place = this.places.size + 1));
    return place;
  }
}

class TextsMaker {
  private bytes = new Uint8Array(new SharedArrayBuffer(0));
  private ends = new Float64Array(new SharedArrayBuffer(0));
  private known = new Uint8Array(new SharedArrayBuffer(0));
  private count = 0;
  private end = 0;

  add(text: string | undefined): void {
    const length = Buffer.byteLength(text ?? '');
    this.bytes = roomFor(this.bytes, this.end + length, 0);
    this.ends = roomFor(this.ends, this.count + 1, 0);
    this.known = roomFor(this.known, this.count + 1, 0);
    if (text !== undefined) Buffer.from(this.bytes.buffer, this.end, length).write(text);
    this.known[this.count] = text === undefined ? 0 : 1;
    this.ends[this.count++] = this.end += length;
  }

  made(): Texts {
    return { bytes: this.bytes, ends: this.ends, known: this.known };
  }
}

type Column = Uint8Array<SharedArrayBuffer> | Uint32Array<SharedArrayBuffer> | Float64Array<SharedArrayBuffer>;

const noNumbers = new Float64Array(new SharedArrayBuffer(0));

/** The same column, or a copy half as long again that has room for so many values. @param rest what new ones are */
function roomFor<C extends Uint8Array | Uint32Array | Float64Array>(column: C, length: number, rest: number): C {
  if (length <= column.length) return column;
  const size = Math.max(length, 1024, Math.ceil(1.5 * column.length));
  const make = column.constructor as new (buffer: SharedArrayBuffer) => Column;
  const longer = new make(new SharedArrayBuffer(size * column.BYTES_PER_ELEMENT));
  longer.set(column);
  if (rest !== 0) longer.fill(rest, column.length);
  return longer as C;
}
