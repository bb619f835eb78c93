/**
 * Any policy of the registry, played by the very code that decides and learns in the service: beliefs, objective, budgets,
 * floor. In each logged round it says what it would have done by then, and learns what came of the arm that was logged.
 */
import { affordableArms } from '../../../src/routing/afford.js';
import { distribution, priced } from '../../../src/routing/decide.js';
import { presentEpoch } from '../../../src/routing/epoch.js';
import { fold, outcomeRows } from '../../../src/routing/learn.js';
import { predict } from '../../../src/routing/predict.js';
import { buildRouter, type Router, type RouterParts } from '../../../src/routing/router.js';
import { StatisticsTable, type Cell } from '../../../src/routing/statistics-table.js';
import { ViewMaker, type View } from '../../../src/routing/view.js';
import type { Round } from '../round.js';
import { BudgetLedger } from './budget-ledger.js';
import type { Player, Target } from './target.js';

export interface PlayedRouterOptions {
  readonly name: string;
  readonly parts: RouterParts;
  /** The arms of the log; a router that has others never chooses those. */
  readonly arms: readonly string[];
  /** What it had learned before the first round. */
  readonly cells?: readonly Cell[];
  /** Whether it learns from the rounds too; it does by default. */
  readonly learns?: boolean;
}

/** The view is formed anew when the outcomes have grown by this share: as often as a busy service does, or oftener. */
const growth = 0.01;
/** Rounds of a log without times are a second apart. */
const gapMs = 1_000;

/** @throws Problem 'invalid-router' */
export function playedRouter(options: PlayedRouterOptions): Target {
  const router = buildRouter(options.parts);
  return {
    name: options.name,
    learns: options.learns ?? true,
    start: () => new RouterPlayer(router, options),
  };
}

class RouterPlayer implements Player {
  private readonly table = new StatisticsTable();
  private readonly maker: ViewMaker;
  private readonly ledger: BudgetLedger;
  /** Index into the log's arms of each arm of the router; -1 where the log doesn't know it. */
  private readonly places: readonly number[];
  private readonly chances: Float64Array;
  private view: View | undefined;
  private learned = 0;
  private since = 0;

  constructor(
    private readonly router: Router,
    { arms, cells = [] }: PlayedRouterOptions,
  ) {
    for (const cell of cells) this.table.merge(cell);
    this.maker = new ViewMaker(router);
    this.ledger = new BudgetLedger(router);
    this.places = router.arms.map((arm) => arms.indexOf(arm));
    this.chances = new Float64Array(arms.length);
  }

  probabilities(round: Round, features: Int16Array): Float64Array {
    const now = timeOf(round);
    const view = this.viewAt(now);
    const conditions = this.ledger.conditions(now);
    const predictions = predict(view, features, priced(this.router, this.router.weights, conditions.prices));
    const found = { eligible: this.eligible(round), reasons: this.router.arms.map(() => undefined), warnings: [] };
    this.chances.fill(0);
    if (found.eligible.length === 0) return this.unable(round);
    const { eligible } = affordableArms(view, conditions, predictions, found);
    const chances = distribution(view, conditions, features, predictions, eligible);
    this.ledger.charge(predictions, eligible, chances, now);
    eligible.forEach((arm, i) => (this.chances[this.places[arm]!] = chances[i]!));
    return this.chances;
  }

  learn(round: Round, features: Int16Array): void {
    const arm = this.places.indexOf(round.arm);
    const metrics = Object.fromEntries(
      Object.entries(round.outcomes).filter(([name, value]) => this.takes(name, value)),
    );
    if (arm < 0 || Object.keys(metrics).length === 0) return;
    const { tenant, spec, schema, arms } = this.router;
    const decision = {
      ...{ tenant, router: spec.id, decisionId: String(round.line), schema, features },
      ...{ arm: arms[arm]!, propensity: round.propensity, epoch: presentEpoch(this.router, timeOf(round)) },
    };
    for (const row of outcomeRows(spec, decision, { metrics })) fold(this.table, spec, row, 1);
    this.since++;
    this.learned++;
  }

  release(): void {
    this.maker.release();
  }

  private viewAt(now: number): View {
    const epoch = presentEpoch(this.router, now);
    const due = this.since > 0 && this.since >= growth * this.learned;
    if (this.view && this.view.epoch === epoch && !due) return this.view;
    this.since = 0;
    return (this.view = this.maker.form(this.table, epoch, {}));
  }

  private eligible({ eligible, task }: Round): number[] {
    return this.router.spec.arms.flatMap(({ state, tasks }, k) => {
      const place = this.places[k]!;
      const bound = tasks !== undefined && !tasks.some((of) => task === of || task?.startsWith(`${of}/`));
      const out = place < 0 || state === 'paused' || bound || (eligible !== undefined && !eligible.includes(place));
      return out ? [] : [k];
    });
  }

  /** None of its arms could serve this round, so it would have taken what there was. */
  private unable(round: Round): Float64Array {
    this.chances[round.arm] = 1;
    return this.chances;
  }

  /** Outcomes that the router doesn't know, or would refuse, teach it nothing. */
  private takes(name: string, value: number): boolean {
    const metric = this.router.metrics.find((known) => known.name === name);
    return metric !== undefined && value >= metric.minimum && value <= metric.maximum;
  }
}

const timeOf = ({ time, line }: Round): number => time ?? line * gapMs;
