/**
 * What a policy would have earned, from the log of another.
 *
 *   log → facts and outcome model → the target plays each round → weights → estimators → intervals, or a refusal
 *
 * The log is read twice as a stream. Nothing here knows where it comes from, nor who asks.
 */
import { chanceOf } from '../random.js';
import { playTarget, readFacts, type LogFacts, type Played, type Reading } from './columns.js';
import { effectiveSampleSize, largest } from './effective-sample-size.js';
import { biasOf, estimators, isModelled, usualEstimators, type EstimatorName } from './estimators/registry.js';
import { acceptedRounds, replay } from './estimators/replay.js';
import { valueOf, type Sample, type Terms } from './estimators/terms.js';
import { bootstrapInterval } from './intervals/bootstrap.js';
import { ConfidenceSequence } from './intervals/confidence-sequence.js';
import { correctedInterval } from './intervals/corrected.js';
import type { Interval } from './intervals/interval.js';
import { normalInterval, standardError } from './intervals/normal.js';
import { endlessFault, hasEnds, leastEffectiveSample, refusalOf } from './refusal.js';
import type { DecisionLog } from './round.js';
import type { Target } from './targets/target.js';

export type IntervalName = 'corrected' | 'normal' | 'bootstrap' | 'anytime';
export const intervalNames: readonly IntervalName[] = ['corrected', 'normal', 'bootstrap', 'anytime'];

export interface EvaluationOptions {
  readonly estimators?: readonly EstimatorName[];
  /** `corrected` by default: normal, less the skewness that large weights bring. */
  readonly interval?: IntervalName;
  /** 0.95 by default */
  readonly confidence?: number;
  /** Declared range of what is valued, for the anytime-valid interval; 0 to 1 by default. */
  readonly range?: { readonly minimum: number; readonly maximum: number };
  readonly leastEffectiveSample?: number;
  /** For replay and the bootstrap. */
  readonly seed?: number;
  /** What `readFacts` found with the same log and reading, for those who evaluate several targets. */
  readonly facts?: LogFacts;
}

/** A value with its interval; all in the unit of what is valued. */
export interface Estimated extends Interval {
  readonly value: number;
}

export interface EstimateRow {
  readonly estimator: EstimatorName;
  /** null where the log can't support the question. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** (Σw)²/Σw², of replay the accepted rounds; null where there are no weights. */
  readonly effective_sample_size: number | null;
  readonly max_weight: number | null;
  /** Why there is no value. */
  readonly refused?: string;
  /** Of an estimator that is biased by design: by what, for its interval does not hold that. */
  readonly biased?: string;
  /** The same of each metric, where it is known for every round that is used and can be reckoned with. */
  readonly metrics?: Readonly<Record<string, Estimated>>;
}

export interface Evaluation {
  readonly target: string;
  readonly rounds: number;
  /** Rounds whose outcome is known. */
  readonly used: number;
  /** What the policy that made the log earned, with its interval; null of fewer than two rounds, and of outcomes too large to be summed. */
  readonly logged: Estimated | null;
  readonly estimates: readonly EstimateRow[];
  readonly warnings: readonly string[];
}

/** Outcomes missing in more than this share of the rounds are worth a warning. */
const fewMissing = 0.01;

/** @throws RangeError for an option out of range, and what the log and the target throw */
export async function evaluate(
  log: DecisionLog,
  reading: Reading,
  target: Target,
  options: EvaluationOptions = {},
): Promise<Evaluation> {
  const { seed = 1, estimators: names = usualEstimators } = options;
  const facts = options.facts ?? (await readFacts(log, reading, names.some(isModelled)));
  const played = await playTarget(log, reading, facts, target, chanceOf(seed, 'replay'));
  const judge = new Judge(reading, facts, played, options);
  const estimates: EstimateRow[] = [];
  for (const name of names) {
    await reading.pause?.();
    estimates.push(judge.row(name));
  }
  const confidence = options.confidence ?? 0.95;
  return {
    target: target.name,
    rounds: facts.rounds,
    used: facts.used,
    logged: loggedValue(facts, confidence),
    estimates,
    warnings: warningsOf(facts, played),
  };
}

function loggedValue({ used, rewards }: LogFacts, confidence: number): Estimated | null {
  if (used < 2) return null;
  const found = estimated({ numerator: rewards }, (terms) => correctedInterval(terms, confidence));
  return hasEnds(found) ? found : null;
}

const estimated = (terms: Terms, intervalOf: (terms: Terms) => Interval): Estimated => ({
  value: valueOf(terms),
  ...intervalOf(terms),
});

class Judge {
  private readonly accepted: Uint8Array;

  constructor(
    private readonly reading: Reading,
    private readonly facts: LogFacts,
    private readonly played: Played,
    private readonly options: EvaluationOptions,
  ) {
    const { weights, weightBound, draws, ownRounds } = played;
    // Weights without a bound are refused, replay too.
    const bounded = Number.isFinite(weightBound);
    this.accepted =
      ownRounds ?? (bounded ? acceptedRounds(weights, weightBound, draws) : new Uint8Array(weights.length));
  }

