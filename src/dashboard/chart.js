/** Accuracy over what it costs: one dot an arm, the Pareto front as a line. The table beside it holds the same figures. */
import { drawn } from './elements.js';
import { measured, metricName, number, percent } from './format.js';

const WIDTH = 480;
const HEIGHT = 340;
const EDGE = { left: 52, right: 18, top: 14, bottom: 40 };

/** What accuracy is plotted over: the first of energy, money and time that is known of any arm. */
export const plottedMetric = (ranking) =>
  Object.keys(axisTitles).find((metric) => ranking.some(({ expected }) => expected[metric] > 0));

const axisTitles = { energy_j: 'joules per request', cost_usd: 'USD per request', latency_ms: 'milliseconds' };

/**
 * @param points `[{arm, accuracy, price, probability}]`; those without a positive price are left out
 * @param metric that the price is in
 * @returns an SVG element, or undefined with nothing to draw
 */
export function scatter(points, metric) {
  const shown = points.filter(({ accuracy, price }) => Number.isFinite(accuracy) && price > 0);
  if (shown.length === 0) return undefined;
  const x = scale(
    shown.map(({ price }) => Math.log10(price)),
    EDGE.left,
    WIDTH - EDGE.right,
    0.15,
  );
  const y = scale(
    shown.map(({ accuracy }) => accuracy),
    HEIGHT - EDGE.bottom,
    EDGE.top,
    0.02,
  );
  const place = ({ price, accuracy }) => [x.at(Math.log10(price)), y.at(accuracy)];
  const best = front(shown);
  return drawn(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': describe(best, metric) },
    ...axes(x, y, metric),
    drawn('path', { class: 'front', d: best.map((point, i) => `${i ? 'L' : 'M'}${place(point).join(' ')}`).join('') }),
    ...names(best, shown, place),
    ...shown.map((point) => dot(point, place(point), metric)),
  );
}

const describe = (best, metric) =>
  `Accuracy over ${metricName(metric)}. On the front: ${best.map((p) => `${p.arm} ${percent(p.accuracy)} at ${measured(metric, p.price)}`).join(', ')}`;

/** Arms that no other beats in both, by price. */
function front(points) {
  const byPrice = [...points].sort((a, b) => a.price - b.price || b.accuracy - a.accuracy);
  let highest = -Infinity;
  return byPrice.filter(({ accuracy }) => accuracy > highest && ((highest = accuracy), true));
}

function scale(values, from, to, margin) {
  const low = Math.min(...values) - margin;
  const high = Math.max(...values) + margin;
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function axes(x, y, metric) {
  const parts = [];
  for (const value of steps(y.low, y.high)) {
    parts.push(
      drawn('line', { class: 'grid', x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y.at(value), y2: y.at(value) }),
    );
    parts.push(
      drawn('text', { x: EDGE.left - 6, y: y.at(value) + 4, 'text-anchor': 'end' }, `${Math.round(value * 100)} %`),
    );
  }
  for (const power of powers(x.low, x.high)) {
    parts.push(
      drawn('line', { class: 'grid', x1: x.at(power), x2: x.at(power), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
    );
    const label = drawn(
      'text',
      { x: x.at(power), y: HEIGHT - EDGE.bottom + 16, 'text-anchor': 'middle' },
      metric === 'cost_usd' ? measured(metric, 10 ** power) : number(10 ** power),
    );
    parts.push(label);
  }
  const middle = (EDGE.left + WIDTH - EDGE.right) / 2;
  parts.push(drawn('text', { x: middle, y: HEIGHT - 6, 'text-anchor': 'middle' }, axisTitles[metric]));
  return parts;
}

/** About five round values between two. */
function steps(low, high) {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((size) => (high - low) / size <= 6) ?? 1;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** Powers of ten, with 2 and 5 between them where there are few. */
function powers(low, high) {
  const within = (factors) => {
    const found = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const factor of factors) {
        const at = power + Math.log10(factor);
        if (at >= low && at <= high) found.push(at);
      }
    }
    return found;
  };
  return high - low > 2.2 ? within([1]) : within([1, 2, 5]);
}

/** The area grows with the probability. */
const radius = ({ probability }) => 4 + 9 * Math.sqrt(probability ?? 0);

function dot(point, [cx, cy], metric) {
  const title = `${point.arm}: ${percent(point.accuracy)}, ${measured(metric, point.price)}, probability ${percent(point.probability)}`;
  return drawn('circle', { cx, cy, r: radius(point) }, drawn('title', {}, title));
}

/** Names of the likeliest arms and of those on the front, each where it hides no dot and no other name, or else nowhere. */
function names(best, shown, place) {
  const taken = shown.map((point) => around(...place(point)));
  const likely = shown.filter(({ probability }) => probability >= 0.05).sort((a, b) => b.probability - a.probability);
  const labels = [];
  for (const point of new Set([...likely, ...best])) {
    const name = shorten(point.arm);
    const box = placesFor(name, place(point), radius(point)).find(
      (free) => !taken.some((other) => overlap(free, other)),
    );
    if (!box) continue;
    taken.push(box);
    labels.push(drawn('text', { class: 'name', x: box.left, y: box.bottom - 3 }, name));
  }
  return labels;
}

/** Right of a dot, left of it, above and below, as far as that is inside the drawing. */
function placesFor(name, [x, y], r) {
  const width = name.length * 6.8;
  const box = (left, middle) => ({ left, right: left + width, top: middle - 8, bottom: middle + 8 });
  const middle = Math.min(Math.max(2, x - width / 2), WIDTH - 2 - width);
  const all = [box(x + r + 5, y), box(x - r - 5 - width, y), box(middle, y - r - 10), box(middle, y + r + 10)];
  return all.filter(({ left, right, top }) => left >= 0 && right <= WIDTH && top >= 0);
}

const around = (x, y) => ({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 });

const overlap = (one, other) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Without the organisation before the slash, and not too long. */
function shorten(arm) {
  const name = arm.split('/').at(-1);
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}
