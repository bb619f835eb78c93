import { textColumns } from '../../report/text-columns.js';
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

const linesOf = ({ caption, head, rows }: TextTable): string[] => [`${caption}:`, ...textColumns([head, ...rows]), ''];
