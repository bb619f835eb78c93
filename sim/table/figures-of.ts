import type { TableModel } from './table.js';

/**
 * Figures that stand together in one member: an array in the order of the models, or an object by model name.
 * @returns one value per model; the reason when the member has another shape or the wrong models
 */
export function figuresOf(value: unknown, models: readonly TableModel[]): readonly unknown[] | string {
  if (Array.isArray(value))
    return value.length === models.length
      ? value
      : `expected ${models.length} values, one per model, got ${value.length}`;
  if (typeof value !== 'object' || value === null) return `expected a value per model, got ${JSON.stringify(value)}`;
  const stranger = Object.keys(value).find((name) => !models.some((model) => model.name === name));
  if (stranger !== undefined)
    return `unknown model "${stranger}"; the table has ${models.map((m) => m.name).join(', ')}`;
  return models.map((model) =>
    Object.hasOwn(value, model.name) ? (value as Readonly<Record<string, unknown>>)[model.name] : undefined,
  );
}
