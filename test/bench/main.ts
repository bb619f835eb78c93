/**
 * `npm run bench [-- --json FILE] [--only NAME]`: runs every group of measurements, or one, and prints and writes them.
 * A new group is one line in `modules`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { machine } from '../support/machine.js';
import { deciding } from './decide.js';
import { exploration } from './exploration.js';
import { http } from './http.js';
import { learning } from './learning.js';
import type { BenchModule, Row } from './row.js';
import { scoring } from './scoring.js';
import { simulating } from './simulating.js';
import { view } from './view.js';

const modules: readonly BenchModule[] = [scoring, exploration, learning, view, deciding, simulating, http];

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

function print(row: Row): void {
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
  console.log(columns.join('  '));
}

function selected(only: string | undefined): readonly BenchModule[] {
  const chosen = modules.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) {
    throw new RangeError(`--only expects one of ${modules.map(({ name }) => name).join(', ')}, got ${only}`);
  }
  return chosen;
}

const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } });
const rows: Row[] = [];
console.log(machine());
console.log(`${'what'.padEnd(34)}   arms      d  median µs  reference    ratio  allocated  reference is`);
for (const module of selected(values.only)) {
  for await (const row of module.rows()) {
    rows.push(row);
    print(row);
  }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
