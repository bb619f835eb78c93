/** What the schema of a scenario can't say, once its world is built: names that must agree, times that must come. */
import type { FieldError } from '../../../src/routing/problem.js';
import type { World } from '../../worlds/world.js';
import type { DisturbanceSpec, ScenarioFile } from './format.js';
import type { Prepared, PreparedTable } from './prepare.js';
import { ScenarioError } from './scenario-error.js';

/** @throws ScenarioError with every fault */
export function checkScenario(prepared: Prepared, world: World): void {
  const { file, table } = prepared;
  const errors = [
    ...repeated(
      file.policies.map(({ name }) => name),
      '/policies',
    ),
    ...repeated(table?.phases.map(({ name }) => name) ?? [], '/world/phases'),
    ...(file.disturbances ?? []).flatMap((spec, i) => windowErrors(spec, `/disturbances/${i}`, world.length)),
    ...metricErrors(prepared, world),
    ...featureErrors(prepared),
    ...lengthErrors(prepared, world),
  ];
  if (errors.length > 0) throw new ScenarioError(errors);
}

const repeated = (names: readonly string[], pointer: string): FieldError[] =>
  names.flatMap((name, i) =>
    names.indexOf(name) < i ? [{ pointer: `${pointer}/${i}/name`, detail: `"${name}" is there twice` }] : [],
  );

function windowErrors(spec: DisturbanceSpec, pointer: string, length: number): FieldError[] {
  if (!('arm' in spec)) return [];
  const { phase, from, to } = spec;
  if (phase !== undefined && (from !== undefined || to !== undefined))
    return [{ pointer: `${pointer}/phase`, detail: 'expected either a phase or from and to, got both' }];
  if (from !== undefined && from >= length)
    return [{ pointer: `${pointer}/from`, detail: `expected a request before the end, ${length}, got ${from}` }];
  if (to !== undefined && to <= (from ?? 0))
    return [{ pointer: `${pointer}/to`, detail: `expected a request after ${from ?? 0}, got ${to}` }];
  return [];
}

/** A metric that nothing in the world has would count for nothing, without a word. */
function metricErrors({ file }: Prepared, { metrics }: World): FieldError[] {
  const asked: [pointer: string, metric: string][] = Object.keys(file.router?.objective ?? {}).map((metric) => [
    `/router/objective/${metric}`,
    metric,
  ]);
  if (file.budget) asked.push(['/budget/metric', file.budget.metric]);
  file.policies.forEach(({ budget }, i) => {
    if (budget) asked.push([`/policies/${i}/budget/metric`, budget.metric]);
  });
  return asked
    .filter(([, metric]) => !metrics.includes(metric))
    .map(([pointer, metric]) => ({
      pointer,
      detail: `expected a metric that the world has (${metrics.join(', ')}), got "${metric}"`,
    }));
}

/** A feature that no request brings would be blind, without a word. */
function featureErrors({ file, table }: Prepared): FieldError[] {
  const brought = fieldsBrought(file.world, table);
  return (file.router?.features ?? []).flatMap((feature, i) => {
    const member = feature.from === undefined ? 'name' : 'from';
    const field = feature.from ?? feature.name;
    if (brought.includes(field)) return [];
    const detail = `expected what requests bring (${brought.join(', ') || 'nothing'}), got "${field}"`;
    return [{ pointer: `/router/features/${i}/${member}`, detail }];
  });
}

function fieldsBrought(world: ScenarioFile['world'], table: PreparedTable | undefined): readonly string[] {
  if (world.type === 'linear') return ['x'];
  if (!table) return ['task'];
  const { task, prompt } = table.rows;
  return [...(task.values.length > 0 ? ['task'] : []), ...(prompt.known.includes(1) ? ['prompt'] : [])];
}

/** A run's columns are held in memory. */
const longest = 10_000_000;

function lengthErrors({ file }: Prepared, { length }: World): FieldError[] {
  if (file.world.type !== 'table' || length <= longest) return [];
  const detail = `expected at most ${longest} requests in all phases together, got ${length}`;
  return [{ pointer: '/world/phases', detail }];
}
