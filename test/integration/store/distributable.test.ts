/**
 * Whether the tables can be distributed by router: every statement that the store issues is written down while all of its
 * operations are used, parsed by Postgres's own parser, and held to the rule of `test/support/statements/router-rule.ts`.
 */
import { readFileSync } from 'node:fs';

import { loadModule } from 'libpg-query';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStore } from '../../../src/store/open-store.js';
import { callSites, importsOf, siteName, sources, type CallSite } from '../../support/statements/call-sites.js';
import { exceptions, referenceTables } from '../../support/statements/exceptions.js';
import { exerciseStore } from '../../support/statements/exercises.js';
import { record, type Issued, type Recording } from '../../support/statements/recording-store.js';
import { judge, type Verdict } from '../../support/statements/router-rule.js';
import { tableKeys, type TableKeys } from '../../support/statements/table-keys.js';

interface Judged extends Verdict {
  readonly statement: Issued;
  /** The place that issued it. */
  readonly site: CallSite | undefined;
}

const sites = callSites();
const siteOf = ({ from }: Issued) =>
  from
    .map((place) => sites.find(({ file, line }) => file === place.file && line === place.line))
    .find((site) => site !== undefined);

let recording: Recording;
let tables: TableKeys;
let judged: readonly Judged[];

beforeAll(async () => {
  await loadModule();
  recording = record(await openStore({ memory: true }));
  await exerciseStore(recording.store);
  const made = recording.issued.filter(({ from }) => from.some(({ file }) => file.startsWith('migrations/')));
  tables = tableKeys(made.map(({ text }) => text));
  const isRouted = (table: string) => tables.columns.get(table)?.includes('router') ?? false;
  judged = recording.issued.map((statement) => ({
    ...judge(statement.text, statement.parameters, isRouted),
    statement,
    site: siteOf(statement),
  }));
});
afterAll(() => recording.store.close());

const nameOf = ({ site }: Judged) => (site ? siteName(site) : 'unknown place');
/** What a statement would be an exception as, if it is none of one router. */
const exceptionKind = ({ kind, tables: named, breaches }: Judged): string | undefined => {
  if (kind === 'definition' || kind === 'every router') return kind;
  if (kind === 'others') return [...named].every((table) => isReference(table)) ? 'reference' : 'a table of no kind';
  return breaches.length > 0 ? 'breach' : undefined;
};
const isReference = (table: string) => referenceTables.includes(table) || table.startsWith('pg_');
/** Statements by the transaction that they are in. */
const transactions = (): readonly Judged[][] => {
  const groups = new Map<number, Judged[]>();
  for (const one of judged) {
    const { transaction } = one.statement;
    if (transaction !== undefined) groups.set(transaction, [...(groups.get(transaction) ?? []), one]);
  }
  return [...groups.values()];
};
const isExcepted = (one: Judged) => (exceptions.get(nameOf(one)) ?? []).some(({ kind }) => kind === exceptionKind(one));

describe('every statement of the store', () => {
  it('was issued: no place that issues one was left out', () => {
    const seen = new Set(judged.flatMap(({ site }) => site ?? []));
    const unused = sites.filter((site) => !seen.has(site)).map((site) => `${siteName(site)}, line ${site.line}`);
    expect(unused, 'use them in test/support/statements/exercises.ts').toEqual([]);
    const nowhere = judged.filter(({ site }) => !site).map(({ statement }) => statement);
    expect(nowhere).toEqual([]);
  });

  it('goes through Kysely in the store: nothing else speaks to a database', () => {
    const drivers = ['kysely', 'pg', '@electric-sql/pglite'];
    const speaking = [...sources('src/')].flatMap(([path, source]) =>
      importsOf(source).some((name) => drivers.includes(name)) ? [path] : [],
    );
    expect(speaking.filter((path) => !path.startsWith('src/store/'))).toEqual([]);
    const direct = [...sources('src/store/')].flatMap(([path, source]) =>
      importsOf(source).some((name) => name !== 'kysely' && drivers.includes(name)) ? [path] : [],
    );
    expect(direct).toEqual(['src/store/column-types.ts', 'src/store/open-store.ts']);
  });

  it('is of one router, in its tables, joins, upserts and values, but for those that are listed', () => {
    const breaking = judged.filter((one) => exceptionKind(one) !== undefined && !isExcepted(one));
    const told = breaking.map((one) => `${nameOf(one)}: ${exceptionKind(one)}, ${one.breaches.join('; ')}`);
    expect([...new Set(told)]).toEqual([]);
  });

  it('needs every exception that is listed', () => {
    const needed = new Set(judged.map((one) => `${nameOf(one)}: ${exceptionKind(one)}`));
    const listed = [...exceptions].flatMap(([name, kinds]) => kinds.map(({ kind }) => `${name}: ${kind}`));
    expect(listed.filter((name) => !needed.has(name))).toEqual([]);
  });

  it('keeps transactions that write rows of a router to that router', () => {
    const writing = transactions().filter((group) => group.some((one) => one.kind === 'router' && one.writes));
    expect(writing.length).toBeGreaterThan(10);
    for (const group of writing) {
      const routers = new Set(group.flatMap((one) => [...one.routers]));
      expect([...routers], group.map(nameOf).join(', ')).toHaveLength(1);
      expect(group.filter((one) => one.kind !== 'router').map(nameOf)).toEqual([]);
    }
  });
});

describe('the tables', () => {
  it('have the tenant and the router in every key and index, or are the same on every node', () => {
    const routed = [...tables.columns].filter(([, columns]) => columns.includes('router')).map(([table]) => table);
    const others = [...tables.columns.keys()].filter((table) => !routed.includes(table));
    expect(others.concat('schema_migrations').sort()).toEqual([...referenceTables].sort());
    const keys = tables.keys.filter(({ table }) => routed.includes(table));
    expect(new Set(keys.map(({ table }) => table))).toEqual(new Set(routed));
    for (const { table, kind, columns } of keys)
      expect(columns, `${kind} of ${table}`).toEqual(expect.arrayContaining(['tenant', 'router']));
  });

  it('are all distributed, or copied to every node, by what migrations/README.md says', () => {
    const readme = readFileSync(new URL('../../../migrations/README.md', import.meta.url), 'utf8');
    const named = (pattern: RegExp) => [...readme.matchAll(pattern)].map(([, table]) => table).sort();
    const routed = [...tables.columns].filter(([, columns]) => columns.includes('router')).map(([table]) => table);
    expect(named(/create_distributed_table\('(\w+)', 'router'/g)).toEqual(routed.sort());
    const copied = referenceTables.filter((table) => table !== 'schema_migrations');
    expect(named(/create_reference_table\('(\w+)'\)/g)).toEqual([...copied].sort());
  });
});
