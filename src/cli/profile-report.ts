/** Profiles as a person reads them: a table per task, the front marked with letters, and the front as a plot. */
import type { ProfileRow } from '../routing/profile.js';
import { paretoFront, profilePoints, type ProfilePoint } from '../routing/profiles/pareto.js';
import { scoreOf, type TokenEnergy } from '../routing/profiles/shipped.js';
import { frontPlot } from './front-plot.js';
import { figure, textTable } from './text-table.js';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** The first parts of the tasks, each once; undefined stands for rows over all tasks. */
export function kindsOf(rows: readonly ProfileRow[]): (string | undefined)[] {
  return [...new Set(rows.map((row) => row.task?.split('/')[0]))];
}

/** Everything there is to see for one task, in at most 100 columns. */
export function profileReport(rows: readonly ProfileRow[], task: string | undefined): string[] {
  const points = profilePoints(rows, task).sort((a, b) => b.accuracy - a.accuracy || a.energy_j - b.energy_j);
  if (points.length === 0) return [`${task ?? 'all tasks'}: no arm has both accuracy and energy`];
  const front = paretoFront(rows, task);
  const markOf = (arm: string) => {
    const place = front.findIndex((point) => point.arm === arm);
    return place < 0 ? '·' : (letters[place] ?? '+');
  };
  return [
    `${task ?? 'all tasks'}: ${points.length} arms, ${front.length} on the front`,
    ...provenance(rows, task),
    '',
    ...pointTable(points, markOf, latencies(rows, task)),
    '',
    ...frontPlot(plotOrder(points, markOf), { x: 'energy, J per request (logarithmic)', y: 'accuracy' }),
  ];
}

/** Arms of the front come last, so that nothing hides them. */
const plotOrder = (points: readonly ProfilePoint[], markOf: (arm: string) => string) =>
  points
    .map((point) => ({ x: point.energy_j, y: point.accuracy, mark: markOf(point.arm) }))
    .sort((a, b) => Number(a.mark !== '·') - Number(b.mark !== '·'));

/** Which tasks were pooled, and what stands for accuracy in them. */
function provenance(rows: readonly ProfileRow[], task: string | undefined): string[] {
  const inside = [...new Set(rows.flatMap((row) => row.task ?? []))].filter(
    (name) => task === undefined || name === task || name.startsWith(`${task}/`),
  );
  const scores = [...new Set(inside.map(scoreOf))].filter((score) => score !== undefined);
  const pooled = inside.length > 1 ? [`mean of ${inside.map(lastPart).join(', ')}`] : [];
  const scored = scores.length > 0 ? [`scored by ${scores.join(' and ')}`] : [];
  const words = [...pooled, ...scored].join(', ');
  return words === '' ? [] : [words];
}

const lastPart = (task: string) => task.slice(task.lastIndexOf('/') + 1);

/** Mean latency per arm over the rows inside a task, where measured. */
function latencies(rows: readonly ProfileRow[], task: string | undefined): Map<string, number> {
  const sums = new Map<string, [sum: number, count: number]>();
  for (const row of rows) {
    const latency = row.metrics['latency_ms'];
    const inside = task === undefined || row.task === task || row.task?.startsWith(`${task}/`);
    if (latency === undefined || !inside) continue;
    const [sum, count] = sums.get(row.arm) ?? [0, 0];
    sums.set(row.arm, [sum + latency, count + 1]);
  }
  return new Map([...sums].map(([arm, [sum, count]]) => [arm, sum / count]));
}

const pointTable = (
  points: readonly ProfilePoint[],
  markOf: (arm: string) => string,
  latency: ReadonlyMap<string, number>,
): string[] =>
  textTable(points, [
    { title: ' ', text: (point) => markOf(point.arm) },
    { title: 'arm', text: (point) => point.arm, width: 56 },
    { title: 'accuracy', text: (point) => point.accuracy.toFixed(3), right: true },
    { title: 'J/request', text: (point) => figure(point.energy_j), right: true },
    { title: 'ms/request', text: (point) => figure(latency.get(point.arm)), right: true },
  ]);

/** Every row, a line each. */
export const profileList = (rows: readonly ProfileRow[]): string[] =>
  textTable(rows, [
    { title: 'arm', text: (row) => row.arm, width: 40 },
    { title: 'task', text: (row) => row.task ?? '(all)', width: 28 },
    { title: 'accuracy', text: (row) => row.metrics['accuracy']?.toFixed(3) ?? '–', right: true },
    { title: 'J', text: (row) => figure(row.metrics['energy_j']), right: true },
    { title: 'ms', text: (row) => figure(row.metrics['latency_ms']), right: true },
    { title: 'samples', text: (row) => String(row.samples), right: true },
  ]);

/** Joules per output token of the shipped language models. */
export const tokenEnergyTable = (energies: readonly TokenEnergy[]): string[] =>
  textTable(energies, [
    { title: 'model', text: (energy) => energy.model, width: 46 },
    { title: 'GPUs', text: ({ hardware }) => `${hardware.gpus} × ${hardware.gpu}` },
    { title: 'batch', text: (energy) => String(energy.batch), right: true },
    { title: 'J/token', text: (energy) => figure(energy.energy_j_per_output_token), right: true },
    { title: 'J/request', text: (energy) => figure(energy.energy_j), right: true },
    { title: 'ms/token', text: (energy) => figure(energy.inter_token_ms), right: true },
  ]);
