import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';

import { judge } from '../../support/statements/router-rule.js';
import { tableKeys } from '../../support/statements/table-keys.js';

const isRouted = (table: string) => ['routers', 'stripes', 'feedback'].includes(table);
const ask = (text: string, ...parameters: unknown[]) => judge(text, parameters, isRouted);

beforeAll(() => loadModule());

describe('the rule that a statement is of one router', () => {
  it.each([
    'select * from stripes where tenant = $1 and router = $2',
    "select * from stripes where $2 = router and 'one'::text = tenant and version > 3",
    'select * from stripes s join feedback f on f.tenant = s.tenant and s.router = f.router where f.tenant = $1 and s.router = $2',
    'select * from json_to_recordset($3) k (n int) cross join lateral (select * from feedback where tenant = $1 and router = $2 and n = k.n) f',
    'select * from (select 1 from feedback where tenant = $1 and router = $2 union all select 2 from feedback_20261123 where tenant = $1 and router = $2) x',
    'insert into stripes (tenant, router, version) values ($1, $2, 3), ($1, $2, 4) on conflict do nothing',
    'insert into stripes (tenant, router) values ($1, $2) on conflict (router, tenant, stripe) do update set version = 1',
    'insert into stripes (tenant, router) select $1::text, $2::text from json_to_recordset($3) k (n int)',
    'insert into stripes (tenant, router) select tenant, router from feedback where tenant = $1 and router = $2',
    'update stripes set version = 2 where tenant = $1 and router = $2',
    'delete from stripes where tenant = $1 and router = $2',
  ])('is kept by: %s', (text) => {
    const { kind, breaches, routers } = ask(text, 'one', 'first', '[]');
    expect(breaches).toEqual([]);
    expect(kind).toBe('router');
    expect([...routers]).toEqual(['["one","first"]']);
  });

  it.each([
    ['select * from stripes where tenant = $1', 'the router of stripes is not given'],
    ['select * from stripes where tenant = $1 and (router = $2 or version = 1)', 'the router of stripes is not given'],
    ['select * from stripes where tenant = $1 and router > $2', 'the router of stripes is not given'],
    [
      'select * from stripes s join feedback f on f.tenant = s.tenant where s.tenant = $1 and s.router = $2',
      'the router of feedback is not given',
    ],
    [
      'select * from stripes s where tenant = $1 and router = $2 and exists (select from feedback f where f.tenant = s.tenant)',
      'the router of feedback is not given',
    ],
    [
      'select * from stripes s where tenant = $1 and version in (select 1 from feedback f where s.router = $2)',
      'the router of stripes is not given',
    ],
    [
      'select 1 from feedback where tenant = $1 and router = $2 union all select 2 from stripes where tenant = $1',
      'the router of stripes is not given',
    ],
    ['insert into stripes (tenant, version) values ($1, 2)', 'the router of stripes is not given'],
    ['insert into stripes values ($1, $2)', 'the tenant of stripes is not given'],
    [
      'insert into stripes (tenant, router) values ($1, $2), ($1, $1)',
      'rows of several routers are inserted into stripes at once',
    ],
    [
      'insert into stripes (tenant, router) select $1::text, name from json_to_recordset($2) k (name text)',
      'the router of stripes is not given',
    ],
    [
      'insert into stripes (tenant, router) values ($1, $2) on conflict (tenant, stripe) do nothing',
      'an upsert into stripes meets without router',
    ],
    [
      'insert into stripes (tenant, router) values ($1, $2) on conflict (tenant, router) do update set router = $1',
      'the router of stripes is changed',
    ],
    ['update stripes set router = $1 where tenant = $1 and router = $2', 'the router of stripes is changed'],
    ['update stripes set version = 1', 'the router of stripes is not given'],
    [
      'update stripes s set version = 1 from feedback f where f.tenant = s.tenant and s.router = $2 and f.tenant = $1',
      'the router of feedback is not given',
    ],
    ['delete from stripes where tenant = $1', 'the router of stripes is not given'],
    [
      'select * from stripes s, feedback f where s.tenant = $1 and s.router = $2 and f.tenant = $1 and f.router = $1',
      'several routers: ["one","first"] ["one","one"]',
    ],
  ])('is broken by: %s', (text, breach) => {
    expect(ask(text, 'one', 'first').breaches).toContain(breach);
  });

  it('tells statements that read all routers, each by itself, from those that mix them', () => {
    const apart = 'select r.router from routers r left join stripes s on s.tenant = r.tenant and s.router = r.router';
    expect(ask(apart).kind).toBe('every router');
    expect(ask('select r.router from routers r left join stripes s on s.router = r.router').kind).toBe('router');
    expect(ask('insert into routers (tenant, router) select tenant, router from stripes').kind).toBe('router');
  });

  it('tells statements without a table of routers, and definitions', () => {
    expect(ask('update replicas set owner = $1').kind).toBe('others');
    expect(ask('drop table feedback_20261123').kind).toBe('definition');
  });
});

describe('keys of tables', () => {
  it('are found wherever they are declared', () => {
    const { columns, keys } = tableKeys([
      'create table t (router text primary key, n int unique, foreign key (n) references other (m), unique (router, n))',
      'create unique index on t (router, n)',
      'alter table t add constraint u unique (n)',
    ]);
    expect(columns.get('t')).toEqual(['router', 'n']);
    expect(keys.map(({ kind, columns: of }) => `${kind} ${of.join(' ')}`)).toEqual([
      'primary key router',
      'unique n',
      'foreign key n',
      'unique router n',
      'unique index router n',
      'unique n',
    ]);
  });
});
