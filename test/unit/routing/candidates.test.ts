import { describe, expect, it } from 'vitest';

import { findCandidates, type CandidateQuestion } from '../../../src/routing/candidates.js';

const arms = [
  { id: 'small' },
  { id: 'large' },
  { id: 'classifier', tasks: ['sentiment'] },
  { id: 'resting', state: 'paused' as const },
];
const energy = [10, 100, 1, 5];
const accuracy = [0.6, 0.9, 0.8, 0.7];

const question = (over: Partial<CandidateQuestion> = {}): CandidateQuestion => ({
  arms,
  candidates: undefined,
  constraints: undefined,
  task: 'qa',
  broken: [],
  baseline: undefined,
  expected: (metric, arm) => (metric === 'energy_j' ? energy[arm] : accuracy[arm]),
  ...over,
});

describe('the candidates of a request', () => {
  it('are the active arms that serve its task, and the others say why not', () => {
    const { eligible, reasons } = findCandidates(question());
    expect(eligible).toEqual([0, 1]);
    expect(reasons[2]).toBe('serves only sentiment; the request\'s task is "qa"');
    expect(reasons[3]).toBe('paused');
  });

  it('include a task-bound arm for a task below its own, but not for one that only starts alike', () => {
    expect(findCandidates(question({ task: 'sentiment/imdb' })).eligible).toContain(2);
    expect(findCandidates(question({ task: 'sentimental' })).eligible).not.toContain(2);
  });

  it('keep to what is allowed and not denied', () => {
    expect(findCandidates(question({ constraints: { allow: ['small'] } })).eligible).toEqual([0]);
    expect(findCandidates(question({ constraints: { deny: ['small'] } })).eligible).toEqual([1]);
    expect(findCandidates(question({ candidates: ['large'] })).eligible).toEqual([1]);
  });

  it('keep within limits on expected metrics, naming the figure and the limit', () => {
    const { eligible, reasons } = findCandidates(question({ constraints: { max_energy_j: 50 } }));
    expect(eligible).toEqual([0]);
    expect(reasons[1]).toBe('expected energy_j 100 J is above max_energy_j 50');
    expect(findCandidates(question({ constraints: { min_accuracy: 0.8 } })).eligible).toEqual([1]);
  });

  it('relax to the arm that misses the limits by least, with a warning', () => {
    const { eligible, warnings } = findCandidates(question({ constraints: { max_energy_j: 5, min_accuracy: 0.5 } }));
    expect(eligible).toEqual([0]);
    expect(warnings[0]).toMatch(/relaxed to the nearest: small/);
  });

  it('relax limits, but never a word: denied and paused arms stay out', () => {
    const denied = question({ constraints: { deny: ['small', 'large'], max_energy_j: 1 } });
    expect(() => findCandidates(denied)).toThrow(expect.objectContaining({ code: 'no-candidates' }));
  });

  it('fall to the baseline, or to an error, when the request says so', () => {
    const constraints = { max_energy_j: 1, otherwise: 'baseline' as const };
    expect(findCandidates(question({ constraints, baseline: 'large' })).eligible).toEqual([1]);
    expect(() => findCandidates(question({ constraints }))).toThrow(/give "baseline"/);
    expect(() => findCandidates(question({ constraints: { max_energy_j: 1, otherwise: 'error' } }))).toThrow(
      /small: expected energy_j 10 J is above max_energy_j 1/,
    );
  });

  it('take a broken arm back only when nobody else is left', () => {
    expect(findCandidates(question({ broken: ['small'] })).eligible).toEqual([1]);
    expect(findCandidates(question({ broken: ['small', 'large'] })).eligible).toEqual([0, 1]);
  });

  it('refuse names that are no arms, all at once', () => {
    const constraints = { allow: ['smal'], deny: ['__proto__'] };
    expect(() => findCandidates(question({ constraints }))).toThrow(/got "smal".*got "__proto__".*small, large/);
  });
});
