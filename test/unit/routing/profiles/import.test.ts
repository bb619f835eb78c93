import { describe, expect, it } from 'vitest';

import { parseProfiles, profileFormat } from '../../../../src/routing/profiles/import.js';

const row = {
  arm: 'small',
  task: 'support',
  metrics: { accuracy: 0.81, energy_j: 12.5 },
  samples: 500,
  source: 'our own, of May',
  measured_on: '2026-05',
};

describe('reading a profile file', () => {
  it('takes the format from the ending', () => {
    expect(profileFormat('a/b.CSV')).toBe('csv');
    expect(profileFormat('x.jsonl')).toBe('jsonl');
    expect(() => profileFormat('x.xlsx')).toThrow('expected a .csv, .json or .jsonl file, got "x.xlsx"');
  });

  it('reads the same row from CSV, JSON and JSONL', () => {
    const csv =
      'samples,arm,task,accuracy,energy_j,cost_usd,source,measured_on\n500,small,support,0.81,12.5,,"our own, of May",2026-05\n';
    expect(parseProfiles(csv, 'csv')).toEqual({ rows: [row], lines: [2] });
    expect(parseProfiles(JSON.stringify([row]), 'json').rows).toEqual([row]);
    expect(parseProfiles(JSON.stringify({ rows: [row] }), 'json').rows).toEqual([row]);
    expect(parseProfiles(`\n${JSON.stringify(row)}\n`, 'jsonl')).toEqual({ rows: [row], lines: [2] });
  });

  it('leaves cells that are no numbers for the check to name', () => {
    const { rows } = parseProfiles('arm,accuracy,samples\na,81%,many\n', 'csv');
    expect(rows).toEqual([{ arm: 'a', metrics: { accuracy: '81%' }, samples: 'many' }]);
  });

  it('names the line that is wrong', () => {
    expect(() => parseProfiles('arm,accuracy\na\n', 'csv')).toThrow('line 2: expected 2 cells as in the header, got 1');
    expect(() => parseProfiles('model,accuracy\n', 'csv')).toThrow('line 1: expected a column "arm"');
    expect(() => parseProfiles('{}\n{', 'jsonl')).toThrow('not JSON. Line 2, column 2: it ends before its JSON does');
    expect(() => parseProfiles('arm\n"a', 'csv')).toThrow('line 2: a cell opens');
    expect(() => parseProfiles('', 'csv')).toThrow('empty file');
    expect(() => parseProfiles('{"data": []}', 'json')).toThrow('"rows"');
    expect(() => parseProfiles('null', 'json')).toThrow('"rows"');
  });
});
