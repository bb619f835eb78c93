/** The keys and indexes of the tables, read from the statements that make them. */
import { parseSync, type ColumnDef, type Constraint, type CreateStmt, type IndexStmt, type Node } from 'libpg-query';

import { nodeOf, textOf } from './syntax-tree.js';

export interface TableKey {
  readonly table: string;
  /** `primary key`, `unique`, `foreign key`, `index` or `unique index`. */
  readonly kind: string;
  readonly columns: readonly string[];
}

export interface TableKeys {
  /** Columns of every table that is made. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly keys: readonly TableKey[];
}

const kinds: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_FOREIGN: 'foreign key',
  CONSTR_EXCLUSION: 'exclusion',
};

export function tableKeys(statements: readonly string[]): TableKeys {
  const columns = new Map<string, string[]>();
  const keys: TableKey[] = [];
  for (const { stmt } of statements.flatMap((text) => parseSync(text).stmts ?? [])) {
    const create = nodeOf<CreateStmt>('CreateStmt', stmt);
    const index = nodeOf<IndexStmt>('IndexStmt', stmt);
    const alter = nodeOf<{ relation?: { relname?: string }; cmds?: Node[] }>('AlterTableStmt', stmt);
    const table = (create ?? index ?? alter)?.relation?.relname ?? '';
    const elements = (create?.tableElts ?? []).concat(addedBy(alter?.cmds));
    if (create) columns.set(table, []);
    for (const element of elements) columns.get(table)?.push(...columnsOf(element));
    keys.push(...elements.flatMap(keysOf).map((key) => ({ table, ...key })));
    if (index) keys.push({ table, kind: index.unique ? 'unique index' : 'index', columns: indexed(index) });
  }
  return { columns, keys };
}

const addedBy = (commands: readonly Node[] = []): Node[] =>
  commands.flatMap((command) => nodeOf<{ def?: Node }>('AlterTableCmd', command)?.def ?? []);

const columnsOf = (element: Node): string[] => {
  const column = nodeOf<ColumnDef>('ColumnDef', element);
  return column ? [column.colname!] : [];
};

function keysOf(element: Node): Omit<TableKey, 'table'>[] {
  const column = nodeOf<ColumnDef>('ColumnDef', element);
  const own = (column?.constraints ?? []).flatMap((constraint) => keyOf(constraint, [column!.colname!]));
  return [...own, ...keyOf(element, [])];
}

function keyOf(node: Node, own: readonly string[]): Omit<TableKey, 'table'>[] {
  const constraint = nodeOf<Constraint>('Constraint', node);
  const kind = kinds[constraint?.contype ?? ''];
  if (!constraint || !kind) return [];
  const named = [...(constraint.keys ?? []), ...(constraint.fk_attrs ?? [])].map(textOf);
  return [{ kind, columns: named.length > 0 ? named : own }];
}

const indexed = ({ indexParams = [] }: IndexStmt): string[] =>
  indexParams.map((element) => nodeOf<{ name?: string }>('IndexElem', element)?.name ?? '');
