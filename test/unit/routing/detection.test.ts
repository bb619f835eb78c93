import { describe, expect, it } from 'vitest';

import { detectionOf } from '../../../src/routing/changes/detection.js';
import { mergedChanges } from '../../../src/routing/changes/merged.js';
import { metricsOf } from '../../../src/routing/settings.js';
import { routerErrors } from '../../../src/routing/validate-spec.js';
import { specOf } from '../../support/routing.js';

describe('detect_changes', () => {
  it('watches what decisions depend on by default, and nothing where it is told so or nothing matters', () => {
    const objective = { accuracy: 1, latency_ms: 0 };
    const budgets = [{ metric: 'cost_usd', per_request: 1 }];
    expect([...detectionOf(specOf({ objective, budgets }))!.metrics]).toEqual(['accuracy', 'cost_usd']);
    expect(detectionOf(specOf({ objective, detect_changes: false }))).toBeUndefined();
    expect(detectionOf(specOf({ objective: {} }))).toBeUndefined();
  });

  it('hands on what is declared and leaves the rest to the defaults', () => {
    const detection = detectionOf(specOf({ detect_changes: { metrics: ['latency_ms'], threshold: 30, weight: 0 } }))!;
    expect(detection.options).toEqual({ cusum: { threshold: 30 }, weight: 0 });
    expect([...detection.metrics]).toEqual(['latency_ms']);
  });

  it('names a metric that the router does not know', () => {
    const errors = routerErrors(specOf({ detect_changes: { metrics: ['accuracy', 'speed'] } }));
    expect(errors).toEqual([
      { pointer: '/detect_changes/metrics/1', detail: expect.stringContaining('got "speed"') as string },
    ]);
  });
});

it('puts detected changes among the declared ones, and keeps the place of one whose metric is gone', () => {
  const change = (at: string, metric: string) => ({ at, arm: 'small', metric, offset: 1 });
  const [early, middle, late] = [1, 2, 3].map((day) => `2026-03-0${day}T00:00:00Z`);
  const merged = mergedChanges(
    [change(early, 'cost_usd'), change(late, 'cost_usd')],
    [change(middle, 'gone')],
    metricsOf(specOf()),
  );
  expect(merged.map(({ at }) => at)).toEqual([early, middle, late]);
  expect(merged[1]).not.toHaveProperty('offset');
  expect(merged[1].metric).toBe('accuracy');
});
