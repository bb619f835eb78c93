/** A report as one HTML file: opens from disk, asks nothing of any network. */
import { escapeText } from './svg.js';

export interface Figure {
  /** File name of the figure alone, without its ending. */
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

export interface PageTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Page {
  readonly title: string;
  /** What was played and how, in a few sentences. */
  readonly lead: string;
  readonly figures: readonly Figure[];
  readonly tables: readonly PageTable[];
}

/**
 * Texts have lines that can be read; tables have the whole width, and beyond it are scrolled, as are figures where they would
 * become too small to be read. Figures stay white in the dark: as files they are what is seen on paper.
 */
const style = `
  body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933; margin: 2rem; }
  h1, p, figure { max-width: 62rem; }
  h1 { font-size: 1.5rem; } figure { margin: 2rem 0; } figcaption { color: #52606d; }
  svg { display: block; min-width: 40rem; max-width: 100%; height: auto; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 1rem 0; }
  caption { text-align: left; color: #52606d; padding-bottom: .3rem; max-width: 60rem; }
  th, td { padding: .2rem .5rem; border-bottom: 1px solid #e4e7eb; text-align: right; white-space: nowrap; }
  th { vertical-align: bottom; }
  .long { white-space: normal; min-width: 10rem; overflow-wrap: anywhere; }
  th:first-child, td:first-child { text-align: left; }
  @media (prefers-color-scheme: dark) {
    :root { color-scheme: dark; } body { color: #e4e7eb; background: #1f2933; }
    figcaption, caption { color: #cbd2d9; } th, td { border-color: #52606d; }
  }`;

export function pageHtml({ title, lead, figures, tables }: Page): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeText(title)}</title><style>${style}\n</style></head><body>`,
    `<h1>${escapeText(title)}</h1>`,
    `<p>${escapeText(lead)}</p>`,
    ...tables.map(tableHtml),
    ...figures.map(figureHtml),
    '</body></html>',
    '',
  ].join('\n');
}

const figureHtml = ({ caption, svg }: Figure): string =>
  `<figure><div class="wide">${svg}</div><figcaption>${escapeText(caption)}</figcaption></figure>`;

/** Cells with more characters are broken into lines. */
const longCell = 26;

function tableHtml({ caption, head, rows }: PageTable): string {
  const cells = (tag: string, values: readonly string[]) =>
    values
      .map((value) => `<${tag}${value.length > longCell ? ' class="long"' : ''}>${escapeText(value)}</${tag}>`)
      .join('');
  return `<div class="wide"><table><caption>${escapeText(caption)}</caption><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table></div>`;
}
