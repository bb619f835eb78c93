import pg from 'pg';

/** A bigint column as a number: versions, epochs and counts stay far below 2⁵³, and one that doesn't must be noticed. */
function exactInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected an integer within ±2⁵³, got ${text}`);
  return value;
}

/** Columns whose value in JavaScript is not what `pg` makes of it by default; the others are left alone. */
const parsers = new Map<number, (text: string) => unknown>([[pg.types.builtins.INT8, exactInteger]]);

/** Hands `pg` the parser of a column's type. Only this pool uses it: the settings of the process stay as they are. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) ||
    pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};
