import { packFeatures } from '../routing/bytes.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { decisionTime } from './decision-time.js';
import type { TargetOf } from './outcome-batch.js';
import type { RouterKey } from './store.js';
import { storedText } from './stored-json.js';

/** What the outcomes of one decision have in common, in the column names of `feedback`. */
export interface SharedColumns {
  readonly decided_at: string;
  readonly decision_id: string;
  readonly arm: string;
  readonly chosen: string;
  readonly propensity: number;
  readonly schema: string;
  readonly epoch: number;
  /** Packed, in base64: shorter than hexadecimal. */
  readonly features: string;
  readonly source: string;
}

export interface PreparedOutcome {
  readonly row: OutcomeRow;
  /** Place in the caller's batch. */
  readonly index: number;
  /** Says which decision and metric it is. */
  readonly name: string;
  /** One object for all outcomes of a decision that have it in common. */
  readonly shared: SharedColumns;
  readonly metric: string;
  readonly value: number;
  readonly target: number | null;
}

export const outcomeName = (columns: { readonly decision_id: string; readonly metric: string }): string =>
  `${columns.decision_id} ${columns.metric}`;

/**
 * Rows made ready, in waves: no wave meets a decision and metric twice, and a row comes in a later wave than those
 * before it that it repeats. Within a wave rows are sorted, so that two replicas with the same rows cannot each wait for
 * the other.
 * @throws RangeError when a row is of another router, holds a number that is not finite, or has no UUIDv7 for its id
 */
export function outcomeWaves(key: RouterKey, rows: readonly OutcomeRow[], targetOf: TargetOf): PreparedOutcome[][] {
  const share = sharer();
  const waves: PreparedOutcome[][] = [];
  const met = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    refuseForeign(key, row);
    const prepared = prepare(row, index, share(row), targetOf(row));
    const wave = met.get(prepared.name) ?? 0;
    met.set(prepared.name, wave + 1);
    (waves[wave] ??= []).push(prepared);
  }
  return waves.map((wave) => wave.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

function prepare(row: OutcomeRow, index: number, shared: SharedColumns, target: number | null): PreparedOutcome {
  const { metric } = row;
  return {
    row,
    index,
    name: outcomeName({ decision_id: shared.decision_id, metric }),
    shared,
    metric,
    value: finite('value', row.value),
    target: target === null ? null : integer('target', target),
  };
}

/** Outcomes of one decision mostly differ in metric and value alone; the rest is made ready once. */
function sharer(): (row: OutcomeRow) => SharedColumns {
  const known = new Map<string, { readonly row: OutcomeRow; readonly shared: SharedColumns }>();
  return (row) => {
    const before = known.get(row.decisionId);
    if (before && areAlike(before.row, row)) return before.shared;
    const shared = sharedColumns(row);
    known.set(row.decisionId, { row, shared });
    return shared;
  };
}

function areAlike(a: OutcomeRow, b: OutcomeRow): boolean {
  return (
    a.arm === b.arm &&
    a.chosen === b.chosen &&
    a.propensity === b.propensity &&
    a.schema === b.schema &&
    a.epoch === b.epoch &&
    a.features === b.features &&
    a.source === b.source
  );
}

function refuseForeign(key: RouterKey, row: OutcomeRow): void {
  if (row.tenant === key.tenant && row.router === key.router) return;
  throw new RangeError(
    `a batch holds outcomes of one router, here ${key.tenant}/${key.router}; got one of ${row.tenant}/${row.router}`,
  );
}

function sharedColumns(row: OutcomeRow): SharedColumns {
  return {
    decided_at: decisionTime(row.decisionId).toISOString(),
    decision_id: row.decisionId.toLowerCase(),
    arm: row.arm,
    chosen: row.chosen,
    propensity: finite('propensity', row.propensity),
    schema: row.schema,
    epoch: integer('epoch', row.epoch),
    features: Buffer.from(packFeatures(row.features)).toString('base64'),
    source: storedText(row.source),
  };
}

/** Adding 0 turns -0 into 0. */
function finite(what: string, value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`the ${what} of an outcome must be finite, got ${value}`);
  return value + 0;
}

function integer(what: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`the ${what} of an outcome must be an integer, got ${value}`);
  return value + 0;
}
