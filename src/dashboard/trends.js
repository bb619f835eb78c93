/** A small line for each quantity that changes, with its name, its present value and its range in words beside it. */
import { drawn, element } from './elements.js';

const WIDTH = 220;
const HEIGHT = 44;
const EDGE = 4;

/** @param trends as of `trendsOf` @param times of the readings, in milliseconds */
export const trendCards = (trends, times) => trends.map((trend) => card(trend, times));

function card({ name, values, say }, times) {
  const known = values.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const range = low === high ? `always ${say(low)}` : `${say(low)} to ${say(high)}`;
  const now = values.at(-1);
  const said = now === undefined ? 'not known' : say(now);
  const label = `${name}: now ${said}; ${range} since the page was opened`;
  return element(
    'div',
    { class: 'trend' },
    element('dt', {}, name),
    element('dd', {}, element('strong', {}, said), ' ', element('span', {}, range)),
    drawn('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label }, ...line(values, times)),
  );
}

/** Gaps stay gaps; a value between two of them is a dot. */
function line(values, times) {
  const pieces = piecesOf(values);
  const place = placing(values, times);
  const paths = pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => drawn('polyline', { points: piece.map((i) => place(i).join(',')).join(' ') }));
  const dots = pieces.filter((piece) => piece.length === 1).map(([i]) => i);
  const last = values.length - 1;
  if (values[last] !== undefined && !dots.includes(last)) dots.push(last);
  return [...paths, ...dots.map((i) => drawn('circle', { cx: place(i)[0], cy: place(i)[1], r: 3 }))];
}

/** Runs of readings that are known, as their places. */
export function piecesOf(values) {
  const pieces = [];
  values.forEach((value, i) => {
    if (value === undefined) return;
    if (i > 0 && values[i - 1] !== undefined) pieces.at(-1).push(i);
    else pieces.push([i]);
  });
  return pieces;
}

/** @returns where a reading is drawn: time from left to right, the least value below; what never changes is in the middle */
export function placing(values, times) {
  const known = values.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [begin, end] = [times[0], times[times.length - 1]];
  const share = (value, from, to, flat) => (to > from ? (value - from) / (to - from) : flat);
  return (i) => [
    round(EDGE + share(times[i], begin, end, 1) * (WIDTH - 2 * EDGE)),
    round(HEIGHT - EDGE - share(values[i], low, high, 0.5) * (HEIGHT - 2 * EDGE)),
  ];
}

const round = (value) => Math.round(value * 10) / 10;
