/**
 * Decisions joined with what came of them, a row a decision: the log that `tradewind evaluate` reads, with the probability
 * of every arm. After a fallback another arm served: such an outcome says nothing of what was chosen, and is left out.
 */
import { eligibleArms, outcomesByDecision } from '../../runtime/logged-rounds.js';
import type { LoggedDecision } from '../../routing/decision.js';
import { uuidBytes, uuidTimeMs } from '../../routing/uuid.js';
import { streamDecisions } from '../../store/read-decisions.js';
import { readOutcomes } from '../../store/read-outcomes.js';
import type { RouterKey, Store } from '../../store/store.js';
import { Failure } from '../failures.js';
import type { Column, Row } from './columns.js';
import type { ExportTable, TimeWindow } from './tables.js';

const common: readonly Column[] = [
  { name: 'decision_id', type: 'id' },
  { name: 'decided_at', type: 'time' },
  { name: 'revision', type: 'integer' },
  { name: 'schema', type: 'text' },
  { name: 'policy', type: 'text' },
  { name: 'features', type: 'features' },
  { name: 'eligible', type: 'texts' },
  { name: 'arm', type: 'text' },
  { name: 'propensity', type: 'number' },
];
const nested: readonly Column[] = [
  ...common,
  { name: 'probabilities', type: 'figures' },
  { name: 'outcomes', type: 'figures' },
];

interface RoundRow extends Row {
  readonly probabilities: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
}

export const rounds: ExportTable = {
  name: 'rounds',
  async columns(store, key, window, format) {
    if (format !== 'csv') return nested;
    // A header comes before the rows, so the window is looked through for the arms and metrics it will need.
    const arms = new Set<string>();
    const metrics = new Set<string>();
    for await (const page of joined(store, key, window)) {
      for (const { probabilities, outcomes } of page) {
        for (const arm of Object.keys(probabilities)) arms.add(arm);
        for (const metric of Object.keys(outcomes)) metrics.add(metric);
      }
    }
    refuseClashes(metrics);
    return [...common, ...numbers([...arms].sort().map(probabilityOf)), ...numbers([...metrics].sort())];
  },
  async *pages(store, key, window, format) {
    for await (const page of joined(store, key, window)) yield format === 'csv' ? page.map(flat) : page;
  },
};

function refuseClashes(metrics: ReadonlySet<string>): void {
  const clash = common.find(({ name }) => metrics.has(name));
  if (clash) throw new Failure(`a metric is called "${clash.name}", as another column is; export to parquet or jsonl`);
}

const probabilityOf = (arm: string) => `p:${arm}`;
const numbers = (names: readonly string[]): Column[] => names.map((name) => ({ name, type: 'number', nullable: true }));

function flat({ probabilities, outcomes, ...rest }: RoundRow): Row {
  const chances = Object.entries(probabilities).map(([arm, probability]) => [probabilityOf(arm), probability] as const);
  return { ...outcomes, ...rest, ...Object.fromEntries(chances) };
}

async function* joined(store: Store, key: RouterKey, window: TimeWindow): AsyncGenerator<RoundRow[]> {
  for await (const page of streamDecisions(store, key, window)) {
    const outcomes = outcomesByDecision(
      await readOutcomes(
        store,
        key,
        page.map(({ id }) => id),
      ),
    );
    yield page.map((decision) => roundRow(decision, outcomes.get(decision.id) ?? {}));
  }
}

function roundRow(decision: LoggedDecision, outcomes: Readonly<Record<string, number>>): RoundRow {
  const { id, revision, schema, policy, features, candidates, probabilities, arm, propensity } = decision;
  return {
    ...{ decision_id: id, decided_at: new Date(uuidTimeMs(uuidBytes(id))), revision, schema, policy, features },
    eligible: eligibleArms(decision),
    ...{ arm, propensity, outcomes },
    probabilities: Object.fromEntries(candidates.map((candidate, i) => [candidate, probabilities[i]])),
  };
}
