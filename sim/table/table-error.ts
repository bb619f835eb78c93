/** What is wrong with a table, and where: file, line, and the column (`score[2]`, or a CSV column's number and name). */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly line: number | undefined;
  readonly column: string | undefined;

  constructor(
    readonly file: string,
    readonly detail: string,
    place: { readonly line?: number; readonly column?: string } = {},
  ) {
    const line = place.line === undefined ? '' : `:${place.line}`;
    const column = place.column === undefined ? '' : `${place.column}: `;
    super(`${file}${line}: ${column}${detail}`);
    this.line = place.line;
    this.column = place.column;
  }
}
