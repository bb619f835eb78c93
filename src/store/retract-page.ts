/**
 * One page of a retraction in one transaction, at the next version of the stripe.
 *
 * 1. The stripe's row is locked, so that its log stands still.
 * 2. Values of the source that somebody replaced since are marked: they no longer count, and must not come back.
 * 3. Outcomes of the source that still count are copied to the corrections, as the values that counted until now.
 * 4. Where such an outcome had replaced another source's, that one counts again, as it would had nobody replaced it.
 * 5. Of the others a row stays that teaches nothing. It meets the outcome when it is sent again.
 */
import { sql, type RawBuilder, type Transaction } from 'kysely';

import { isRetractable } from './retract-look.js';
import type { Retraction, Versions } from './retractions.js';
import type { RouterKey, Store } from './store.js';
import { storedJson } from './stored-json.js';
import { advanceStripe } from './stripe.js';
import type { Tables } from './tables.js';

/** Versions of a stripe above `after`, up to and with `upTo`. */
export interface RetractedPage {
  readonly stripe: number;
  readonly after: number;
  readonly upTo: number;
}

export interface RetractionNote {
  readonly progress: Versions;
  readonly worker: string;
}

/** @returns how many outcomes were taken out */
export async function retractPage(
  store: Store,
  key: RouterKey,
  retraction: Retraction,
  page: RetractedPage,
  note: RetractionNote,
): Promise<number> {
  return store.db
    .transaction()
    .execute((transaction) => new PageInTransaction(transaction, key, retraction, page).takeOut(note));
}

interface Found {
  readonly outcomes: number;
  readonly oldest: Date | null;
}

/** What an outcome had replaced. */
interface Replaced {
  readonly decided_at: Date;
  readonly decision_id: string;
  readonly metric: string;
  readonly value: number;
  readonly target: number | null;
  readonly arm: string;
  readonly source: string;
  readonly received_at: Date;
}

class PageInTransaction {
  private readonly ofRouter: RawBuilder<unknown>;
  private readonly ofStripe: RawBuilder<unknown>;
  /** The rows of the page that still count. */
  private readonly due: RawBuilder<unknown>;

  constructor(
    private readonly transaction: Transaction<Tables>,
    private readonly key: RouterKey,
    private readonly retraction: Retraction,
    private readonly page: RetractedPage,
  ) {
    const { stripe, after, upTo } = page;
    this.ofRouter = sql`tenant = ${key.tenant} and router = ${key.router}`;
    this.ofStripe = sql`${this.ofRouter} and stripe = ${stripe}`;
    this.due = sql`${this.ofStripe} and stripe_version > ${after} and stripe_version <= ${upTo}
      and ${isRetractable(retraction)}`;
  }

  async takeOut({ progress, worker }: RetractionNote): Promise<number> {
    const version = await this.lockStripe();
    await this.markReplaced();
    const found = await this.count();
    let restored = 0;
    if (found.outcomes > 0) {
      const stripe = { ...this.key, stripe: this.page.stripe, version };
      const next = await advanceStripe(this.transaction, stripe, worker);
      await this.copy(next);
      restored = await this.restore(next);
      await this.silence(next);
    }
    await sql`
      update retractions set outcomes = outcomes + ${found.outcomes}, restored = restored + ${restored},
        oldest = least(oldest, ${found.oldest}::timestamptz), progress = ${storedJson(progress)}, worker = ${worker},
        worked_at = now()
      where ${this.ofRouter} and retraction = ${this.retraction.retraction}`.execute(this.transaction);
    return found.outcomes;
  }

  /** Waits its turn, rather than losing against a replica that writes all the time. */
  private async lockStripe(): Promise<number> {
    const { rows } = await sql<{ version: number }>`
      select version from stripes where ${this.ofStripe} for update`.execute(this.transaction);
    return rows[0].version;
  }

  private async markReplaced(): Promise<void> {
    const { after, upTo } = this.page;
    await sql`
      update feedback_corrections set retraction = ${this.retraction.retraction}
      where ${this.ofStripe} and replaced_version > ${after} and replaced_version <= ${upTo}
        and ${isRetractable(this.retraction)}`.execute(this.transaction);
  }

  private async count(): Promise<Found> {
    const { rows } = await sql<Found>`
      select count(*) as outcomes, min(decided_at) as oldest from feedback where ${this.due}`.execute(this.transaction);
    return rows[0];
  }

  private async copy(version: number): Promise<void> {
    const columns = sql`decided_at, decision_id, metric, value, target, arm, chosen, propensity, schema, epoch,
      features, source, received_at, stripe, stripe_version`;
    const { tenant, router } = this.key;
    const { retraction } = this.retraction;
    await sql`
      insert into feedback_corrections (tenant, router, ${columns}, retraction, replaced_version, replaced_by, replaced_at)
      select ${tenant}::text, ${router}::text, ${columns}, ${retraction}::int, ${version}::bigint,
        ${`retraction ${retraction}`}::text, now()
      from feedback where ${this.due}`.execute(this.transaction);
  }

  /** A statement a row, by its whole key: seldom does a source correct what another one reported. */
  private async restore(version: number): Promise<number> {
    const replaced = await this.replacedByDue();
    for (const { decided_at, decision_id, metric, value, target, arm, source, received_at } of replaced) {
      await sql`
        update feedback
        set value = ${value}, target = ${target}, arm = ${arm}, source = ${source}, received_at = ${received_at},
          stripe_version = ${version}
        where ${this.ofRouter} and decided_at = ${decided_at} and decision_id = ${decision_id}
          and metric = ${metric}`.execute(this.transaction);
    }
    return replaced.length;
  }

  /** The latest value before each that is due, of those that no retraction took out. */
  private async replacedByDue(): Promise<Replaced[]> {
    const { after, upTo } = this.page;
    const { rows } = await sql<Replaced>`
      select before.*
      from (
        select distinct decided_at, decision_id, metric from feedback_corrections
        where ${this.ofStripe} and replaced_version > ${after} and replaced_version <= ${upTo}
      ) as known
      cross join lateral (
        select from feedback
        where ${this.due} and decided_at = known.decided_at and decision_id = known.decision_id
          and metric = known.metric
        limit 1
      ) as due
      cross join lateral (
        select decided_at, decision_id, metric, value, target, arm, source, received_at from feedback_corrections
        where ${this.ofRouter} and decided_at = known.decided_at and decision_id = known.decision_id
          and metric = known.metric and retraction = 0
        order by replaced_version desc
        limit 1
      ) as before`.execute(this.transaction);
    return rows;
  }

  private async silence(version: number): Promise<void> {
    await sql`
      update feedback set target = null, retraction = ${this.retraction.retraction}, stripe_version = ${version}
      where ${this.due}`.execute(this.transaction);
  }
}
