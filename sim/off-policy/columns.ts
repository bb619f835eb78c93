/**
 * The readings of a log that an evaluation takes. The first counts rounds, looks at propensities and fits the outcome
 * model; the second plays the target. What stays in memory are a few numbers a round and the sums of the model.
 */
import type { Chance } from '../random.js';
import { accepts } from './estimators/replay.js';
import type { Sample } from './estimators/terms.js';
import { foldsFor, OutcomeModel } from './outcome-model.js';
import type { DecisionLog, Round } from './round.js';
import type { Player, Target } from './targets/target.js';

/** How a round's context is encoded, and what its outcomes are worth. */
export interface Reading {
  readonly dimension: number;
  encode(round: Round): Int16Array;
  /** What is valued first, then the metrics beside it; NaN where an outcome is missing. */
  readonly outcomes: readonly { readonly name: string; valueOf(round: Round): number }[];
  /** Called between rounds; an evaluation beside other work waits here. */
  pause?(): Promise<void> | undefined;
}

/** What the first reading finds. */
export interface LogFacts {
  /** Names of the arms; what goes by arm is in this order. */
  readonly arms: readonly string[];
  readonly rounds: number;
  /** Rounds whose first outcome is known: only these are used. */
  readonly used: number;
  /** Whether each outcome is known in every used round. */
  readonly complete: readonly boolean[];
  /** How often each arm was logged among the used rounds. */
  readonly logged: Float64Array;
  readonly missingPropensities: FaultyRounds;
  readonly zeroPropensities: FaultyRounds;
  /** The least positive propensity of any arm that the log tells of; 1 when it tells none. */
  readonly leastPropensity: number;
  /** The first outcome of each used round. */
  readonly rewards: Float64Array;
  readonly model: OutcomeModel | undefined;
}

export interface FaultyRounds {
  readonly count: number;
  /** Line of the first. */
  readonly line: number;
}

class Faults implements FaultyRounds {
  count = 0;
  line = 0;
  add(line: number): void {
    if (this.count++ === 0) this.line = line;
  }
}

/** @param modelled whether an outcome model is to be fitted */
export async function readFacts(log: DecisionLog, reading: Reading, modelled: boolean): Promise<LogFacts> {
  const { outcomes, dimension } = reading;
  const shape = { arms: log.arms.length, dimension, outcomes: outcomes.length };
  const folds = modelled ? foldsFor(shape) : 0;
  const model = folds > 0 ? new OutcomeModel(shape, folds) : undefined;
  const complete = outcomes.map(() => true);
  const logged = new Float64Array(log.arms.length);
  const [missing, zero] = [new Faults(), new Faults()];
  const rewards: number[] = [];
  let rounds = 0;
  let least = 1;
  for await (const round of log.rounds()) {
    await reading.pause?.();
    rounds++;
    const values = outcomes.map(({ valueOf }) => valueOf(round));
    if (Number.isNaN(values[0])) continue;
    values.forEach((value, m) => (complete[m] &&= !Number.isNaN(value)));
    if (Number.isNaN(round.propensity)) missing.add(round.line);
    else if (round.propensity === 0) zero.add(round.line);
    least = Math.min(least, leastOf(round));
    model?.add(rewards.length, round.arm, reading.encode(round), values);
    rewards.push(values[0]!);
    logged[round.arm]!++;
  }
  const fitting = model?.fit();
  while (fitting && !fitting.next().done) await reading.pause?.();
  return {
    ...{ arms: log.arms, rounds, used: rewards.length, complete, logged, model },
    ...{ missingPropensities: missing, zeroPropensities: zero, leastPropensity: least },
    rewards: Float64Array.from(rewards),
  };
}

function leastOf({ probabilities, propensity }: Round): number {
  let least = propensity > 0 ? propensity : 1;
  for (const chance of probabilities ?? []) if (chance > 0 && chance < least) least = chance;
  return least;
}

/** What the target makes of the used rounds; arrays have one entry per used round. */
export interface Played {
  /** Place of the logged arm. */
  readonly arms: Uint32Array;
  readonly weights: Float64Array;
  /** One sample per outcome; they share the weights. */
  readonly samples: readonly Sample[];
  /** The largest weight that any arm could have had, as far as the log tells. */
  readonly weightBound: number;
  /** Uniform in [0, 1). */
  readonly draws: Float64Array;
  /** For a target that learns: the rounds that it is taken to have made when it learns from its own choices only. */
  readonly ownRounds: Uint8Array | undefined;
  /** Mean probability of each arm. */
  readonly chosen: Float64Array;
  /** Mean probability of arms that the log never holds, and of arms that could not be chosen when the target would have. */
  readonly unlogged: number;
  readonly unsupported: number;
}

