import { sql } from 'kysely';

import { unpackFeatures } from '../routing/bytes.js';
import type { OutcomeRow } from '../routing/outcome.js';
import { changesOnPage, pagesOf, type VersionRange } from './version-pages.js';
import type { RouterKey, Store } from './store.js';

/** A logged value that counts from one version of its stripe on, or until one. */
export interface StripeChange {
  /** 1: to be added to the sums; -1: to be taken out. */
  readonly sign: 1 | -1;
  readonly row: OutcomeRow;
  /** On the grid of the metric, as it was when the row came in; null for a row that teaches nothing. */
  readonly target: number | null;
  /** By the clock of the replica that took it in. */
  readonly receivedAt: Date;
}

export interface ChangeRow extends Omit<OutcomeRow, 'tenant' | 'router' | 'decisionId' | 'features' | 'correction'> {
  readonly sign: 1 | -1;
  readonly decision_id: string;
  readonly received_at: Date;
  readonly target: number | null;
  readonly features: Buffer;
}

/** Taking a row of a dozen columns apart takes 5 to 10 µs, and nobody is answered meanwhile. */
const rowsWanted = 500;

/**
 * What has to be added to the sums of a stripe at version `from`, and taken out of them, to have those at `to`, row by
 * row; additions first within a page, since what is taken out may only be there once they are.
 */
export async function* stripeChanges(store: Store, range: VersionRange): AsyncGenerator<StripeChange[]> {
  const read = async (page: Parameters<typeof changesOnPage>[1]) => {
    const { rows } = await sql<ChangeRow>`
      select sign, decision_id, metric, value, target, arm, chosen, propensity, schema, epoch, features, source,
        received_at
      from ${changesOnPage(range, page)} as changes
      order by sign desc`.execute(store.db);
    return { size: rows.length, page: rows.map((row) => changeOf(range, row)) };
  };
  yield* pagesOf(range, rowsWanted, read);
}

export function changeOf({ tenant, router }: RouterKey, row: ChangeRow): StripeChange {
  const { decision_id: decisionId, received_at: receivedAt, features, target, sign, ...rest } = row;
  const outcome = { ...rest, tenant, router, decisionId, features: unpackFeatures(features), correction: false };
  return { sign, row: outcome, target, receivedAt };
}
