/** Small rows for the tests of a drive. */
import type { TableRow } from '../../../../sim/table/table.js';

export interface RowParts {
  readonly accuracy: readonly number[];
  readonly cost_usd?: readonly number[];
  readonly energy_j?: readonly number[];
  readonly task?: string;
  readonly split?: string;
  readonly prompt?: string;
}

export function tableRow({ accuracy, cost_usd, energy_j, ...texts }: RowParts, line = 1): TableRow {
  return {
    line,
    id: String(line),
    ...texts,
    outcomes: {
      accuracy: Float64Array.from(accuracy),
      ...(cost_usd ? { cost_usd: Float64Array.from(cost_usd) } : {}),
      ...(energy_j ? { energy_j: Float64Array.from(energy_j) } : {}),
    },
  };
}

export async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export const modelsNamed = (...names: string[]) => names.map((name) => ({ name }));
