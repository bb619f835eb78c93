/** Numbers as people read them. */
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Three significant digits; very small and very large ones with a power of ten. */
export function number(value) {
  if (value === undefined || value === null) return '–';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-6 || size >= 1e6) ? value.toExponential(2) : three.format(value);
}

export const count = (value) => whole.format(value ?? 0);

/** A fraction as a percentage; what is not quite nothing or not quite everything doesn't look like it. */
export function percent(value) {
  if (value === undefined || value === null) return '–';
  if (value > 0 && value < 0.001) return '< 0.1 %';
  if (value < 1 && value > 0.999) return '> 99.9 %';
  return `${(value * 100).toFixed(1)} %`;
}

/** Three significant digits however small: a request costs a fraction of a cent, and powers of ten don't read as money. */
const money = (value) => (Math.abs(value) < 1e-9 ? '$0' : dollars.format(value));

const units = { accuracy: '', energy_j: ' J', latency_ms: ' ms', cost_usd: ' USD' };

/** A metric's value with its unit. */
export function measured(metric, value) {
  if (value === undefined) return '–';
  if (metric === 'accuracy') return percent(value);
  return metric === 'cost_usd' ? money(value) : `${number(value)}${units[metric] ?? ''}`;
}

/** ` in J`, or nothing where the unit is 1 or unknown. */
export const unitOf = (metric) => (units[metric] ? ` in${units[metric]}` : '');

export const metricName = (metric) =>
  ({ accuracy: 'accuracy', energy_j: 'energy', latency_ms: 'latency', cost_usd: 'cost' })[metric] ?? metric;
