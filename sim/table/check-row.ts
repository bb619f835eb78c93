/** Turns a raw record into a row, or says which of its values is wrong. */
import { textFields, type FigureField, type RawRow } from './layout.js';
import type { Outcomes, TableModel, TableRow } from './table.js';
import { TableError } from './table-error.js';

/** Smallest and largest value that each figure can have. */
const ranges: Readonly<Record<FigureField, readonly [number, number]>> = {
  score: [0, 1],
  cost_usd: [0, 100],
  energy_j: [0, 1e7],
  latency_ms: [0, 3.6e6],
  tokens_out: [0, 1e9],
};

/** @throws TableError with line and column */
export function checkRow(file: string, raw: RawRow, models: readonly TableModel[]): TableRow {
  const texts = textsOf(file, raw);
  const accuracy = figure(file, raw, 'score');
  if (accuracy === undefined || accuracy.some(Number.isNaN)) throw missingScore(file, raw, accuracy);
  return {
    line: raw.line,
    ...texts,
    id: texts.id ?? String(raw.line),
    outcomes: outcomes(file, raw, models, accuracy),
  };
}

function missingScore(file: string, raw: RawRow, accuracy: Float64Array | undefined): TableError {
  const model = accuracy?.findIndex(Number.isNaN);
  return new TableError(file, 'expected a score in [0, 1] for every model, got none', {
    line: raw.line,
    column: raw.column('score', model),
  });
}

function textsOf(file: string, raw: RawRow): { id?: string; split?: string; task?: string; prompt?: string } {
  const entries = textFields.flatMap((field) => {
    const value = raw.texts[field] ?? undefined;
    if (value === undefined) return [];
    if (typeof value !== 'string')
      throw new TableError(file, `expected text, got ${describe(value)}`, {
        line: raw.line,
        column: raw.column(field),
      });
    return [[field, value]];
  });
  return Object.fromEntries(entries) as ReturnType<typeof textsOf>;
}

function outcomes(file: string, raw: RawRow, models: readonly TableModel[], accuracy: Float64Array): Outcomes {
  const cost = figure(file, raw, 'cost_usd');
  const energy = figure(file, raw, 'energy_j') ?? energyOfTokens(figure(file, raw, 'tokens_out'), models);
  const latency = figure(file, raw, 'latency_ms');
  return {
    accuracy,
    ...(cost ? { cost_usd: cost } : {}),
    ...(energy ? { energy_j: energy } : {}),
    ...(latency ? { latency_ms: latency } : {}),
  };
}

function energyOfTokens(tokens: Float64Array | undefined, models: readonly TableModel[]): Float64Array | undefined {
  if (tokens === undefined || models.every((model) => model.energy_j_per_output_token === undefined)) return undefined;
  return tokens.map((count, i) => count * (models[i]!.energy_j_per_output_token ?? NaN));
}

function figure(file: string, raw: RawRow, field: FigureField): Float64Array | undefined {
  const values = raw.figures[field];
  if (values === undefined) return undefined;
  return Float64Array.from(values, (value, model) => {
    if (value === null || value === undefined) return NaN;
    const detail = atFault(value, ...ranges[field]);
    if (detail === undefined) return value as number;
    throw new TableError(file, detail, { line: raw.line, column: raw.column(field, model) });
  });
}

function atFault(value: unknown, minimum: number, maximum: number): string | undefined {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return undefined;
  const percent = maximum === 1 && typeof value === 'number' && value > 1 && value <= 100 ? '; is it percent?' : '';
  return `expected a number from ${minimum} to ${maximum}, got ${describe(value)}${percent}`;
}

const describe = (value: unknown) =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value)?.slice(0, 60) ?? 'nothing');
