/**
 * Makes every logged decision again: from the sums as they were in its view, its features, its conditions and its draw.
 *
 * The sums are brought from view to view by adding and taking out the rows of the log between them. Views are met in the
 * order of how many versions they hold, in which each is near the one before, whichever replica's clock was wrong.
 */
import { sample } from '../../../policies/exploration/sample.js';
import { distribution, priced } from '../../../src/routing/decide.js';
import type { LoggedDecision } from '../../../src/routing/decision.js';
import { draw } from '../../../src/routing/draw.js';
import { weightsOf } from '../../../src/routing/objective.js';
import { predict } from '../../../src/routing/predict.js';
import { buildRouter, type Router } from '../../../src/routing/router.js';
import { StatisticsTable } from '../../../src/routing/statistics-table.js';
import { uuidBytes } from '../../../src/routing/uuid.js';
import { ViewMaker, type View } from '../../../src/routing/view.js';
import { partsOf } from '../../../src/runtime/router-parts.js';
import { readRouter } from '../../../src/store/read-router.js';
import type { Store } from '../../../src/store/store.js';
import { featuresOf } from './features.js';
import { targetOf } from './fold.js';
import type { LoggedOutcome } from './log.js';
import type { Reading } from './reading.js';

export interface DecisionFindings {
  checked: number;
  notReproduced: number;
  readonly violations: string[];
}

/** How far from 1 the probabilities may sum: a rounding error for each of 32 arms. */
const sumTolerance = 32 * 2 ** -52;

export async function checkDecisions(
  reading: Reading,
  store: Store,
  router: string,
  log: readonly LoggedOutcome[],
): Promise<DecisionFindings> {
  const findings: DecisionFindings = { checked: 0, notReproduced: 0, violations: [] };
  const sums = new MovingSums(log);
  const makers = new Map<number, ViewMaker>();
  for (const [first, ...others] of await decisionsByView(reading, router)) {
    const { revision, epoch, view: versions } = first;
    let maker = makers.get(revision);
    if (!maker) {
      const record = await readRouter(store, { tenant: 'default', router }, revision);
      makers.set(revision, (maker = new ViewMaker(buildRouter(await partsOf(store, record)))));
    }
    sums.moveTo(versions);
    const view = maker.form(sums.table, epoch, versions);
    for (const logged of [first, ...others]) {
      findings.checked++;
      const wrong = faultOf(view, logged);
      if (wrong === undefined) continue;
      findings.notReproduced++;
      findings.violations.push(`decision ${logged.id} of ${router}: ${wrong}`);
    }
  }
  for (const maker of makers.values()) maker.release();
  return findings;
}

type Row = Omit<LoggedDecision, 'id' | 'features' | 'probabilities'> & {
  readonly decision_id: string;
  readonly features: Buffer;
  readonly probabilities: number[];
};

/** Decisions that were made from one view, of one revision and epoch, together. */
async function decisionsByView(reading: Reading, router: string): Promise<LoggedDecision[][]> {
  const rows = await reading.query<Row>('select * from decisions where router = $1', [router]);
  const groups = new Map<string, LoggedDecision[]>();
  for (const { decision_id: id, features, probabilities, ...row } of rows) {
    const name = JSON.stringify([row.revision, row.epoch, Object.entries(row.view).sort()]);
    const decision = { ...row, id, features: featuresOf(features), probabilities: Float64Array.from(probabilities) };
    const group = groups.get(name);
    if (group) group.push(decision);
    else groups.set(name, [decision]);
  }
  const progress = ([{ view }]: LoggedDecision[]) => Object.values(view).reduce((sum, version) => sum + version, 0);
  return [...groups.values()].sort((a, b) => progress(a) - progress(b));
}

/** What is wrong with a decision, given the view that it says it was made from. */
function faultOf(view: View, logged: LoggedDecision): string | undefined {
  const { candidates, probabilities, arm, propensity } = logged;
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  if (Math.abs(sum - 1) > sumTolerance) return `its probabilities sum to ${sum}`;
  if (probabilities[candidates.indexOf(arm)] !== propensity) return 'its propensity is not the probability of its arm';
  const { router } = view;
  // Where there are budgets, the floor yields by a rule that is part of making the decision again.
  const least = (router.spec.budgets?.length ?? 0) > 0 ? 0 : router.settings.floor / candidates.length;
  const below = probabilities.findIndex((probability) => probability < least);
  if (below >= 0) return `${candidates[below]} has probability ${probabilities[below]}, below the floor of ${least}`;
  return differs(view, router, logged);
}

function differs(view: View, router: Router, logged: LoggedDecision): string | undefined {
  const { id, features, candidates, probabilities, conditions, arm } = logged;
  const weights = priced(router, weightsOf(logged.objective, router.metrics), conditions.prices);
  const predictions = predict(view, features, weights);
  const eligible = candidates.map((candidate) => router.arms.indexOf(candidate));
  const chances = distribution(view, conditions, features, predictions, eligible);
  const off = chances.findIndex((chance, i) => chance !== probabilities[i]);
  if (off >= 0) return `${candidates[off]} had probability ${probabilities[off]}, and has ${chances[off]} again`;
  const drawn = candidates[sample(chances, draw(router.drawKey, uuidBytes(id)))];
  return drawn === arm ? undefined : `${arm} was drawn, and ${drawn} again`;
}

/** The sums of a router at any vector of stripe versions. */
class MovingSums {
  readonly table = new StatisticsTable();
  private at: Readonly<Record<string, number>> = {};
  /** What happens to the sums at each version of each stripe. */
  private readonly steps = new Map<string, Step[][]>();

  constructor(log: readonly LoggedOutcome[]) {
    for (const outcome of log) {
      const target = targetOf(outcome);
      if (target === undefined) continue;
      this.step(outcome.stripe, outcome.from).push({ outcome, target, sign: 1 });
      if (outcome.until !== Infinity) this.step(outcome.stripe, outcome.until).push({ outcome, target, sign: -1 });
    }
  }

  moveTo(versions: Readonly<Record<string, number>>): void {
    const steps: Step[] = [];
    for (const stripe of new Set([...Object.keys(this.at), ...Object.keys(versions)])) {
      const [from, to] = [this.at[stripe] ?? 0, versions[stripe] ?? 0];
      const between = (this.steps.get(stripe) ?? []).slice(Math.min(from, to) + 1, Math.max(from, to) + 1).flat();
      steps.push(
        ...(from <= to ? between : between.map((step): Step => ({ ...step, sign: step.sign === 1 ? -1 : 1 }))),
      );
    }
    // What is taken out may only be there once others are added.
    for (const { outcome, target, sign } of steps.sort((a, b) => b.sign - a.sign))
      this.table.apply(outcome, outcome.features, target, sign);
    this.at = versions;
  }

  private step(stripe: number, version: number): Step[] {
    let versions = this.steps.get(String(stripe));
    if (!versions) this.steps.set(String(stripe), (versions = []));
    return (versions[version] ??= []);
  }
}

interface Step {
  readonly outcome: LoggedOutcome;
  readonly target: number;
  readonly sign: 1 | -1;
}
