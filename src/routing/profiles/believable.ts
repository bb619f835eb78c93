/**
 * Whether one figure of a profile can be believed, and what it probably is when it can't. Most wrong profiles are right
 * figures in the wrong unit, so each message guesses the unit.
 */
import type { Metric } from '../metric.js';

const percent = (value: number) =>
  value > 1 && value <= 100 ? `; ${value} is probably percent: write ${+(value / 100).toPrecision(6)}` : '';

/** Below a millijoule no model has answered anything; a typical request written in kWh lies there. */
const smallestEnergyJ = 1e-3;

const doubts: Readonly<Record<string, (value: number, metric: Metric) => string | undefined>> = {
  accuracy: (value, metric) =>
    outside(value, metric) ? `expected a share between 0 and 1, got ${value}${percent(value)}` : undefined,
  energy_j: (value, metric) => {
    if (value < 0) return `expected joules per request, got the negative ${value}`;
    if (value === 0) return 'no request is free of energy; leave energy_j out where it was not measured';
    if (value > metric.maximum)
      return `${value} J is ${+(value / 3.6e6).toPrecision(3)} kWh for one request; give joules per request: is it the energy of a whole run, or in another unit?`;
    if (value < smallestEnergyJ)
      return `${value} J is too little for one request; is it in kWh? Then write ${+(value * 3.6e6).toPrecision(6)} (× 3,600,000)`;
    return undefined;
  },
  latency_ms: (value, metric) => {
    if (value <= 0)
      return `expected milliseconds above 0, got ${value}; leave latency_ms out where it was not measured`;
    if (value > metric.maximum)
      return `${value} ms is over ${metric.maximum / 3.6e6} h for one request; is it in microseconds, or of a whole run?`;
    return undefined;
  },
  cost_usd: (value, metric) => {
    if (value < 0) return `expected US dollars per request, got the negative ${value}`;
    if (value > metric.maximum)
      return `${value} USD for one request is above ${metric.maximum}; is it a price per million tokens, or of a whole run?`;
    return undefined;
  },
};

const outside = (value: number, metric: Metric) => value < metric.minimum || value > metric.maximum;

/**
 * @param value finite
 * @returns why the value can't be believed, undefined when it can
 */
export function doubt(value: number, metric: Metric): string | undefined {
  const specific = Object.hasOwn(doubts, metric.name) ? doubts[metric.name]!(value, metric) : undefined;
  if (specific !== undefined) return specific;
  if (!outside(value, metric)) return undefined;
  return `expected ${metric.unit} between ${metric.minimum} and ${metric.maximum}, got ${value}`;
}
