/** The routers under load: the example that a fresh start brings, and one that forgets, samples and has a budget. */
import type { RouterSpec } from '../../src/routing/spec.js';

export const tasks = ['sentiment', 'question-answering', 'summarization'];

export const second: RouterSpec = {
  id: 'second',
  arms: [{ id: 'small' }, { id: 'medium' }, { id: 'large' }],
  features: [{ name: 'task', type: 'category', values: tasks }],
  objective: { accuracy: 1, energy_j: -0.0005 },
  policy: { name: 'thompson' },
  half_life: '8s',
  budgets: [{ metric: 'cost_usd', per_request: 0.004 }],
};

export const routers = ['default', second.id];
