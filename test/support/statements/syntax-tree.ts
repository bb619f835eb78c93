/** Small readers of Postgres's own syntax trees, as `libpg-query` gives them. */
import type { Node, RangeVar, SelectStmt } from 'libpg-query';

/** A member of a tree that holds one kind of node: `{SelectStmt: {…}}`. */
type Tagged = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Tagged => typeof value === 'object' && value !== null;

/** The contents of a node of a kind, or nothing where it is of another. */
export function nodeOf<T>(kind: string, node: unknown): T | undefined {
  return isObject(node) && isObject(node[kind]) ? (node[kind] as T) : undefined;
}

/** The text of a `String` node. */
export const textOf = (node: unknown): string => nodeOf<{ sval?: string }>('String', node)?.sval ?? '';

/**
 * Every subtree of a kind, outermost first.
 * @param enter whether to look inside a found one; by default everything is looked through
 */
export function* subtrees<T>(kind: string, tree: unknown, enter = true): Generator<T> {
  if (!isObject(tree)) return;
  for (const [name, member] of Object.entries(tree)) {
    const found = name === kind && isObject(member);
    if (found) yield member as T;
    if (!found || enter) yield* subtrees<T>(kind, member, enter);
  }
}

/** The outermost selects of a tree, each to be looked at as a scope of its own. */
export const selectsIn = (tree: unknown): Generator<SelectStmt> => subtrees<SelectStmt>('SelectStmt', tree, false);

/** Every table that a tree names, at whatever place: also those that stand untagged, as the target of an insert does. */
export function* tablesIn(tree: unknown): Generator<RangeVar> {
  if (!isObject(tree)) return;
  if (typeof tree['relname'] === 'string') yield tree as unknown as RangeVar;
  for (const member of Object.values(tree)) yield* tablesIn(member);
}

/** Conditions that must all hold, taken apart at AND. */
export function* conjuncts(condition: Node | undefined): Generator<Node> {
  const all = nodeOf<{ boolop?: string; args?: Node[] }>('BoolExpr', condition);
  if (all?.boolop === 'AND_EXPR') for (const one of all.args ?? []) yield* conjuncts(one);
  else if (condition) yield condition;
}

/** A constant or a parameter, whatever it is cast to. */
export function givenValue(node: unknown, parameters: readonly unknown[]): { readonly value: unknown } | undefined {
  const cast = nodeOf<{ arg?: Node }>('TypeCast', node);
  if (cast) return givenValue(cast.arg, parameters);
  const parameter = nodeOf<{ number?: number }>('ParamRef', node);
  if (parameter) return { value: parameters[(parameter.number ?? 0) - 1] };
  const constant = nodeOf<{ sval?: { sval?: string } }>('A_Const', node);
  return constant?.sval ? { value: constant.sval.sval } : undefined;
}
