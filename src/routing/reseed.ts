/**
 * New features start new statistics. What the old ones had learned is not thrown away: it becomes a profile, per arm and
 * task, which counts as many outcomes as the old belief was sure of there (as far as the cap on profiles lets it).
 */
import { quadraticForm } from '../../policies/linear/packed.js';
import { taskFeatures } from './features/task-features.js';
import type { ProfileRow } from './profile.js';
import type { View } from './view.js';

/** @param today such as "2026-11-23" */
export function learnedProfile({ router, posteriors }: View, today: string): ProfileRow[] {
  const rows: ProfileRow[] = [];
  for (const task of [undefined, ...tasksOf(router.spec.features)]) {
    const x = taskFeatures(router.encoder, task);
    router.arms.forEach((arm, k) => {
      const metrics: Record<string, number> = {};
      let samples = Infinity;
      router.metrics.forEach((metric, m) => {
        const posterior = posteriors[m * router.arms.length + k];
        if (posterior.outcomes === 0) return;
        let mean = 0;
        for (let i = 0; i < x.length; i++) mean += posterior.mean[i] * x[i];
        metrics[metric.name] = Math.min(metric.maximum, Math.max(metric.minimum, mean));
        // A mean of n outcomes has variance σ²/n, and this one has σ²·xᵀΛ⁻¹x.
        samples = Math.min(samples, Math.max(1, Math.round(1 / quadraticForm(posterior.covariance, x))));
      });
      if (samples === Infinity) return;
      const source = `learned by this router from features ${router.encoder.schema}`;
      rows.push({ arm, ...(task === undefined ? {} : { task }), metrics, samples, source, measured_on: today });
    });
  }
  return rows;
}

/** Rows replace those of the same arm and task that were there. */
export function mergeProfiles(before: readonly ProfileRow[], rows: readonly ProfileRow[]): ProfileRow[] {
  const nameOf = ({ arm, task }: ProfileRow) => JSON.stringify([arm, task ?? null]);
  const merged = new Map([...before, ...rows].map((row) => [nameOf(row), row]));
  return [...merged.values()];
}

const tasksOf = (features: View['router']['spec']['features']): string[] =>
  features.flatMap((feature) =>
    feature.type === 'category' && (feature.from ?? feature.name) === 'task' ? feature.values : [],
  );
