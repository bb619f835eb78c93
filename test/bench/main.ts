/**
 * `npm run bench [-- --json FILE] [--only NAME]`: runs every group of measurements, or one, and prints and writes them.
 * A new group is one line in `modules`.
 */
import { parseArgs } from 'node:util';

import { machine } from '../support/machine.js';
import { deciding } from './decide.js';
import { exploration } from './exploration.js';
import { http } from './http.js';
import { learning } from './learning.js';
import { heading, line, writeReport } from './report.js';
import type { BenchModule, Row } from './row.js';
import { scoring } from './scoring.js';
import { simulating } from './simulating.js';
import { view } from './view.js';

const modules: readonly BenchModule[] = [scoring, exploration, learning, view, deciding, simulating, http];

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
console.log(heading);
for (const module of selected(values.only)) {
  for await (const row of module.rows()) {
    rows.push(row);
    console.log(line(row));
  }
}
if (values.json) writeReport(values.json, rows);
