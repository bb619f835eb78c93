/** The first reading of a log: which arms, tasks and outcomes there are, and whose the numbered probabilities are. */
import { TableError } from '../../table/table-error.js';
import { armName, figure, probability, type RoundLayout } from './check-round.js';
import { listOf } from './list-of.js';
import { NumberedArms } from './numbered-arms.js';
import type { RawLog, RawRound } from './raw-round.js';

/** Outcomes that a log is looked through for. */
export const usualMetrics = ['reward', 'accuracy', 'cost_usd', 'energy_j', 'latency_ms'] as const;
/** More would be an identity rather than a category. */
const mostCategories = 1000;

export interface FieldSurvey {
  /** Least and greatest, where every value is a number. */
  readonly range?: readonly [least: number, greatest: number];
  /** What it was, where it isn't a number everywhere; sorted. */
  readonly values?: readonly string[];
}

export interface LogSurvey {
  readonly arms: readonly string[];
  readonly rounds: number;
  /** Least and greatest of each outcome that is there. */
  readonly metrics: ReadonlyMap<string, readonly [least: number, greatest: number]>;
  /** What `task` and the asked for context fields hold; those that are nowhere are left out. */
  readonly context: ReadonlyMap<string, FieldSurvey>;
  readonly layout: RoundLayout;
}

export interface SurveyWish {
  readonly arms?: readonly string[] | undefined;
  readonly metrics?: readonly string[];
  readonly context?: readonly string[];
  readonly first?: readonly string[];
}

/** @throws TableError */
export async function surveyLog(log: RawLog, wish: SurveyWish): Promise<LogSurvey> {
  const survey = new Survey(log.path, wish);
  for await (const raw of log.records()) survey.take(raw);
  return survey.result();
}

class Survey {
  private rounds = 0;
  private readonly arms = new Set<string>();
  private readonly named = new Set<string>();
  private readonly numbered = new NumberedArms();
  private readonly metrics = new Map<string, [number, number]>();
  private readonly fields = new Map<
    string,
    { numbers: boolean; least: number; greatest: number; values: Set<string> }
  >();
  private readonly wanted: readonly string[];

  constructor(
    private readonly path: string,
    private readonly wish: SurveyWish,
  ) {
    for (const arm of wish.arms ?? []) this.arms.add(arm);
    this.wanted = [...new Set(['task', ...(wish.context ?? [])])];
  }

  take(raw: RawRound): void {
    this.rounds++;
    const arm = armName(this.path, raw);
    if (this.wish.arms !== undefined && !this.wish.arms.includes(arm)) this.refuseStranger(raw, arm);
    this.arms.add(arm);
    this.takeProbabilities(raw, arm);
    for (const eligible of listOf(raw.fields.get('eligible')) ?? []) this.named.add(String(eligible));
    for (const metric of this.wish.metrics ?? usualMetrics) this.takeMetric(raw, metric);
    for (const field of this.wanted) this.takeField(raw, field);
  }

  result(): LogSurvey {
    if (this.rounds === 0) throw new TableError(this.path, 'expected at least one decision, got none');
    const probabilities = new Map<string, number>();
    for (const name of this.named) this.arms.add(name);
    const numbers = this.numbered.size;
    const names = this.wish.arms ?? (numbers > 0 ? this.numbered.names(this.path) : undefined);
    if (names !== undefined && numbers > names.length)
      throw new TableError(this.path, `expected names for ${numbers} numbered arms, got ${names.length}`);
    for (const name of names ?? []) this.arms.add(name);
    const arms = names ? [...names, ...[...this.arms].filter((arm) => !names.includes(arm))] : this.ordered();
    const index = new Map(arms.map((arm, i) => [arm, i]));
    for (const name of this.named) probabilities.set(name, index.get(name)!);
    for (let i = 0; i < numbers; i++) probabilities.set(String(i), i);
    const context = new Map([...this.fields].map(([name, field]) => [name, this.fieldOf(name, field)]));
    const layout = { arms: index, probabilities, metrics: [...this.metrics.keys()], context: kindsOf(context) };
    return { arms, rounds: this.rounds, metrics: this.metrics, context, layout };
  }

  private ordered(): string[] {
    const { first = [] } = this.wish;
    return [...first, ...sorted(this.arms).filter((arm) => !first.includes(arm))];
  }

  private refuseStranger(raw: RawRound, arm: string): never {
    throw new TableError(this.path, `expected one of ${this.wish.arms!.slice(0, 20).join(', ')}, got "${arm}"`, {
      line: raw.line,
      column: raw.column('arm'),
    });
  }

  private takeProbabilities(raw: RawRound, arm: string): void {
    const numbers: number[] = [];
    for (const [name, value] of raw.probabilities) {
      if (/^\d+$/.test(name)) numbers[Number(name)] = probability(this.path, raw, `p${name}`, value);
      else this.named.add(name);
    }
    if (numbers.length > 0 && raw.propensity !== undefined)
      this.numbered.take(arm, probability(this.path, raw, 'propensity', raw.propensity), numbers);
  }

  private takeMetric(raw: RawRound, metric: string): void {
    const value = raw.fields.get(metric);
    if (value === undefined) return;
    const number = figure(this.path, raw, metric, value);
    const range = this.metrics.get(metric);
    if (range) {
      range[0] = Math.min(range[0], number);
      range[1] = Math.max(range[1], number);
    } else this.metrics.set(metric, [number, number]);
  }

  private takeField(raw: RawRound, name: string): void {
    const value = raw.fields.get(name);
    if (value === undefined) return;
    let field = this.fields.get(name);
    if (!field)
      this.fields.set(name, (field = { numbers: true, least: Infinity, greatest: -Infinity, values: new Set() }));
    const number = typeof value === 'number' ? value : Number(String(value).trim() === '' ? NaN : value);
    if (name === 'task' || !Number.isFinite(number)) field.numbers = false;
    field.least = Math.min(field.least, number);
    field.greatest = Math.max(field.greatest, number);
    if (field.values.size <= mostCategories) field.values.add(String(value));
  }

  private fieldOf(
    name: string,
    { numbers, least, greatest, values }: { numbers: boolean; least: number; greatest: number; values: Set<string> },
  ): FieldSurvey {
    if (numbers) return { range: [least, greatest] };
    if (values.size <= mostCategories) return { values: [...values].sort() };
    throw new TableError(this.path, `"${name}" has over ${mostCategories} values; leave it out of the context`, {
      column: name,
    });
  }
}

const kindsOf = (context: ReadonlyMap<string, FieldSurvey>): RoundLayout['context'] =>
  new Map([...context].map(([name, { range }]) => [name, range ? 'number' : 'category']));

/** Numbers by value, then names. */
const sorted = (arms: ReadonlySet<string>) =>
  [...arms].sort((a, b) => {
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? (a < b ? -1 : 1) : difference;
  });
