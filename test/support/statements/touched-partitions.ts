/** Which days of the logs some statements really touch, seen in the plans that Postgres makes of them. */
import { sql, type RawBuilder } from 'kysely';

import type { Store } from '../../../src/store/store.js';
import type { Issued } from './recording-store.js';

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Plan[];
}

/** Partitions that are read or written while the statements run, which is undone; a plan also names those only looked up. */
export async function touchedPartitions(store: Store, issued: readonly Issued[]): Promise<string[]> {
  const found = new Set<string>();
  for (const { text, parameters } of issued) {
    const undone = new Error('undone');
    await store.db
      .transaction()
      .execute(async (transaction) => {
        const { rows } = await statement(
          `explain (analyze, costs off, timing off, format json) ${text}`,
          parameters,
        ).execute(transaction);
        for (const plan of plansIn((rows[0] as { 'QUERY PLAN': { Plan: Plan }[] })['QUERY PLAN'][0]!.Plan))
          if ((plan['Actual Loops'] ?? 0) > 0 && plan['Relation Name']) found.add(plan['Relation Name']);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
  }
  return [...found].filter((name) => /_\d{8}$/.test(name)).sort();
}

/** The text with its values where Kysely had put them. */
function statement(text: string, parameters: readonly unknown[]): RawBuilder<unknown> {
  const parts = text.split(/\$\d+/);
  const numbers = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  return sql.join(
    parts.flatMap((part, i) => [sql.raw(part), ...(i < numbers.length ? [sql`${parameters[numbers[i]! - 1]}`] : [])]),
    sql``,
  );
}

function* plansIn(plan: Plan): Generator<Plan> {
  yield plan;
  for (const inner of plan.Plans ?? []) yield* plansIn(inner);
}
