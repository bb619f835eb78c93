/** Where the logs and sums are read with statements of the check's own. */
export interface Reading {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}
