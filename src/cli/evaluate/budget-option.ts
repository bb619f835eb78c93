import { InvalidArgumentError } from 'commander';

import type { Budget } from '../../routing/spec.js';

/** `cost_usd=6.6e-4` is a mean per request, `energy_j=3.6e6/1d` an amount per time; several with commas between them. */
export function budgets(text: string): Budget[] {
  return text.split(',').map((term) => {
    const [, metric, amount, per] = /^\s*([a-z][a-z0-9_]*)=([^/]+)(?:\/([1-9][0-9]*[smhd]))?\s*$/.exec(term) ?? [];
    const limit = Number(amount);
    if (metric === undefined || !(limit > 0 && limit < Infinity))
      throw new InvalidArgumentError(`Expected a budget as cost_usd=6.6e-4 or energy_j=3.6e6/1d, got "${term}".`);
    return per === undefined ? { metric, per_request: limit } : { metric, limit, per };
  });
}
