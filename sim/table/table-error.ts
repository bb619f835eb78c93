/**
 * What is wrong with a table, and where: file, line (of a Parquet file, which has none, the row), and the column
 * (`score[2]`, or a CSV column's number and name).
 */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly line: number | undefined;
  readonly column: string | undefined;

  constructor(
    readonly file: string,
    readonly detail: string,
    place: { readonly line?: number; readonly column?: string } = {},
  ) {
    const line = place.line === undefined ? '' : isParquet(file) ? ` row ${place.line}` : `:${place.line}`;
    const column = place.column === undefined ? '' : `${place.column}: `;
    super(`${file}${line}: ${column}${detail}`);
    this.line = place.line;
    this.column = place.column;
  }
}

export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);
