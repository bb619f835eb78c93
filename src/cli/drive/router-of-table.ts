/** The router that a table is driven through: its models as arms, prompt and task as context. */
import type { Feature, Objective, PolicySpec, RouterSpec } from '../../routing/spec.js';
import type { TableModel, TableRow } from '../../../sim/table/table.js';
import type { Survey } from './survey.js';

export type ContextKind = 'prompt' | 'task' | 'both';

export interface RouterWish {
  readonly name: string;
  readonly context: ContextKind;
  readonly dimension: number;
  readonly objective: Objective;
  readonly policy?: string;
}

/** `../x/paretobandit-k3.jsonl.gz` → `drive-paretobandit-k3`: as router names may be. */
export function routerName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.(jsonl|csv)(\.gz)?$/i, '');
  const name = file
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `drive-${name || 'table'}`.slice(0, 63);
}

/** The prompt if there is one, else the task. */
export const defaultContext = ({ rows, prompts }: Survey): ContextKind =>
  rows > 0 && prompts === rows ? 'prompt' : 'task';

export function routerOfTable(wish: RouterWish, models: readonly TableModel[], survey: Survey): RouterSpec {
  return {
    id: wish.name,
    arms: models.map((model) => ({ id: model.name })),
    features: featuresOf(wish, survey),
    objective: wish.objective,
    ...(wish.policy === undefined ? {} : { policy: { name: wish.policy } as PolicySpec }),
  };
}

function featuresOf({ context, dimension }: RouterWish, survey: Survey): Feature[] {
  const tasks = [...survey.byTask.keys()].filter((task) => task !== '').sort();
  const task: Feature[] =
    context === 'prompt' || tasks.length === 0 ? [] : [{ name: 'task', type: 'category', values: tasks }];
  const prompt: Feature[] = context === 'task' ? [] : [{ name: 'prompt', type: 'text', dimension }];
  return [...task, ...prompt];
}

/** Fields of a context that a router reads, of those that a table has. */
export const fieldsOf = (features: readonly Feature[]): ReadonlySet<string> =>
  new Set(
    features.map((feature) => feature.from ?? feature.name).filter((field) => field === 'prompt' || field === 'task'),
  );

/** What a request says of a row: no more than the router reads. */
export function contextOf(row: TableRow, fields: ReadonlySet<string>): Record<string, string> {
  return {
    ...(fields.has('task') && row.task !== undefined ? { task: row.task } : {}),
    ...(fields.has('prompt') && row.prompt !== undefined ? { prompt: row.prompt } : {}),
  };
}
