import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compare } from '../../bench/compare.js';
import { heading, line, writeReport } from '../../bench/report.js';

const moment = { rounds: 1, roundMs: 1 };
const work = () => Math.sqrt(2);

describe('the report of the benchmark', () => {
  const compared = compare(
    { name: 'score', arms: 3, d: 26, run: work, reference: { name: 'plain', run: work }, allocated_bytes: 12 },
    moment,
  );
  const alone = compare({ name: 'form', arms: 1, d: 2, run: work }, moment);

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tradewind-bench-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is written as a machine and rows, each with the same names', async () => {
    const path = join(folder, 'bench.json');
    writeReport(path, [compared, alone]);
    const time = expect.any(Number) as unknown;
    expect(JSON.parse(await readFile(path, 'utf8'))).toStrictEqual({
      machine: expect.stringMatching(/Node v\d+/) as unknown,
      rows: [
        {
          name: 'score',
          arms: 3,
          d: 26,
          median_us: time,
          reference: 'plain',
          reference_median_us: time,
          ratio: time,
          allocated_bytes: 12,
        },
        { name: 'form', arms: 1, d: 2, median_us: time, reference: null, reference_median_us: null, ratio: null },
      ],
    });
  });

  it('says in its ratio how many times the reference takes', () => {
    expect(compared.median_us).toBeGreaterThan(0);
    expect(compared.ratio).toBeCloseTo(compared.reference_median_us! / compared.median_us, 12);
  });

  it('has a line for a person, with nothing where there is nothing to compare with', () => {
    const row = {
      name: 'form',
      arms: 16,
      d: 64,
      median_us: 120.4,
      reference: null,
      reference_median_us: null,
      ratio: null,
    };
    expect(line(row).trimEnd().split(/ {2,}/)).toEqual(['form', '16', '64', '120']);
    expect(line({ ...row, reference: 'plain', reference_median_us: 240.8, ratio: 2 })).toContain('2.00×');
    expect(heading).toContain('median µs');
  });
});
