/**
 * Which arms may serve a request, and why the others may not.
 *
 * Exclusions come in two kinds. Hard ones are someone's word (paused, denied, not allowed, another task) and are never
 * lifted. Soft ones are predictions and precautions (limits on expected metrics, an open circuit breaker); when they leave
 * nobody, `otherwise` decides: an error, the arms that miss the limits by least, or the baseline.
 */
import { Problem } from './problem.js';
import type { Constraints, RouteRequest } from './request.js';
import type { Arm } from './spec.js';

export interface CandidateQuestion {
  readonly arms: readonly Arm[];
  readonly candidates: readonly string[] | undefined;
  readonly constraints: Constraints | undefined;
  readonly task: string | undefined;
  readonly broken: readonly string[];
  readonly baseline: string | undefined;
  /** Expected value of a metric for an arm, clamped to its range. */
  readonly expected: (metric: string, arm: number) => number;
}

export interface CandidateAnswer {
  /** Indexes into `arms`, at least one, ascending. */
  readonly eligible: readonly number[];
  /** Why an arm is out, by index; undefined for the eligible ones. */
  readonly reasons: readonly (string | undefined)[];
  readonly warnings: readonly string[];
}

const limits = [
  ['max_energy_j', 'energy_j', 'J'],
  ['max_cost_usd', 'cost_usd', 'USD'],
  ['max_latency_ms', 'latency_ms', 'ms'],
] as const;

/** @throws Problem 'unknown-arm' for a name that is no arm, 'no-candidates' when nobody is left */
export function findCandidates(question: CandidateQuestion): CandidateAnswer {
  checkNames(question);
  const hard = question.arms.map((arm) => hardReason(arm, question));
  const misses = question.arms.map((_, i) => (hard[i] === undefined ? limitMisses(i, question) : []));
  const soft = question.arms.map((arm, i) => misses[i][0]?.reason ?? brokenReason(arm, question));
  const reasons = question.arms.map((_, i) => hard[i] ?? soft[i]);
  const eligible = indexesWhere(reasons, (reason) => reason === undefined);
  if (eligible.length > 0) return { eligible, reasons, warnings: [] };
  return otherwise(question, hard, misses, reasons);
}

/** The answer for a request that asks for nothing special, if every arm is always there; undefined otherwise. */
export function alwaysEligible(arms: readonly Arm[]): CandidateAnswer | undefined {
  if (arms.length === 0 || arms.some((arm) => arm.state === 'paused' || arm.tasks !== undefined)) return undefined;
  return { eligible: arms.map((_, i) => i), reasons: arms.map(() => undefined), warnings: [] };
}

/** Whether nothing about the request needs a check: the usual case. */
export function unconstrained({ candidates, constraints, baseline }: RouteRequest, broken: readonly string[]): boolean {
  return candidates === undefined && constraints === undefined && baseline === undefined && broken.length === 0;
}

function checkNames({ arms, candidates, constraints, baseline }: CandidateQuestion): void {
  const named: [pointer: string, names: readonly string[]][] = [
    ['/candidates', candidates ?? []],
    ['/constraints/allow', constraints?.allow ?? []],
    ['/constraints/deny', constraints?.deny ?? []],
    ['/baseline', baseline === undefined ? [] : [baseline]],
  ];
  const known = new Set(arms.map((arm) => arm.id));
  const errors = named.flatMap(([pointer, names]) =>
    names
      .filter((name) => !known.has(name))
      .map((name) => ({ pointer, detail: `expected an arm of the router, got "${name}"` })),
  );
  if (errors.length === 0) return;
  const detail = `${errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ')}. The arms are ${[...known].join(', ') || 'none yet'}`;
  throw new Problem('unknown-arm', detail, errors);
}

function hardReason(arm: Arm, { candidates, constraints, task }: CandidateQuestion): string | undefined {
  if (arm.state === 'paused') return 'paused';
  if (candidates && !candidates.includes(arm.id)) return 'not among the candidates of the request';
  if (constraints?.allow && !constraints.allow.includes(arm.id)) return 'not on the allow list';
  if (constraints?.deny?.includes(arm.id)) return 'on the deny list';
  if (arm.tasks && !arm.tasks.some((allowed) => task === allowed || task?.startsWith(`${allowed}/`))) {
    return `serves only ${arm.tasks.join(', ')}; the request's task is ${task === undefined ? 'not named' : `"${task}"`}`;
  }
  return undefined;
}

