/**
 * A store that writes down every statement that is issued through it: its text and values, where in the source it was
 * issued, and in which transaction. Kysely compiles a statement in the turn that it is asked to execute it, so the stack
 * of a plugin at that moment leads back to the line.
 */
import {
  PostgresQueryCompiler,
  type Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type RootOperationNode,
  type Transaction,
} from 'kysely';

import type { Store } from '../../../src/store/store.js';
import type { Tables } from '../../../src/store/tables.js';

export interface Issued {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Lines of the store and of the migrations that led to it, the innermost first. */
  readonly from: readonly { readonly file: string; readonly line: number }[];
  /** Counts the transactions; undefined for a statement of its own. */
  readonly transaction: number | undefined;
}

export interface Recording {
  readonly store: Store;
  readonly issued: readonly Issued[];
}

export function record(store: Store): Recording {
  const issued: Issued[] = [];
  let transactions = 0;
  const recorder = (transaction?: number) => new Recorder((statement) => issued.push({ ...statement, transaction }));
  const db = replacing(store.db.withPlugin(recorder()), 'transaction', () => {
    const builder = store.db.transaction();
    return replacing(builder, 'execute', <T>(run: (transaction: Transaction<Tables>) => Promise<T>) => {
      const number = ++transactions;
      return builder.execute((transaction) => run(transaction.withPlugin(recorder(number)) as Transaction<Tables>));
    });
  });
  return { store: { ...store, db: db as Kysely<Tables>, close: () => store.close() }, issued };
}

/** The same object but for one method; the others keep their `this`, whose fields are private. */
function replacing<T extends object>(target: T, name: string, method: unknown): T {
  return new Proxy(target, {
    get: (_, property) => {
      if (property === name) return method;
      const value = Reflect.get(target, property, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

class Recorder implements KyselyPlugin {
  private readonly compiler = new PostgresQueryCompiler();
  constructor(private readonly take: (statement: Omit<Issued, 'transaction'>) => void) {}

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    const { sql: text, parameters } = this.compiler.compileQuery(node, queryId);
    this.take({ text, parameters, from: placesOf(stackHere()) });
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<PluginTransformResultArgs['result']> {
    return Promise.resolve(result);
  }
}

function stackHere(): string {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  try {
    return new Error().stack ?? '';
  } finally {
    Error.stackTraceLimit = usual;
  }
}

function placesOf(stack: string): Issued['from'] {
  const frames = stack.matchAll(/\/(?:src\/store\/|(?=migrations\/))([\w./-]+\.ts):(\d+):\d+/g);
  return [...frames].map(([, file, line]) => ({ file, line: Number(line) }));
}
