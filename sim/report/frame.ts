/** What every chart with two axes has around its points: title, grid, ticks and the names of the axes. */
import type { Axis } from './axis.js';
import { escapeText, short, svgText, tickText, titleText } from './svg.js';

/** Pixels: the whole, and the margins around the plot. */
export interface Margins {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** From the plot's lower edge to the name of the x axis. */
  readonly xName: number;
}

interface Titles {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

export function frame(chart: Titles, x: Axis, y: Axis, size: Margins): string[] {
  const bottom = size.height - size.bottom;
  return [
    titleText(size.left, size.width, chart.title),
    ...y.ticks.flatMap((tick) => [
      `<line x1="${size.left}" x2="${size.width - size.right}" y1="${short(y.at(tick))}" y2="${short(y.at(tick))}" stroke="#e4e7eb"/>`,
      svgText(size.left - 8, y.at(tick) + 4, tickText(tick), 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<line x1="${short(x.at(tick))}" x2="${short(x.at(tick))}" y1="${bottom}" y2="${bottom + 5}" stroke="#9aa5b1"/>`,
      svgText(x.at(tick), bottom + 18, tickText(tick), 'text-anchor="middle"'),
    ]),
    svgText((size.left + size.width - size.right) / 2, bottom + size.xName, chart.x, 'text-anchor="middle"'),
    `<text transform="translate(16 ${(size.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeText(chart.y)}</text>`,
  ];
}
