/** Which row of a table a context is of, where contexts are made anew each time that the row is played. */
import type { Context } from '../../src/routing/features/encoder.js';

export interface ContextPlace {
  /** The table itself, which tells tables apart. */
  readonly table: object;
  readonly row: number;
  /** How many the table has. */
  readonly rows: number;
}

const places = new WeakMap<Context, ContextPlace>();

/** Every context that is said to be of the same row brings the same features. */
export function placeContext<C extends Context>(context: C, place: ContextPlace): C {
  places.set(context, place);
  return context;
}

export const placeOf = (context: Context): ContextPlace | undefined => places.get(context);
