import type { Findings } from './conclude.js';
import { qualitative } from './contestants.js';
import { selectorTable, summaryTable, taskTable, type TextTable } from './texts.js';

export function orchestrationLines(findings: Findings): string[] {
  return [
    selectorTable(findings, 'measured'),
    selectorTable(findings, 'drifted'),
    summaryTable(findings),
    ...qualitative.map((than) => taskTable(findings, than)),
  ].flatMap(linesOf);
}

function linesOf({ caption, head, rows }: TextTable): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [`${caption}:`, line(head), ...rows.map(line), ''];
}
