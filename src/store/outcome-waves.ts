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

/** An outcome as it goes to the database. */
export interface OutcomeColumns extends SharedColumns {
  readonly metric: string;
  readonly value: number;
  readonly target: number | null;
}

export interface PreparedOutcome {
  readonly row: OutcomeRow;
  /** Place in the caller's batch. */
  readonly index: number;
  /** Says which decision and metric it is. */
  readonly name: string;
  readonly columns: OutcomeColumns;
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
  const pack = packer();
  const waves: PreparedOutcome[][] = [];
  const met = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    refuseForeign(key, row);
    const columns = columnsOf(row, targetOf(row), pack);
    const name = outcomeName(columns);
    const wave = met.get(name) ?? 0;
    met.set(name, wave + 1);
    (waves[wave] ??= []).push({ row, index, name, columns });
  }
  return waves.map((wave) => wave.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/** Rows of one decision share their features; they are packed once. */
function packer(): (features: Int16Array) => string {
  const packed = new Map<Int16Array, string>();
  return (features) => {
    let text = packed.get(features);
    if (text === undefined) packed.set(features, (text = Buffer.from(packFeatures(features)).toString('base64')));
    return text;
  };
}

function refuseForeign(key: RouterKey, row: OutcomeRow): void {
  if (row.tenant === key.tenant && row.router === key.router) return;
  throw new RangeError(
    `a batch holds outcomes of one router, here ${key.tenant}/${key.router}; got one of ${row.tenant}/${row.router}`,
  );
}

function columnsOf(row: OutcomeRow, target: number | null, pack: (features: Int16Array) => string): OutcomeColumns {
  return {
    decided_at: decisionTime(row.decisionId).toISOString(),
    decision_id: row.decisionId.toLowerCase(),
    metric: row.metric,
    value: finite('value', row.value),
    target: target === null ? null : integer('target', target),
    arm: row.arm,
    chosen: row.chosen,
    propensity: finite('propensity', row.propensity),
    schema: row.schema,
    epoch: integer('epoch', row.epoch),
    features: pack(row.features),
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
