/**
 * How far the prior is to be trusted: what the evidence says of τ in (0, 1], when any τ is as likely before.
 *
 * With σ² integrated out (normal inverse gamma; Bishop 3.5, O'Hagan & Forster 11), up to terms without τ,
 *
 *   L(τ) = ½·log|Λ₀| − ½·log|Λ₀ + A| − ½(ν₀ + n)·log(ν₀s₀² + Q(τ)),     Λ₀ = D + τP
 *
 * is its log likelihood, where Q is the misfit of evidence and prior together (`posterior.ts`).
 * Evidence that contradicts the prior makes Q large until τ is small; evidence that agrees is explained best at 1.
 *
 * The most likely τ alone drops a good profile after one unlucky outcome. The mean of log τ does not, and moves
 * smoothly: measured over 40 simulated routers of nine tasks (weight 50 a row), the error of a right profile after 24
 * outcomes is .022 (most likely τ: .086) and that of an inverted one .225 (.203; at full trust .266).
 *
 * P = UUᵀ has as few rows as there are profiled tasks, and the prior's mean is D⁻¹U·a(τ) from the level
 * (`prior-mean.ts`). With C·Cᵀ = D + A factorised once, v = C⁻¹b', W = C⁻¹U, G = WᵀW, K = UᵀD⁻¹U and H = K − G, which
 * is UᵀD⁻¹A(D + A)⁻¹U, what the evidence takes from the rows' variance, all that depends on τ is of order R:
 *
 *   log|Λ₀ + A| = log|D + A| + log|I + τG|
 *   Q(τ) = Σy'² − vᵀv + aᵀHa − 2aᵀWᵀv + τ·gᵀ(I + τG)⁻¹g,     g = Wᵀv − Ha
 */
import { factorise, logDeterminant, solve, solveLower } from './cholesky.js';
import { halved } from './halving.js';
import { dot, multiplyPacked, packedLength, packedRow } from './packed.js';
import { onePlus, priorAt, rowGram } from './prior-mean.js';
import { addRidge } from './ridge.js';
import { centre, type PosteriorTerms } from './terms.js';

/** The values of τ that are considered, 1 first. */
export const TRUSTS: readonly number[] = Array.from({ length: 8 }, (_, k) => 4 ** -k);

/** Below this share of Σy'² a misfit is rounding, not scatter. */
const ROUNDING = 2 ** -46;

/** How far the evidence of one other arm can speak, in nats: an arm that changed must not discredit the whole profile. */
const VOICE = 4;
/** Trust is told apart in steps of 2^(1/4), so that most posteriors stand when it is measured again. */
const STEPS_PER_OCTAVE = 4;

/**
 * What the evidence of one arm says of each of {@link TRUSTS}: L(τ) − L(1) in nats.
 * @returns as long as TRUSTS; zeros when there is no prior or nothing to measure it by
 */
export function measureTrust(terms: PosteriorTerms): Float64Array {
  if (terms.prior.rows.length === 0 || terms.sums.count === 0) return new Float64Array(TRUSTS.length);
  const likelihood = logLikelihood(terms);
  const full = likelihood(1);
  return Float64Array.from(TRUSTS, (trust) => (trust === 1 ? 0 : likelihood(trust) - full));
}

/**
 * τ = exp E[log τ], each of {@link TRUSTS} weighed by τ·exp(what the arm's own evidence says, and what others' says,
 * nobody else counting for more than four nats). Profiles are measured in one campaign and are right or wrong together,
 * and a profile that wrongly calls an arm bad keeps that arm from being tried: only the others can tell.
 * Measured on 24 routers of 4 arms and 6 tasks with inverted profiles of weight 50: the regret of requests 60 to 80 is
 * .15 with the others' voices and .26 without (.07 for a router without profiles, .003 with right ones either way).
 * @param own from {@link measureTrust}
 * @param others of the arms whose profile comes from the same campaign, for the same metric, in a fixed order
 * @returns in (0, 1], a power of 2^(1/4); 1 when nobody has evidence
 */
export function agreeOnTrust(own: Float64Array, others: readonly Float64Array[] = []): number {
  if ([own, ...others].every((voice) => voice.every((entry) => entry === 0))) return 1;
  const heard = own.map((entry, k) => others.reduce((sum, voice) => sum + clip(voice[k]!), entry));
  const highest = Math.max(...heard);
  let total = 0;
  let sum = 0;
  TRUSTS.forEach((trust, k) => {
    const weight = trust * Math.exp(heard[k]! - highest);
    total += weight;
    sum += weight * Math.log2(trust);
  });
  return halved(Math.round((-STEPS_PER_OCTAVE * sum) / total) / STEPS_PER_OCTAVE);
}

function clip(nats: number): number {
  return Math.max(-VOICE, Math.min(VOICE, nats));
}

/** L(τ) up to a constant, with what does not depend on τ computed once. */
export function logLikelihood(terms: PosteriorTerms): (trust: number) => number {
  const { noise } = terms;
  const { sums, gram, seen, misfit } = projectRows(terms);
  const taken = rowGram(terms).map((entry, k) => entry - gram[k]!);
  const degrees = noise.weight + sums.count;
  const assumed = noise.weight * noise.deviation ** 2;
  const floor = Math.max(ROUNDING * sums.square, Number.MIN_VALUE);
  return (trust) => {
    const before = priorAt(terms, trust, true);
    const a = before.coordinates;
    const explained = multiplyPacked(taken, a);
    const left = seen.map((entry, r) => entry - explained[r]!);
    const factor = factorise(onePlus(gram, a.length, trust), a.length);
    const moved = dot(a, explained) - 2 * dot(a, seen) + trust * dot(left, solve(factor, left));
    const scatter = Math.max(floor, assumed + Math.max(0, misfit + moved));
    return 0.5 * (before.logDeterminant - logDeterminant(factor, a.length) - degrees * Math.log(scatter));
  };
}

/** The evidence measured from the level, and the prior rows as it sees them: G, Wᵀv, and Σy'² − vᵀv. */
function projectRows({ ridge, prior, level, sums }: PosteriorTerms) {
  const origin = new Float64Array(sums.dimension);
  origin[0] = level;
  const centred = centre(sums, origin);
  const matrix = Float64Array.from(sums.gram);
  addRidge(matrix, ridge, sums.dimension);
  const factor = factorise(matrix, sums.dimension);
  const moment = solveLower(factor, centred.moment);
  const gram = new Float64Array(packedLength(prior.rows.length));
  const projected: Float64Array[] = [];
  const seen = Float64Array.from(prior.rows, ({ features, weight }, r) => {
    const root = Math.sqrt(weight);
    const image = solveLower(factor, features).map((entry) => entry * root);
    projected.push(image);
    projected.forEach((other, s) => (gram[packedRow(r) + s] = dot(image, other)));
    return dot(image, moment);
  });
  return { sums: centred, gram, seen, misfit: centred.square - dot(moment, moment) };
}
