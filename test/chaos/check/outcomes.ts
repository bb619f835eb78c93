/** Whether everything that was acknowledged is in the log, once, and nothing else is. */
import type { Acknowledged, ToldDecision } from '../load.js';
import type { LoggedOutcome } from './log.js';
import type { Reading } from './reading.js';

export interface OutcomeFindings {
  lost: number;
  doubled: number;
  readonly violations: string[];
}

export async function checkOutcomes(
  reading: Reading,
  router: string,
  log: readonly LoggedOutcome[],
  promised: readonly Acknowledged[],
): Promise<OutcomeFindings> {
  const found: OutcomeFindings = { lost: 0, doubled: await repeatedRows(reading, router), violations: [] };
  const stored = new Map<string, LoggedOutcome>();
  for (const outcome of log)
    if (outcome.until === Infinity) stored.set(`${outcome.decisionId} ${outcome.metric}`, outcome);
  for (const { decision, metric, value } of promised) {
    const name = `${decision.id} ${metric}`;
    const outcome = stored.get(name);
    stored.delete(name);
    if (outcome?.value === value && isOf(outcome, decision)) continue;
    found.lost++;
    found.violations.push(
      `${name} of ${router}: ${value} was acknowledged, ${JSON.stringify(outcome?.value)} is stored`,
    );
  }
  // Everything that was sent was acknowledged in the end: what is left was made up, or counted under another name.
  found.doubled += stored.size;
  for (const name of stored.keys()) found.violations.push(`${name} of ${router} is stored, and was never acknowledged`);
  const replaced = log.filter(({ until }) => until !== Infinity).length;
  const corrected = promised.filter((outcome) => outcome.corrected).length;
  if (replaced !== corrected)
    found.violations.push(`${corrected} outcomes of ${router} were corrected, ${replaced} are stored as such`);
  return found;
}

/** Its row tells of the decision what the client was told. */
const isOf = ({ chosen, arm, propensity }: LoggedOutcome, decision: ToldDecision): boolean =>
  chosen === decision.arm && arm === decision.arm && propensity === decision.propensity;

/** Rows beyond one for each decision and metric. */
async function repeatedRows(reading: Reading, router: string): Promise<number> {
  const [{ repeated }] = await reading.query<{ repeated: number }>(
    `select count(*) - count(distinct (decision_id, metric)) as repeated from feedback where router = $1`,
    [router],
  );
  return repeated;
}
