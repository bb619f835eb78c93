/**
 * `node dist/test/bench/growth.js [--svg FOLDER] [--json FILE] [--short]`: how the cost of a simulated request and of a bare decision
 * grows with arms, with dimension and with the requests of a run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { lineChart } from '../../sim/report/line-chart.js';
import { simulatedCost, type SimulatedCost } from './simulating.js';

interface Curve {
  readonly name: string;
  readonly x: string;
  readonly pick: (cost: SimulatedCost) => number;
  readonly sizes: readonly (readonly [arms: number, d: number, rows: number])[];
}

const curves: readonly Curve[] = [
  {
    name: 'arms',
    x: 'arms, at d = 16',
    pick: ({ arms }) => arms,
    sizes: [2, 4, 8, 16, 32].map((arms) => [arms, 16, 2000]),
  },
  {
    name: 'dimension',
    x: 'length of the features, at 4 arms',
    pick: ({ d }) => d,
    sizes: [8, 16, 32, 64, 96].map((d) => [4, d, 2000]),
  },
  {
    name: 'rows',
    x: 'requests in one run, at 4 arms and d = 16',
    pick: ({ rows }) => rows,
    sizes: [500, 2000, 8000, 32_000].map((rows) => [4, 16, rows]),
  },
];

const { values } = parseArgs({
  options: { svg: { type: 'string' }, json: { type: 'string' }, short: { type: 'boolean' } },
});
const processors = cpus();
const machine = `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()}, Node ${process.version}`;
console.log(machine);
console.log(
  '            arms      d   requests   simulated µs   bare decision µs   ratio   two outcomes learned µs   ratio to both',
);
const measured = curves.map(({ sizes, ...curve }) => {
  const costs = (values.short ? sizes.slice(0, 2) : sizes).map((size) => {
    const cost = simulatedCost(...size);
    const { arms, d, rows, simulated_us, decide_us, learn_us } = cost;
    const times = (than: number) => (simulated_us / than).toFixed(1);
    const cells = [
      ...[arms, d, rows, simulated_us.toFixed(1), decide_us.toFixed(1), times(decide_us)],
      ...[learn_us.toFixed(1), times(decide_us + learn_us)],
    ];
    const widths = [4, 7, 11, 15, 19, 8, 26, 16];
    console.log(curve.name.padEnd(12) + cells.map((cell, i) => String(cell).padStart(widths[i]!)).join(''));
    return cost;
  });
  return { ...curve, costs };
});
if (values.json !== undefined) {
  const result = { machine, ...Object.fromEntries(measured.map(({ name, costs }) => [name, costs])) };
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}
if (values.svg !== undefined) {
  mkdirSync(values.svg, { recursive: true });
  for (const { name, x, pick, costs } of measured) {
    const svg = lineChart({
      title: `Cost of a simulated request by ${name}`,
      x,
      y: 'microseconds of processor time',
      logX: true,
      include: [0],
      series: [
        {
          name: 'simulated: world, decision, two outcomes learned',
          points: costs.map((cost) => [pick(cost), cost.simulated_us]),
        },
        {
          name: 'the decision, two outcomes learned, views formed',
          points: costs.map((cost) => [pick(cost), cost.decide_us + cost.learn_us]),
        },
        { name: 'the bare decision', points: costs.map((cost) => [pick(cost), cost.decide_us]) },
      ],
    });
    writeFileSync(join(values.svg, `growth-${name}.svg`), `${svg}\n`);
  }
}
