/**
 * What a statement must be like so that the tables can be distributed by router: every table that belongs to routers is
 * pinned to one router by equality with a value that the statement was given, directly or over the table it is joined
 * with; a row is inserted with its router; an upsert meets its conflict on a key that has the router in it; no update
 * changes it. Read from the tree that Postgres itself makes of the text, so no way of writing SQL hides from it: a table
 * at a place that isn't understood here counts as a breach.
 */
import {
  parseSync,
  type InsertStmt,
  type Node,
  type OnConflictClause,
  type RangeVar,
  type SelectStmt,
} from 'libpg-query';

import { Equalities, type Term } from './equalities.js';
import { conjuncts, givenValue, nodeOf, selectsIn, subtrees, tablesIn, textOf } from './syntax-tree.js';

/** Columns that say which router a row belongs to. */
const keyColumns = ['tenant', 'router'] as const;

export interface Verdict {
  /** `router`: all of one router. `every router`: reads them all, each by itself. `others`: no table of routers. */
  readonly kind: 'router' | 'every router' | 'others' | 'definition';
  /** Why it cannot be run on one node as it is; empty for the kind `router` and those without tables of routers. */
  readonly breaches: readonly string[];
  /** Routers that it names, as JSON of tenant and router. */
  readonly routers: ReadonlySet<string>;
  /** Tables that it names, partitions by the name of their table. */
  readonly tables: ReadonlySet<string>;
  readonly writes: boolean;
}

/** @param isRouted whether the rows of a table belong to routers */
export function judge(text: string, parameters: readonly unknown[], isRouted: (table: string) => boolean): Verdict {
  const verdicts = (parseSync(text).stmts ?? []).map(({ stmt }) => judgeOne(stmt!, parameters, isRouted));
  if (verdicts.length !== 1) throw new RangeError(`expected one statement, got ${verdicts.length}: ${text}`);
  return verdicts[0];
}

function judgeOne(statement: Node, parameters: readonly unknown[], isRouted: (table: string) => boolean): Verdict {
  const reading = new Reading(parameters, isRouted);
  const known = reading.statement(statement);
  const tables = new Set([...tablesIn(statement)].map(({ relname = '' }) => tableOf(relname)));
  const writes = ['InsertStmt', 'UpdateStmt', 'DeleteStmt'].some((kind) => !subtrees(kind, statement).next().done);
  const routed = [...tablesIn(statement)].filter(({ relname = '' }) => isRouted(tableOf(relname)));
  if (!known) return { kind: 'definition', breaches: ['defines tables'], routers: new Set(), tables, writes };
  const common = { routers: reading.routers(), tables, writes };
  if (routed.length === 0) return { kind: 'others', breaches: [], ...common };
  const breaches = reading.breaches(routed.length);
  if (breaches.length === 0) return { kind: 'router', breaches, ...common };
  const joined = !writes && reading.isJoinedByRouter() && reading.understood(routed.length);
  return { kind: joined ? 'every router' : 'router', breaches, ...common };
}

/** `feedback_20261123` is a day of `feedback`. */
export const tableOf = (name: string): string => name.replace(/_\d{8}$/, '');

interface Instance {
  readonly id: number;
  readonly table: string;
  readonly routed: boolean;
}

/** Tables by the name that a part of the statement knows them by. */
class Scope {
  private readonly names = new Map<string, Instance>();
  constructor(private readonly parent?: Scope) {}

  add(name: string, instance: Instance): void {
    this.names.set(name, instance);
  }

  owns(instance: Instance): boolean {
    return [...this.names.values()].includes(instance);
  }

  find(name: string): Instance | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }

  /** Whose a column without a table's name is: of the only table of routers that is near. */
  only(): Instance | undefined {
    const routed = [...this.names.values()].filter((instance) => instance.routed);
    if (routed.length > 1) return undefined;
    return routed[0] ?? this.parent?.only();
  }
}

class Reading {
  private readonly equalities = new Equalities();
  private readonly instances: Instance[] = [];
  private readonly found: string[] = [];

  constructor(
    private readonly parameters: readonly unknown[],
    private readonly isRouted: (table: string) => boolean,
  ) {}

