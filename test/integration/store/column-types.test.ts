import { sql } from 'kysely';
import { expect, it } from 'vitest';

import { onEveryStore } from '../../support/every-store.js';

onEveryStore((store) => {
  it('gives values back as the same JavaScript types', async () => {
    const bytes = Buffer.from([0, 1, 92, 39, 255]);
    const { rows } = await sql`select ${bytes}::bytea as bytes, ${2 ** 53 - 1}::bigint as big,
      ${5e-324}::float8 as tiny, ${0.1 + 0.2}::float8 as fraction, ${'{"b":1,"__proto__":{"a":2}}'}::json as json,
      '0193B0C0-0000-7000-8000-000000000000'::uuid as uuid, '2026-11-23T00:00:00.123Z'::timestamptz as time,
      ${[0.1, 1e300]}::float8[] as numbers, 7::int as int, true as yes, null as nothing`.execute(store().db);
    expect(rows).toEqual([
      {
        bytes,
        big: 2 ** 53 - 1,
        tiny: 5e-324,
        fraction: 0.1 + 0.2,
        json: JSON.parse('{"b":1,"__proto__":{"a":2}}') as object,
        uuid: '0193b0c0-0000-7000-8000-000000000000',
        time: new Date('2026-11-23T00:00:00.123Z'),
        numbers: [0.1, 1e300],
        int: 7,
        yes: true,
        nothing: null,
      },
    ]);
  });

  it('refuses an integer that JavaScript cannot hold', async () => {
    const beyond = sql`select ${'9007199254740993'}::bigint`.execute(store().db);
    await expect(beyond).rejects.toThrow('within ±2⁵³');
  });

  it('carries a value of many megabytes', async () => {
    const bytes = Buffer.alloc(5_000_000, 7);
    const { rows } = await sql<{ bytes: Buffer }>`select ${bytes}::bytea as bytes`.execute(store().db);
    expect(rows[0].bytes.equals(bytes)).toBe(true);
  });
});
