/** What the benchmark found: a line a row for a person, one JSON document for scripts. */
import { writeFileSync } from 'node:fs';

import { machine } from '../support/machine.js';
import type { Row } from './row.js';

export const heading = `${'what'.padEnd(34)}   arms      d  median µs  reference    ratio  allocated  reference is`;

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function remarks(row: Row): string[] {
  const { retained_bytes: retained } = row;
  const { p99_ms_at_half_load: p99, reference_p99_ms_at_half_load: reference, decisions_waiting_after: waiting } = row;
  return [
    ...(retained === undefined ? [] : [`${retained.toFixed(0)} B live on`]),
    ...(p99 === undefined ? [] : [`p99 at half the load ${p99} ms (${reference} ms)`]),
    ...(waiting === undefined ? [] : [`${waiting} decisions left to log`]),
  ];
}

/** A row as a person reads it, under `heading`. */
export function line(row: Row): string {
  const columns = [
    row.name.padEnd(34),
    String(row.arms).padStart(5),
    String(row.d).padStart(5),
    digits(row.median_us).padStart(9),
    row.reference_median_us === null ? ''.padStart(9) : digits(row.reference_median_us).padStart(9),
    row.ratio === null ? ''.padStart(7) : `${digits(row.ratio)}×`.padStart(7),
    row.allocated_bytes === undefined ? ''.padStart(8) : `${row.allocated_bytes.toFixed(0)} B`.padStart(8),
    [row.reference ?? '', ...remarks(row)].filter(Boolean).join('; '),
  ];
  return columns.join('  ');
}

/** `{machine, rows}`; `Row` says what is in a row. */
export function writeReport(path: string, rows: readonly Row[]): void {
  writeFileSync(path, `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
}
