/** Every place in the source of the store where a statement is issued, found by the compiler's own parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

export interface CallSite {
  /** `claim-stripe.ts` */
  readonly file: string;
  /** The function around it. */
  readonly name: string;
  /** Of the word `execute`, from 1. */
  readonly line: number;
}

/** Methods of Kysely that send a statement. */
const issuing = new Set(['execute', 'executeTakeFirst', 'executeTakeFirstOrThrow', 'stream', 'explain']);

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const folders = ['src/store/', 'migrations/'] as const;

/** `claim-stripe.ts claimStripe` */
export const siteName = ({ file, name }: Pick<CallSite, 'file' | 'name'>): string => `${file} ${name}`;

/** TypeScript sources below a folder of the repository, by path. */
export function sources(folder: string): ReadonlyMap<string, ts.SourceFile> {
  const paths = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  const typed = paths
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => `${folder}${path}`);
  const parse = (path: string) =>
    ts.createSourceFile(path, readFileSync(`${root}${path}`, 'utf8'), ts.ScriptTarget.Latest, true);
  return new Map(typed.sort().map((path) => [path, parse(path)]));
}

export function callSites(): CallSite[] {
  return folders.flatMap((folder) => [...sources(folder)].flatMap(([path, source]) => [...sitesIn(path, source)]));
}

/** Names of modules that a source imports values from. */
export function importsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    const taken = ts.isImportDeclaration(statement) && !statement.importClause?.isTypeOnly;
    return taken ? [(statement.moduleSpecifier as ts.StringLiteral).text] : [];
  });
}

function* sitesIn(path: string, source: ts.SourceFile): Generator<CallSite> {
  for (const call of callsIn(source)) {
    const { name, expression } = call.expression;
    if (!issuing.has(name.text) || isTransaction(expression)) continue;
    const { line } = source.getLineAndCharacterOfPosition(name.getStart());
    yield { file: path.replace(/^src\/store\//, ''), name: functionAround(call), line: line + 1 };
  }
}

type MethodCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

function* callsIn(node: ts.Node): Generator<MethodCall> {
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) yield node as MethodCall;
  const inner: ts.Node[] = [];
  ts.forEachChild(node, (child) => void inner.push(child));
  for (const child of inner) yield* callsIn(child);
}

/** `db.transaction().execute(…)` runs statements, and is none. */
const isTransaction = (receiver: ts.Expression): boolean =>
  ts.isCallExpression(receiver) &&
  ts.isPropertyAccessExpression(receiver.expression) &&
  receiver.expression.name.text === 'transaction';

function functionAround(node: ts.Node): string {
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    const named = ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at) || topLevelConstant(at);
    if (named) return (at as ts.FunctionDeclaration).name?.getText() ?? '';
  }
  return '';
}

const topLevelConstant = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent);
