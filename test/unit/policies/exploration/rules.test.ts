import { describe, expect, it } from 'vitest';

import { createPolicy, policyNames, type PolicyDeclaration } from '../../../../policies/registry.js';
import { candidatesOf } from '../candidates.js';

const choose = (declaration: PolicyDeclaration, ...args: Parameters<typeof candidatesOf>) =>
  Array.from(createPolicy(declaration).probabilities(candidatesOf(...args)));

describe('exploration rules', () => {
  it('greedy shares exact ties evenly', () => {
    expect(choose({ name: 'greedy' }, [0.5, 0.9, 0.9, 0.1], [1, 0, 0, 9])).toEqual([0, 0.5, 0.5, 0]);
  });

  it('linucb prefers the uncertain arm once the width makes up for its mean', () => {
    expect(choose({ name: 'linucb', width: 0.4 }, [0.5, 0.4], [0, 0.2])).toEqual([1, 0]);
    expect(choose({ name: 'linucb', width: 0.6 }, [0.5, 0.4], [0, 0.2])).toEqual([0, 1]);
  });

  it('epsilon-greedy spreads epsilon over every candidate, the best included', () => {
    expect(choose({ name: 'epsilon-greedy', epsilon: 0.2 }, [0, 1], [0, 0])).toEqual([0.1, 0.9]);
  });

  it('inverse-gap is uniform before the first outcome and sharpens with outcomes', () => {
    const spec = { name: 'inverse-gap', gamma: 10, exponent: 0.5 } as const;
    expect(choose(spec, [0, 1], [0, 0], { outcomes: 0 })).toEqual([0.5, 0.5]);
    expect(choose(spec, [0, 1], [0, 0], { outcomes: 100 })[0]).toBeCloseTo(1 / (2 + 100), 12);
  });

  it('fixed chooses its arm, and the best of the others when that is no candidate', () => {
    expect(choose({ name: 'fixed', arm: 'a1' }, [1, 0, 0.5], [0, 0, 0])).toEqual([0, 1, 0]);
    expect(choose({ name: 'fixed', arm: 'gone' }, [0, 1, 0.5], [0, 0, 0])).toEqual([0, 1, 0]);
  });

  it('thompson with two arms is the normal distribution of their gap', () => {
    // Φ(1) from Abramowitz and Stegun, table 26.1; the gap 5 over √(3² + 4²).
    expect(choose({ name: 'thompson' }, [5, 0], [3, 4])[0]).toBeCloseTo(0.841344746068543, 9);
    expect(choose({ name: 'thompson', width: 0 }, [5, 0], [3, 4])).toEqual([1, 0]);
  });

  it('thompson gives arms without deviation what is left below them, shared by exact ties', () => {
    const [a, b, c, d] = choose({ name: 'thompson' }, [0, 0, -1, 0], [0, 0, 0, 1]);
    expect([a, b, c]).toEqual([0.25, 0.25, 0]);
    expect(d).toBeCloseTo(0.5, 12);
  });
});

describe('createPolicy', () => {
  it('knows every policy by name', () => {
    expect([...policyNames].sort()).toEqual(
      ['epsilon-greedy', 'fixed', 'greedy', 'inverse-gap', 'linucb', 'profile', 'thompson', 'uniform'].sort(),
    );
    for (const name of policyNames) {
      expect(createPolicy({ name, ...(name === 'fixed' ? { arm: 'a0' } : {}) } as PolicyDeclaration).name).toBe(name);
    }
  });

  it.each([
    [{ name: 'linucb', width: -1 }, /width of policy linucb/],
    [{ name: 'thompson', width: NaN }, /width of policy thompson/],
    [{ name: 'inverse-gap', gamma: 0 }, /gamma of policy inverse-gap/],
    [{ name: 'inverse-gap', exponent: 2 }, /exponent of policy inverse-gap/],
    [{ name: 'epsilon-greedy', epsilon: 1.5 }, /epsilon of policy epsilon-greedy/],
    [{ name: 'fixed', arm: '' }, /arm of policy fixed/],
    [{ name: 'fixed' }, /arm of policy fixed/],
    [{ name: 'greedy', epsilon: 0.1 }, /policy greedy takes no options; got epsilon/],
    [{ name: 'linucb', alpha: 1 }, /policy linucb takes width; got alpha/],
    [{ name: 'toString' }, /policy name must be one of/],
  ])('refuses %j and names what is wrong', (declaration, message) => {
    expect(() => createPolicy(declaration as PolicyDeclaration)).toThrow(message);
    expect(() => createPolicy(declaration as PolicyDeclaration)).toThrow(RangeError);
  });
});
