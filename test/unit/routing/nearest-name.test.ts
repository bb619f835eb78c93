import { expect, test } from 'vitest';

import { nearestName } from '../../../src/routing/nearest-name.js';

test('a name with a third of its letters wrong still has a nearest', () => {
  expect(nearestName('max_energy', ['min_accuracy', 'max_energy_j'])).toBe('max_energy_j');
  expect(nearestName('Metrics', ['metrics'])).toBe('metrics');
});

test('a name unlike all others has none', () => {
  expect(nearestName('zzz', ['router', 'context'])).toBeUndefined();
  expect(nearestName('x'.repeat(1e6), ['x'])).toBeUndefined();
});