  /** @returns whether it is a statement that reads or writes rows */
  statement(statement: Node): boolean {
    const select = nodeOf<SelectStmt>('SelectStmt', statement);
    const insert = nodeOf<InsertStmt>('InsertStmt', statement);
    const update = nodeOf<Changing>('UpdateStmt', statement);
    const remove = nodeOf<Changing>('DeleteStmt', statement);
    if (select) this.select(select);
    else if (insert) this.insert(insert);
    else if (update) this.change(update, update.fromClause ?? []);
    else if (remove) this.change(remove, remove.usingClause ?? []);
    return [select, insert, update, remove].some(Boolean);
  }

  breaches(tables: number): string[] {
    const unpinned = this.routed().flatMap(({ id, table }) =>
      keyColumns
        .filter((column) => this.equalities.valueOf(term(id, column)) === undefined)
        .map((column) => `the ${column} of ${table} is not given`),
    );
    const several = this.routers().size > 1 ? [`several routers: ${[...this.routers()].join(' ')}`] : [];
    const hidden = this.understood(tables) ? [] : ['a table at a place that is not understood'];
    return [...this.found, ...unpinned, ...several, ...hidden];
  }

  understood(tables: number): boolean {
    return this.routed().length === tables;
  }

  isJoinedByRouter(): boolean {
    const [first, ...others] = this.routed();
    return others.every(({ id }) =>
      keyColumns.every((column) => this.equalities.areEqual(term(first.id, column), term(id, column))),
    );
  }

  routers(): Set<string> {
    const named = this.routed().map(({ id }) => keyColumns.map((column) => this.equalities.valueOf(term(id, column))));
    return new Set(named.filter((key) => !key.includes(undefined)).map((key) => JSON.stringify(key)));
  }

  private routed(): Instance[] {
    return this.instances.filter(({ routed }) => routed);
  }

  private select(select: SelectStmt, parent?: Scope): Scope {
    const scope = new Scope(parent);
    if (select.larg ?? select.rarg) {
      for (const part of [select.larg, select.rarg]) if (part) this.select(part, parent);
      return scope;
    }
    const { fromClause = [], whereClause, ...rest } = select;
    this.from(fromClause, scope);
    this.where(whereClause, scope);
    this.inside(rest, scope);
    return scope;
  }

  /** An insert pins its table by what it gives for the router's columns. */
  private insert({ relation, cols = [], selectStmt, ...rest }: InsertStmt): void {
    const scope = new Scope();
    const target = this.table(relation!, scope);
    const select = nodeOf<SelectStmt>('SelectStmt', selectStmt);
    const source = select ? this.select(select) : scope;
    if (target.routed) {
      const names = cols.map((column) => nodeOf<{ name?: string }>('ResTarget', column)?.name);
      for (const column of keyColumns) this.inserted(target, column, names.indexOf(column), select, source);
      this.conflict(target, rest.onConflictClause);
    }
    this.inside(rest, scope);
  }

  private inserted(
    target: Instance,
    column: string,
    place: number,
    select: SelectStmt | undefined,
    source: Scope,
  ): void {
    if (place < 0 || !select) return;
    const rows = select.valuesLists?.map((row) => nodeOf<{ items?: Node[] }>('List', row)?.items?.[place]);
    const sources = rows ?? [nodeOf<{ val?: Node }>('ResTarget', select.targetList?.[place])?.val];
    const values = sources.map((node) => givenValue(node, this.parameters));
    const distinct = new Set(values.map((given) => given?.value));
    if (distinct.size > 1) this.found.push(`rows of several routers are inserted into ${target.table} at once`);
    else if (values[0]) this.equalities.give(term(target.id, column), values[0].value);
    else {
      const from = this.column(sources[0], source);
      if (from) this.equalities.equate(term(target.id, column), from.term);
    }
  }

  private conflict({ table }: Instance, clause: OnConflictClause | undefined): void {
    if (!clause) return;
    const meets = (clause.infer?.indexElems ?? []).map(
      (element) => nodeOf<{ name?: string }>('IndexElem', element)?.name,
    );
    for (const column of keyColumns) {
      // Without columns any key will do, and every key has the router in it.
      if (clause.infer && !meets.includes(column)) this.found.push(`an upsert into ${table} meets without ${column}`);
    }
    this.unchanged(table, clause.targetList);
  }

