/**
 * What is tried, in stages: how to explore, how fast to forget, how far to trust profiles, how firmly to hold coefficients.
 * A stage starts from what the stages before it settled on, so that a search takes the sum of their lengths and not the product.
 */
import type { PolicySpec } from '../../src/routing/spec.js';
import type { Members } from './setting.js';

export type StageName = 'exploration' | 'forgetting' | 'profiles' | 'ridge';
export const stageNames: readonly StageName[] = ['exploration', 'forgetting', 'profiles', 'ridge'];

export interface Option {
  readonly name: string;
  readonly change: Members;
}

export interface Stage {
  readonly name: StageName;
  /** What is asked, for a person. */
  readonly question: string;
  readonly options: readonly Option[];
}

export interface StagesWish {
  /** Requests in one run: half-lives are tried as shares of it. */
  readonly requests: number;
  /** Milliseconds between two requests of the real traffic. */
  readonly gapMs: number;
  /** Whether the router starts from profiles; without them their weight plays no part. */
  readonly profiled: boolean;
}

export function stagesFor({ requests, gapMs, profiled }: StagesWish): Stage[] {
  const stages: Stage[] = [
    { name: 'exploration', question: 'how to explore, and how widely', options: explorations() },
    { name: 'forgetting', question: 'after how many requests half is forgotten', options: halfLives(requests, gapMs) },
    { name: 'profiles', question: 'how many outcomes a profile counts as', options: profiled ? profileWeights : [] },
    { name: 'ridge', question: 'how firmly coefficients are held', options: ridges },
  ];
  return stages.filter(({ options }) => options.length > 0);
}

function explorations(): Option[] {
  const policies: PolicySpec[] = [
    ...[0.1, 0.25, 0.5, 1, 2].map((width) => ({ name: 'linucb' as const, width })),
    ...[0.1, 0.25, 0.5, 1].map((width) => ({ name: 'thompson' as const, width })),
    ...[3, 10, 30, 100, 300].map((gamma) => ({ name: 'inverse-gap' as const, gamma })),
    ...[0.02, 0.05, 0.1].map((epsilon) => ({ name: 'epsilon-greedy' as const, epsilon })),
    { name: 'greedy' },
  ];
  return policies.map((policy) => ({ name: policyName(policy), change: { policy } }));
}

function policyName({ name, ...options }: PolicySpec): string {
  return [name, ...Object.entries(options).map(([option, value]) => `${option} ${String(value)}`)].join(' ');
}

/** Shares of a run; fewer requests than these teach too little to be worth a router. */
const halfLifeShares = [1, 1 / 2, 1 / 4, 1 / 8];
const leastHalfLife = 50;

/** A half-life is declared in whole seconds at least. */
function halfLives(requests: number, gapMs: number): Option[] {
  const seconds = halfLifeShares
    .filter((share) => share * requests >= leastHalfLife)
    .map((share) => Math.max(1, Math.round((share * requests * gapMs) / 1000)));
  return [...new Set(seconds)].map((half) => ({
    name: `half-life ${Math.round((half * 1000) / gapMs)} requests`,
    change: { half_life: `${half}s` },
  }));
}

const profileWeights: readonly Option[] = [
  { name: 'profiles ignored', change: { prior: { trust: 0 } } },
  ...[3, 10, 30, 100, 300].map((cap) => ({
    name: `a profile counts up to ${cap} outcomes`,
    change: { prior: { trust: 1, cap } },
  })),
];

const ridges: readonly Option[] = [1, 2, 4, 8, 16, 32, 64].map((precision) => ({
  name: `ridge ${precision}`,
  change: { prior: { precision } },
}));
