/** Rows of a full-information table as a world: requests in phases, shuffled within each phase by the seed. */
import type { RouteRequest } from '../../src/routing/request.js';
import { shuffledPlaces, type Chance } from '../random.js';
import type { TableRow } from '../table/table.js';
import type { ArmOutcomes, RowPlace, Step, World } from './world.js';

/** A row with the context that its request brings. */
export interface WorldRow {
  readonly context: RouteRequest['context'];
  readonly outcomes: ArmOutcomes;
  readonly place?: RowPlace;
}

/** Rows in order; an array is one. */
export interface RowSource {
  readonly length: number;
  /** @param index from 0 to below the length */
  at(index: number): WorldRow | undefined;
}

export interface Phase {
  readonly name: string;
  readonly rows: RowSource;
  /** Requests: each row comes once before any comes again. As many as there are rows by default. */
  readonly length?: number;
}

export interface TableWorldOptions {
  readonly name: string;
  /** In the order of the outcomes' arrays. */
  readonly arms: readonly string[];
  readonly metrics: readonly string[];
  /** In the order in which they are played. */
  readonly phases: readonly Phase[];
}

/** What a request says of its row. */
export type ContextField = 'prompt' | 'task';

/**
 * @param fields of the row that the request brings; those that the row doesn't have are left out
 * @param metrics to be reported
 * @param place   of the row, if it is told apart from others
 */
export function worldRow(
  row: TableRow,
  fields: readonly ContextField[],
  metrics: readonly string[],
  place?: RowPlace,
): WorldRow {
  const context = Object.fromEntries(
    fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])),
  );
  const known = Object.entries(row.outcomes).filter(([metric]) => metrics.includes(metric));
  return { context, outcomes: Object.fromEntries(known) as ArmOutcomes, ...(place ? { place } : {}) };
}

export function tableWorld({ name, arms, metrics, phases }: TableWorldOptions): World {
  return {
    name,
    arms,
    metrics,
    length: phases.reduce((sum, phase) => sum + lengthOf(phase), 0),
    changes: [],
    *steps(chance): Generator<Step> {
      for (const phase of phases) {
        for (const row of drawn(phase, chance)) {
          yield { phase: phase.name, ...row };
        }
      }
    },
  };
}

const lengthOf = ({ rows, length }: Phase): number => length ?? rows.length;

/** Rows in random order, and once more in another where more are asked for. */
function* drawn(phase: Phase, chance: Chance): Generator<WorldRow> {
  let left = lengthOf(phase);
  while (left > 0 && phase.rows.length > 0) {
    const order = shuffledPlaces(phase.rows.length, chance).subarray(0, left);
    left -= order.length;
    for (const place of order) yield phase.rows.at(place)!;
  }
}
