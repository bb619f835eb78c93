/**
 * What the page saw of a router since it was opened: a reading at each refresh, kept here and nowhere else. Decisions are
 * counted by the process that answers; what is expected is the mean over the arms by their probability, for the kind of
 * request that is chosen above.
 */
import { measured, metricName, number } from './format.js';

/** An hour of refreshes. */
const MOST = 720;

export class History {
  #readings = new Map();

  /** @param key what the reading is of: other requests have other expectations @returns all readings of it */
  add(key, reading) {
    const readings = [...(this.#readings.get(key) ?? []), reading].slice(-MOST);
    this.#readings.set(key, readings);
    return readings;
  }
}

/**
 * @param at milliseconds
 * @param metrics text for Prometheus, or undefined
 * @param answer of a dry run, or undefined
 */
export function readingOf(at, { id, budgets = [] }, { metrics, late, answer }) {
  const ranking = (answer?.ranking ?? []).filter(({ excluded }) => !excluded);
  return {
    at,
    ...(metrics === undefined ? {} : countsIn(metrics, id)),
    accuracy: meanOf(ranking, ({ expected }) => expected.accuracy),
    energy_j: meanOf(ranking, ({ expected }) => expected.energy_j),
    utility: meanOf(ranking, ({ utility }) => utility),
    prices: budgets.map((_, b) => late?.budgets[b]?.price),
  };
}

/** Decisions that a process made for a router, and which process that is: behind a load balancer they change. */
export function countsIn(metrics, id) {
  let decisions = 0;
  let process;
  for (const line of metrics.split('\n')) {
    const value = () => Number(line.slice(line.lastIndexOf(' ') + 1));
    if (line.startsWith('tradewind_decisions_total{') && line.includes(`router="${id}"`)) decisions += value();
    if (line.startsWith('process_start_time_seconds ')) process = value();
  }
  return { decisions, process };
}

/** Undefined where it is not known of an arm that may be chosen. */
function meanOf(ranking, valueOf) {
  if (ranking.length === 0 || ranking.some((ranked) => !Number.isFinite(valueOf(ranked)))) return undefined;
  const weight = ranking.reduce((sum, { probability }) => sum + probability, 0);
  return ranking.reduce((sum, ranked) => sum + ranked.probability * valueOf(ranked), 0) / weight;
}

/** A second's decisions at each reading, since the one before of the same process; undefined where there is none. */
export function ratesOf(readings) {
  const last = new Map();
  return readings.map(({ at, process, decisions }) => {
    const before = last.get(process);
    if (process === undefined) return undefined;
    last.set(process, { at, decisions });
    return before && at > before.at ? ((decisions - before.decisions) * 1_000) / (at - before.at) : undefined;
  });
}

/** @returns `[{name, values, say}]`: a value for each reading, undefined where it is not known */
export function trendsOf(readings, { budgets = [] }) {
  const of = (key) => readings.map((reading) => reading[key]);
  const trends = [
    { name: 'decisions per second, this process', values: ratesOf(readings), say: number },
    { name: 'expected accuracy', values: of('accuracy'), say: (value) => measured('accuracy', value) },
    { name: 'expected utility', values: of('utility'), say: (value) => value.toFixed(3) },
    { name: 'expected energy per request', values: of('energy_j'), say: (value) => measured('energy_j', value) },
    ...budgets.map((budget, b) => ({
      name: `price of ${metricName(budget.metric)} per ${budget.per ?? 'request'}`,
      values: readings.map(({ prices }) => prices[b]),
      say: number,
    })),
  ];
  return trends.filter(({ values }) => values.some((value) => value !== undefined));
}
