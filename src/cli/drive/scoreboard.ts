/**
 * How the router did against everything else, over the requests played so far. The utility of a request is the objective
 * applied to the true outcome of the arm that was chosen, whether or not the feedback was lost on the way.
 */
import type { TableRow } from '../../../sim/table/table.js';
import type { Hindsight } from './hindsight.js';
import { Tally } from './tally.js';
import { utilities, type Weights } from './utility.js';

export interface Regrets {
  /** Against the best model for each task in hindsight. */
  readonly perTask: number;
  /** Against the best single model in hindsight. */
  readonly fixed: number;
}

/** Requests over which the mean that progress shows runs. */
const recentRequests = 500;

export class Scoreboard {
  requests = 0;
  /** Requests that each model got. */
  readonly chosen: Float64Array;
  /** Of the outcomes of the chosen model: a tally with one model in it. */
  readonly routed = new Tally(1);
  /** Of every model, over the requests played. */
  readonly everyModel: Tally;
  private readonly sums: Float64Array;
  private routedSum = 0;
  private uniformSum = 0;
  private perTaskSum = 0;
  private perPromptSum = 0;
  private readonly recent = new Float64Array(recentRequests);
  private readonly curve: [request: number, perTask: number, fixed: number][] = [];

  /** @param every how many requests lie between two points of the regret curve */
  constructor(
    private readonly weights: Weights,
    private readonly best: Hindsight,
    models: number,
    private readonly every = 1,
  ) {
    this.chosen = new Float64Array(models);
    this.sums = new Float64Array(models);
    this.everyModel = new Tally(models);
  }

  /** @param model place of the model that the router chose */
  add(row: TableRow, model: number): void {
    const values = utilities(this.weights, row.outcomes);
    this.recent[this.requests % recentRequests] = values[model]!;
    this.requests++;
    this.chosen[model]! += 1;
    this.tally(row, model);
    values.forEach((value, i) => (this.sums[i]! += value));
    this.routedSum += values[model]!;
    this.uniformSum += values.reduce((sum, value) => sum + value, 0) / values.length;
    this.perTaskSum += values[this.best.perTask.get(row.task ?? '') ?? this.best.fixed]!;
    this.perPromptSum += Math.max(...values);
    if (this.requests % this.every === 0) this.mark();
  }

  private tally({ outcomes }: TableRow, model: number): void {
    this.everyModel.add(outcomes);
    const own = Object.entries(outcomes).map(([metric, values]) => [metric, Float64Array.of(values[model] as number)]);
    this.routed.add(Object.fromEntries(own) as unknown as TableRow['outcomes']);
  }

  private mark(): void {
    const { perTask, fixed } = this.regrets;
    this.curve.push([this.requests, perTask, fixed]);
  }

  /** Cumulative; negative when the router did better. */
  get regrets(): Regrets {
    return { perTask: this.perTaskSum - this.routedSum, fixed: this.sums[this.best.fixed]! - this.routedSum };
  }

  /** Points every so many requests, and one at the last. */
  regretCurve(): readonly (readonly [request: number, perTask: number, fixed: number])[] {
    if (this.requests > 0 && this.curve.at(-1)?.[0] !== this.requests) this.mark();
    return this.curve;
  }

  get mean(): number {
    return this.routedSum / this.requests;
  }
  /** Over the last 500 requests. */
  get recentMean(): number {
    const count = Math.min(this.requests, recentRequests);
    return this.recent.subarray(0, count).reduce((sum, value) => sum + value, 0) / count;
  }
  /** Mean utility of always choosing the model. */
  fixedMean(model: number): number {
    return this.sums[model]! / this.requests;
  }
  get uniformMean(): number {
    return this.uniformSum / this.requests;
  }
  get perTaskMean(): number {
    return this.perTaskSum / this.requests;
  }
  get perPromptMean(): number {
    return this.perPromptSum / this.requests;
  }
}