const brokenReason = (arm: Arm, { broken }: CandidateQuestion): string | undefined =>
  broken.includes(arm.id) ? 'failed too often lately; the circuit breaker holds it out' : undefined;

interface Miss {
  readonly reason: string;
  /** By how much of the limit it is missed, so that misses of different units compare. */
  readonly excess: number;
}

function limitMisses(arm: number, { constraints, expected }: CandidateQuestion): Miss[] {
  if (!constraints) return [];
  const misses: Miss[] = [];
  for (const [name, metric, unit] of limits) {
    const limit = constraints[name];
    if (limit === undefined) continue;
    const value = expected(metric, arm);
    if (value > limit) {
      misses.push({
        reason: `expected ${metric} ${short(value)} ${unit} is above ${name} ${short(limit)}`,
        excess: limit > 0 ? (value - limit) / limit : value,
      });
    }
  }
  const least = constraints.min_accuracy;
  if (least !== undefined) {
    const value = expected('accuracy', arm);
    if (value < least)
      misses.push({
        reason: `expected accuracy ${short(value)} is below min_accuracy ${short(least)}`,
        excess: (least - value) / least,
      });
  }
  return misses;
}

function otherwise(
  question: CandidateQuestion,
  hard: readonly (string | undefined)[],
  misses: readonly Miss[][],
  reasons: readonly (string | undefined)[],
): CandidateAnswer {
  const choice = question.constraints?.otherwise ?? 'relax';
  const allowed = indexesWhere(hard, (reason) => reason === undefined);
  if (choice === 'baseline') return baselineOnly(question, reasons);
  if (choice === 'relax' && allowed.length > 0) {
    const excess = (i: number) => misses[i].reduce((sum, miss) => sum + miss.excess, 0);
    const least = Math.min(...allowed.map(excess));
    const nearest = allowed.filter((i) => excess(i) === least);
    return {
      eligible: nearest,
      reasons: reasons.map((reason, i) => (nearest.includes(i) ? undefined : reason)),
      warnings: [
        `no arm meets every limit; relaxed to the nearest: ${nearest.map((i) => `${question.arms[i].id} (${reasons[i]})`).join(', ')}`,
      ],
    };
  }
  throw noCandidates(question, reasons);
}

function baselineOnly(question: CandidateQuestion, reasons: readonly (string | undefined)[]): CandidateAnswer {
  const at = question.arms.findIndex((arm) => arm.id === question.baseline);
  if (at < 0) {
    throw new Problem(
      'no-candidates',
      'no arm meets the constraints and "otherwise" asks for the baseline, but neither the request nor the router names one: give "baseline"',
    );
  }
  return {
    eligible: [at],
    reasons: reasons.map((reason, i) => (i === at ? undefined : reason)),
    warnings: [`no arm meets the constraints; the baseline ${question.arms[at].id} serves (${reasons[at]})`],
  };
}

function noCandidates({ arms }: CandidateQuestion, reasons: readonly (string | undefined)[]): Problem {
  if (arms.length === 0)
    return new Problem('no-candidates', 'the router has no arms yet: add one with POST /v1/routers/{id}/arms');
  const because = new Map<string, number[]>();
  reasons.forEach((reason = '', i) => because.set(reason, [...(because.get(reason) ?? []), i]));
  const why = [...because].map(
    ([reason, which]) => `${which.length === 1 ? arms[which[0]].id : `${which.length} arms`}: ${reason}`,
  );
  return new Problem('no-candidates', `expected at least one arm that may serve; none is left. ${why.join('; ')}`);
}

function indexesWhere<T>(values: readonly T[], holds: (value: T) => boolean): number[] {
  const indexes: number[] = [];
  values.forEach((value, i) => {
    if (holds(value)) indexes.push(i);
  });
  return indexes;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
