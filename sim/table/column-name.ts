/** What the name of a column says: `task`, or a figure of a model as in `score:small`. */
import { figureFields, textFields, type FigureField, type TextField } from './layout.js';

export type ColumnName =
  { readonly field: TextField; readonly model?: undefined } | { readonly field: FigureField; readonly model: string };

/** In words, for errors. */
export const columnNames = `${textFields.join(', ')}, or a figure and a model as in score:small (${figureFields.join(', ')})`;

const isText = (field: string): field is TextField => (textFields as readonly string[]).includes(field);
export const isFigure = (field: string): field is FigureField => (figureFields as readonly string[]).includes(field);

/** @returns undefined when it is the name of none */
export function columnOf(name: string): ColumnName | undefined {
  const colon = name.indexOf(':');
  if (colon < 0) return isText(name) ? { field: name } : undefined;
  const [field, model] = [name.slice(0, colon), name.slice(colon + 1)];
  return model !== '' && isFigure(field) ? { field, model } : undefined;
}