  private unchanged(table: string, targets: readonly Node[] = []): void {
    for (const target of targets) {
      const { name = '' } = nodeOf<{ name?: string }>('ResTarget', target) ?? {};
      if ((keyColumns as readonly string[]).includes(name)) this.found.push(`the ${name} of ${table} is changed`);
    }
  }

  private change({ relation, targetList, whereClause, ...rest }: Changing, from: readonly Node[]): void {
    const scope = new Scope();
    const target = this.table(relation!, scope);
    this.from(from, scope);
    this.where(whereClause, scope);
    if (target.routed) this.unchanged(target.table, targetList);
    const { fromClause: _from, usingClause: _using, ...others } = rest;
    this.inside([targetList, others], scope);
  }

  /** Every table of a FROM is known before the parts of it that may speak of the others. */
  private from(items: readonly Node[], scope: Scope): void {
    const later: (() => void)[] = [];
    for (const item of items) this.fromItem(item, scope, later);
    for (const look of later) look();
  }

  private fromItem(item: Node, scope: Scope, later: (() => void)[]): void {
    const table = nodeOf<RangeVar>('RangeVar', item);
    const join = nodeOf<{ larg?: Node; rarg?: Node; quals?: Node; usingClause?: Node[] }>('JoinExpr', item);
    if (table) this.table(table, scope);
    else if (join) {
      for (const side of [join.larg, join.rarg]) if (side) this.fromItem(side, scope, later);
      later.push(() => this.where(join.quals, scope));
    } else later.push(() => this.inside(item, scope));
  }

  private table({ relname = '', alias }: RangeVar, scope: Scope): Instance {
    const table = tableOf(relname);
    const instance = { id: this.instances.length, table, routed: this.isRouted(table) };
    this.instances.push(instance);
    scope.add(alias?.aliasname ?? relname, instance);
    return instance;
  }

  private where(condition: Node | undefined, scope: Scope): void {
    for (const one of conjuncts(condition)) this.condition(one, scope);
    this.inside(condition, scope);
  }

  private condition(condition: Node, scope: Scope): void {
    const equality = nodeOf<{ kind?: string; name?: Node[]; lexpr?: Node; rexpr?: Node }>('A_Expr', condition);
    if (equality?.kind !== 'AEXPR_OP' || textOf(equality.name?.[0]) !== '=') return;
    const [left, right] = [this.column(equality.lexpr, scope), this.column(equality.rexpr, scope)];
    if (left && right) return this.equalities.equate(left.term, right.term);
    const given = givenValue(left ? equality.rexpr : equality.lexpr, this.parameters);
    const column = left ?? right;
    // What a subquery asks of a table around it pins nothing: the subquery may be one of several conditions.
    if (given && column && scope.owns(column.of)) this.equalities.give(column.term, given.value);
  }

  /** The column that an expression is, if it is one that says whose a row is. */
  private column(node: unknown, scope: Scope): { readonly term: Term; readonly of: Instance } | undefined {
    const fields = nodeOf<{ fields?: Node[] }>('ColumnRef', node)?.fields?.map(textOf);
    const column = fields?.at(-1) ?? '';
    if (!fields || !(keyColumns as readonly string[]).includes(column)) return undefined;
    const instance = fields.length > 1 ? scope.find(fields.at(-2)!) : scope.only();
    return instance && { term: term(instance.id, column), of: instance };
  }

  /** Selects within an expression see the tables around them. */
  private inside(tree: unknown, scope: Scope): void {
    for (const select of selectsIn(tree)) this.select(select, scope);
  }
}

const term = (id: number, column: string): Term => `${id}.${column}`;

/** What UPDATE and DELETE have in common. */
interface Changing {
  readonly relation?: RangeVar;
  readonly targetList?: Node[];
  readonly whereClause?: Node;
  readonly fromClause?: Node[];
  readonly usingClause?: Node[];
}
