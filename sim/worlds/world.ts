/**
 * A world asks requests and knows what every arm would make of each. It says nothing of routers: any router with arms and
 * metrics of the same names can be played against it, and disturbances wrap it into another world.
 */
import type { RouteRequest } from '../../src/routing/request.js';
import type { Chance } from '../random.js';
import type { Delivery } from './delivery.js';

/** One value per arm of the world, in the metric's unit, by metric; NaN where nobody would measure it. */
export type ArmOutcomes = Readonly<Record<string, Float64Array>>;

/** A list price that changed: from this request on the arm's metric costs `factor` times as much, and the router is told. */
export interface ToldPrice {
  readonly arm: string;
  readonly metric: string;
  readonly factor: number;
}

/** Which row of a table a request is: every request of one row brings the same context. */
export interface RowPlace {
  /** The table itself, which tells tables apart. */
  readonly table: object;
  readonly row: number;
  /** How many the table has. */
  readonly rows: number;
}

/** One request, and what would come of each choice. */
export interface Step {
  /** Which part of the run it belongs to; results are reported by phase. */
  readonly phase: string;
  readonly context: RouteRequest['context'];
  /** Where rows come again, in this run or another, so that each is encoded once. */
  readonly place?: RowPlace | undefined;
  /** What would be reported of each arm. */
  readonly outcomes: ArmOutcomes;
  /** What outcomes are on average, where the world knows; regret is counted in these. The outcomes themselves by default. */
  readonly expected?: ArmOutcomes;
  /** Arms that are there; all by default. */
  readonly present?: readonly string[];
  /** What is different from this request on, in words: said on the first that is. */
  readonly changed?: readonly string[];
  /** Facts that the router's owner tells it before this request. */
  readonly told?: readonly ToldPrice[];
}

export interface World {
  readonly name: string;
  readonly arms: readonly string[];
  readonly metrics: readonly string[];
  /** Requests in one run. */
  readonly length: number;
  /** Requests at which something changes, as far as it is known before a run; what a run meets is in its `Played.changes`. */
  readonly changes: readonly ChangePoint[];
  /** How many clients the requests come from, where they are told apart. */
  readonly clients?: number;
  /** One run. @param chance of this seed; the same chance gives the same requests */
  steps(chance: Chance): Iterable<Step>;
  /** How outcomes come back in one run; at once and unharmed by default. */
  delivery?(chance: Chance): Delivery;
}

export interface ChangePoint {
  /** The first request, from 0, that is different. */
  readonly request: number;
  readonly label: string;
}
