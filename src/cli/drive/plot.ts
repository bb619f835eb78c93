/** A drive as a picture: cumulative regret, and accuracy against what it costs. SVG without scripts, fonts or network. */
import type { DriveResult } from './result.js';
import { placeLabels } from './plot-labels.js';
import { logTicks, scale, ticks, type Scale } from './plot-scale.js';

const panel = { width: 460, height: 320, left: 64, top: 48, bottom: 48, gap: 72 };
const total = {
  width: panel.left + 2 * panel.width + panel.gap + 24,
  height: panel.top + panel.height + panel.bottom,
};
const colours = {
  ink: '#1f2933',
  faint: '#9aa5b1',
  grid: '#e4e7eb',
  own: '#0b7285',
  other: '#c2255c',
  bound: '#868e96',
};

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const round = (value: number) => value.toFixed(1);

export function plotSvg(result: DriveResult): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" font-family="system-ui, sans-serif" font-size="12" fill="${colours.ink}">`,
    `<title>${escape(`${result.requests} requests through ${result.router}`)}</title>`,
    `<rect width="100%" height="100%" fill="white"/>`,
    ...regretPanel(result),
    ...scatterPanel(result),
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escape(content)}</text>`;
}

interface Axes {
  readonly left: number;
  readonly x: Scale;
  readonly y: Scale;
}

/** Grid, tick texts and titles of a panel. */
function frame(
  { left, x, y }: Axes,
  titles: { head: string; x: string; y: string },
  xTicks: number[],
  yTicks: number[],
): string[] {
  const bottom = panel.top + panel.height;
  return [
    text(left, panel.top - 20, titles.head, 'font-size="14" font-weight="600"'),
    ...yTicks.flatMap((tick) => [
      `<line x1="${left}" x2="${left + panel.width}" y1="${round(y(tick))}" y2="${round(y(tick))}" stroke="${colours.grid}"/>`,
      text(left - 6, y(tick) + 4, shown(tick), `text-anchor="end" fill="${colours.faint}"`),
    ]),
    ...xTicks.flatMap((tick) => [
      `<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${panel.top}" y2="${bottom}" stroke="${colours.grid}"/>`,
      text(x(tick), bottom + 16, shown(tick), `text-anchor="middle" fill="${colours.faint}"`),
    ]),
    text(left + panel.width / 2, bottom + 36, titles.x, 'text-anchor="middle"'),
    text(left, panel.top - 6, titles.y, `fill="${colours.faint}" font-size="11"`),
  ];
}

const shown = (tick: number) =>
  tick !== 0 && Math.abs(tick) < 1e-3 ? tick.toExponential(0) : (+tick.toPrecision(4)).toLocaleString('en');

function regretPanel(result: DriveResult): string[] {
  const curves = [
    { name: 'against the best per task', points: result.regret, colour: colours.own },
    { name: `against always ${result.best_fixed}`, points: result.regret_fixed, colour: colours.other },
  ];
  const values = curves.flatMap((curve) => curve.points.map(([, regret]) => regret));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const { left, top, width, height } = panel;
  const x = scale([0, result.requests], [left, left + width]);
  const y = scale(padded(low, high), [top + height, top]);
  return [
    ...frame(
      { left, x, y },
      { head: 'Cumulative regret', x: 'requests', y: 'accuracy points' },
      ticks(0, result.requests),
      ticks(low, high),
    ),
    `<line x1="${left}" x2="${left + width}" y1="${round(y(0))}" y2="${round(y(0))}" stroke="${colours.faint}"/>`,
    ...curves.flatMap(({ name, points, colour }, i) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${[[0, 0] as const, ...points].map(([request, regret]) => `${round(x(request))},${round(y(regret))}`).join(' ')}"/>`,
      text(left + width, top - 22 + 15 * i, name, `fill="${colour}" text-anchor="end"`),
    ]),
  ];
}

function padded(low: number, high: number): [number, number] {
  const air = (high - low || 1) * 0.05;
  return [low - air, high + air];
}

interface Dot {
  readonly name: string;
  readonly x: number;
  readonly accuracy: number;
  readonly own: boolean;
}

/** Energy where it is weighed and measured, else cost; undefined when neither is known. */
function spendOf(result: DriveResult): { metric: 'energy_j' | 'cost_usd'; title: string } | undefined {
  const { routed } = result.metrics;
  const choices = [
    { metric: 'energy_j', title: 'J per request (logarithmic)' },
    { metric: 'cost_usd', title: '$ per request (logarithmic)' },
  ] as const;
  const weighed = choices.find(({ metric }) => routed[metric] && result.objective[metric]);
  return weighed ?? choices.find(({ metric }) => routed[metric]);
}

function scatterPanel(result: DriveResult): string[] {
  const spend = spendOf(result);
  if (spend === undefined) return [];
  const dots: Dot[] = [
    { name: 'Tradewind', means: result.metrics.routed, own: true },
    ...Object.entries(result.metrics.fixed).map(([name, means]) => ({ name, means, own: false })),
  ].flatMap(({ name, means, own }) => {
    const x = means[spend.metric];
    return x === undefined || x <= 0 ? [] : [{ name, x, accuracy: means.accuracy!, own }];
  });
  const left = panel.left + panel.width + panel.gap;
  const [xs, ys] = [dots.map((dot) => Math.log10(dot.x)), dots.map((dot) => dot.accuracy)];
  const logX = scale(padded(Math.min(...xs), Math.max(...xs)), [left, left + panel.width]);
  const x: Scale = (value) => logX(Math.log10(value));
  const y = scale(padded(Math.min(...ys), Math.max(...ys)), [panel.top + panel.height, panel.top]);
  return [
    ...frame(
      { left, x, y },
      { head: 'Accuracy and what it costs', x: spend.title, y: 'accuracy' },
      logTicks(10 ** Math.min(...xs), 10 ** Math.max(...xs)),
      ticks(Math.min(...ys), Math.max(...ys)),
    ),
    ...dotMarks(dots, left, x, y),
  ];
}

function dotMarks(dots: readonly Dot[], left: number, x: Scale, y: Scale): string[] {
  const bounds = { left, right: left + panel.width, top: panel.top, bottom: panel.top + panel.height };
  const places = dots.map((dot) => ({ x: x(dot.x), y: y(dot.accuracy), radius: dot.own ? 7 : 5, label: dot.name }));
  const labels = placeLabels(places, bounds);
  const marks = dots.map((dot, i) => {
    const colour = dot.own ? colours.own : colours.bound;
    const weight = dot.own ? ' font-weight="600"' : '';
    const { anchor, ...at } = labels[i]!;
    return [
      `<circle cx="${round(places[i]!.x)}" cy="${round(places[i]!.y)}" r="${places[i]!.radius}" fill="${colour}"/>`,
      text(at.x, at.y, dot.name, `fill="${colour}" font-size="11" text-anchor="${anchor}"${weight}`),
    ];
  });
  // The first dot, the router's own, is drawn last, above the others.
  return marks.reverse().flat();
}