/** @param chance for the acceptance of replay */
export async function playTarget(
  log: DecisionLog,
  reading: Reading,
  facts: LogFacts,
  target: Target,
  chance: Chance,
): Promise<Played> {
  const play = new Play(reading, facts, target, chance);
  try {
    for await (const round of log.rounds()) {
      await reading.pause?.();
      play.take(round);
    }
    return play.result();
  } finally {
    play.release();
  }
}

class Play {
  private readonly player: Player;
  private readonly own: Player | undefined;
  private readonly arms: Uint32Array;
  private readonly weights: Float64Array;
  private readonly draws: Float64Array;
  private readonly ownRounds: Uint8Array | undefined;
  private readonly samples: readonly Sample[];
  private place = 0;
  private bound = 0;
  private readonly chosen: Float64Array;
  private unsupported = 0;

  constructor(
    private readonly reading: Reading,
    private readonly facts: LogFacts,
    target: Target,
    private readonly chance: Chance,
  ) {
    const { used, rewards } = facts;
    const column = () => new Float64Array(used);
    this.player = target.start();
    this.own = target.learns ? target.start() : undefined;
    this.ownRounds = target.learns ? new Uint8Array(used) : undefined;
    this.chosen = new Float64Array(facts.logged.length);
    this.arms = new Uint32Array(used);
    this.weights = column();
    this.draws = column();
    this.samples = reading.outcomes.map((_, m) => ({
      weights: this.weights,
      rewards: m === 0 ? rewards : column(),
      predicted: column(),
      direct: column(),
    }));
  }

  take(round: Round): void {
    const features = this.reading.encode(round);
    const values = this.reading.outcomes.map(({ valueOf }) => valueOf(round));
    const chances = this.player.probabilities(round, features);
    if (!Number.isNaN(values[0])) {
      this.weigh(round, chances);
      this.judge(round, features, chances, values);
      this.draws[this.place] = this.chance.number();
      this.playOwn(round, features);
      this.place++;
    }
    this.player.learn?.(round, features);
  }

  result(): Played {
    const { arms, weights, samples, draws, ownRounds, bound } = this;
    const share = (sum: number) => sum / Math.max(1, this.place);
    const chosen = this.chosen.map(share);
    return {
      ...{ arms, weights, samples, draws, ownRounds, weightBound: bound },
      chosen,
      unlogged: chosen.reduce((sum, chance, k) => (this.facts.logged[k] === 0 ? sum + chance : sum), 0),
      unsupported: share(this.unsupported),
    };
  }

  release(): void {
    this.player.release?.();
    this.own?.release?.();
  }

  private weigh({ arm, propensity, probabilities }: Round, chances: Float64Array): void {
    const weight = propensity > 0 ? chances[arm]! / propensity : 0;
    this.arms[this.place] = arm;
    this.weights[this.place] = weight;
    this.bound = Math.max(this.bound, weight);
    for (let k = 0; k < chances.length; k++) {
      if (chances[k] === 0) continue;
      this.chosen[k]! += chances[k]!;
      if (probabilities === undefined) continue;
      if (probabilities[k] === 0) this.unsupported += chances[k]!;
      else this.bound = Math.max(this.bound, chances[k]! / probabilities[k]!);
    }
  }

  private judge(round: Round, features: Int16Array, chances: Float64Array, values: readonly number[]): void {
    const { model } = this.facts;
    this.samples.forEach(({ rewards, predicted, direct }, m) => {
      rewards[this.place] = values[m]!;
      if (!model) return;
      predicted[this.place] = model.predict(this.place, round.arm, m, features);
      let sum = 0;
      for (let k = 0; k < chances.length; k++) {
        if (chances[k]! > 0) sum += chances[k]! * model.predict(this.place, k, m, features);
      }
      direct[this.place] = sum;
    });
  }

  /** The same target beside it, which sees only the rounds that it is taken to have made itself. */
  private playOwn(round: Round, features: Int16Array): void {
    if (!this.own || !this.ownRounds || !(round.propensity > 0)) return;
    const weight = this.own.probabilities(round, features)[round.arm]! / round.propensity;
    // A policy that learns may come to put its whole probability on any arm, so the bound is that of the log.
    if (!accepts(weight, 1 / this.facts.leastPropensity, this.draws[this.place]!)) return;
    this.ownRounds[this.place] = 1;
    this.own.learn?.(round, features);
  }
}