  row(name: EstimatorName): EstimateRow {
    const refused = this.refusal(name);
    if (refused !== undefined) return this.refusedRow(name, refused);
    const found = this.estimate(name, this.played.samples[0]!);
    const endless = endlessFault(found, this.facts.rewards);
    if (endless !== undefined) return this.refusedRow(name, endless);
    const biased = biasOf(name);
    const metrics = this.metrics(name);
    return {
      estimator: name,
      ...found,
      ...this.diagnostics(name),
      ...(biased === undefined ? {} : { biased }),
      ...(metrics.length > 0 ? { metrics: Object.fromEntries(metrics) } : {}),
    };
  }

  private refusedRow(name: EstimatorName, refused: string): EstimateRow {
    return { estimator: name, value: null, low: null, high: null, ...this.diagnostics(name), refused };
  }

  private metrics(name: EstimatorName): (readonly [string, Estimated])[] {
    if (this.options.interval === 'anytime') return [];
    return this.played.samples.slice(1).flatMap((sample, i) => {
      if (!this.facts.complete[i + 1]) return [];
      const found = this.estimate(name, sample);
      return hasEnds(found) ? [[this.reading.outcomes[i + 1]!.name, found] as const] : [];
    });
  }

  private refusal(name: EstimatorName): string | undefined {
    const least = this.options.leastEffectiveSample ?? leastEffectiveSample;
    const evidence = { facts: this.facts, played: this.played, leastEffectiveSample: least };
    const refused = refusalOf(name, evidence);
    if (refused !== undefined) return refused;
    const accepted = this.accepted.reduce((sum, one) => sum + one, 0);
    if (name === 'replay' && accepted < least)
      return `only ${accepted} of ${this.facts.used} rounds can be taken for the target's own, fewer than ${least}`;
    if (this.options.interval === 'anytime') return this.anytimeRefusal(name);
    return standardError(this.termsOf(name, this.played.samples[0]!)) === 0
      ? 'every round that counts came out the same, which leaves nothing to tell how far the value may be off'
      : undefined;
  }

  private anytimeRefusal(name: EstimatorName): string | undefined {
    if (name !== 'ips') return 'only ips has an anytime-valid interval';
    const { minimum, maximum } = this.range;
    const outside = this.facts.rewards.find((reward) => !(reward >= minimum && reward <= maximum));
    if (outside === undefined) return undefined;
    return `an anytime-valid interval needs the declared range of what is valued; ${outside} is outside ${minimum} to ${maximum}`;
  }

  private get range() {
    return this.options.range ?? { minimum: 0, maximum: 1 };
  }

  private diagnostics(name: EstimatorName): Pick<EstimateRow, 'effective_sample_size' | 'max_weight'> {
    const { weights } = this.played;
    // A weight without a bound is no number that could be shown.
    if (this.facts.missingPropensities.count > 0 || !Number.isFinite(effectiveSampleSize(weights)))
      return { effective_sample_size: null, max_weight: null };
    const size = name === 'replay' ? this.accepted.reduce((sum, one) => sum + one, 0) : effectiveSampleSize(weights);
    return { effective_sample_size: size, max_weight: largest(weights) };
  }

  private estimate(name: EstimatorName, sample: Sample): Estimated {
    const terms = this.termsOf(name, sample);
    return estimated(terms, () => this.interval(name, terms, sample));
  }

  private termsOf(name: EstimatorName, sample: Sample): Terms {
    return name === 'replay' ? replay(sample, this.accepted) : estimators[name](sample);
  }

  private interval(name: EstimatorName, terms: Terms, sample: Sample): Interval {
    const { interval = 'corrected', confidence = 0.95, seed = 1 } = this.options;
    if (interval === 'corrected') return correctedInterval(terms, confidence);
    if (interval === 'normal') return normalInterval(terms, confidence);
    if (interval === 'bootstrap') return bootstrapInterval(terms, confidence, chanceOf(seed, `bootstrap ${name}`));
    const sequence = new ConfidenceSequence(this.range);
    sample.weights.forEach((weight, i) => sequence.add(weight, sample.rewards[i]!));
    return sequence.interval(confidence);
  }
}

function warningsOf({ rounds, used }: LogFacts, { unlogged, unsupported }: Played): string[] {
  const warnings: string[] = [];
  const missing = (rounds - used) / rounds;
  if (missing > fewMissing)
    warnings.push(
      `${rounds - used} of ${rounds} rounds have no outcome and are left out; if that depends on the outcome, every value is biased`,
    );
  const outside = Math.max(unlogged, unsupported);
  if (outside > 0)
    warnings.push(
      `the target gives a probability of ${Number(outside.toPrecision(2))} to arms that the log can say nothing of`,
    );
  return warnings;
}

/** Metrics that say more than the objective does: all of them, unless one alone is what is valued. */
export function estimatedBeside(objective: Readonly<Record<string, number>>, metrics: readonly string[]): string[] {
  return metrics.filter((metric) => !(objective[metric] === 1 && Object.keys(objective).length === 1));
}
