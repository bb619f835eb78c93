import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { parseCsv } from '../../../../src/routing/csv.js';
import { builtInMetrics } from '../../../../src/routing/metric.js';
import { checkProfiles } from '../../../../src/routing/profiles/check.js';
import { paretoFront, profilePoints } from '../../../../src/routing/profiles/pareto.js';
import { scoreOf, shippedProfiles, shippedTokenEnergies } from '../../../../src/routing/profiles/shipped.js';

const shared = (name: string) => fileURLToPath(new URL(`../../../../../shared/data/${name}`, import.meta.url));

/** Records of a CSV file with a header, as objects. */
function table(text: string): Record<string, string>[] {
  const [header, ...records] = parseCsv(text);
  return records.map((record) => Object.fromEntries(header!.cells.map((name, i) => [name, record.cells[i]!])));
}

const taskOf: Record<string, string> = {
  'imdb (acc)': 'sentiment/imdb',
  'sst2 (acc)': 'sentiment/sst2',
  'tomatoes (acc)': 'sentiment/rotten-tomatoes',
  'sciq (acc)': 'question-answering/sciq',
  'squad (f1)': 'question-answering/squad',
  'squad_v2 (f1, has answer)': 'question-answering/squad-v2',
  'cnn (rouge)': 'summarization/cnn-dailymail',
  'samsum (rouge)': 'summarization/samsum',
  'xsum (rouge)': 'summarization/xsum',
};

describe('the shipped profiles', () => {
  it('hold 16 models on each of 9 tasks', () => {
    const rows = shippedProfiles();
    const perTask = new Map<string, Set<string>>();
    for (const { task, arm } of rows) perTask.set(task!, (perTask.get(task!) ?? new Set()).add(arm));
    expect(rows).toHaveLength(144);
    expect([...perTask.keys()].sort()).toEqual(Object.values(taskOf).sort());
    expect([...perTask.values()].map((arms) => arms.size)).toEqual(Array(9).fill(16));
  });

  it('pass the check that imported profiles pass', () => {
    const rows = shippedProfiles();
    const now = Date.UTC(2026, 10, 23);
    expect(checkProfiles(rows, builtInMetrics, { now, arms: rows.map((row) => row.arm) })).toEqual(rows);
  });

  it('say how each task was scored', () => {
    expect(scoreOf('sentiment/imdb')).toBe('accuracy');
    expect(scoreOf('question-answering/squad-v2')).toBe('f1');
    expect(scoreOf('summarization/xsum')).toBe('rouge');
    expect(scoreOf('translation')).toBeUndefined();
  });

  it('put the small specialised model and the accurate general one on the front for sentiment', () => {
    const front = paretoFront(shippedProfiles(), 'sentiment').map((point) => point.arm);
    expect(front[0]).toBe('sbcBI/sentiment_analysis_model');
    expect(front).toContain('distilbert-base-uncased-finetuned-sst-2-english');
    expect(front.at(-1)).toBe('bigscience/bloomz-3b');
    expect(front).not.toContain('google/flan-t5-xxl');
  });

  it('compare over all tasks only the models that were measured on all', () => {
    const points = profilePoints(shippedProfiles());
    expect(points).toHaveLength(8);
    expect(points.every((point) => point.cells === 9)).toBe(true);
  });

  describe.skipIf(!existsSync(shared('co2-inference.csv')))('beside the measurements (../shared/data)', () => {
    it('agree with every cell to four digits', () => {
      const measured = table(readFileSync(shared('co2-inference.csv'), 'utf8'));
      const shipped = new Map(shippedProfiles().map((row) => [`${row.arm} ${row.task}`, row.metrics]));
      expect(measured).toHaveLength(shipped.size);
      for (const cell of measured) {
        const metrics = shipped.get(`${cell['model']} ${taskOf[cell['dataset']!]}`)!;
        expect(metrics['accuracy']).toBeCloseTo(Number(cell['score']), 4);
        // Half a unit in the fourth digit is at most 1 part in 2,000.
        expect(metrics['energy_j']! / (Number(cell['kwh_per_run_1000']) * 3600)).toBeCloseTo(1, 3);
        expect(metrics['latency_ms']! / Number(cell['sec_per_run_1000'])).toBeCloseTo(1, 3);
      }
    });
  });
});

describe('the shipped joules per token', () => {
  const energies = shippedTokenEnergies();

  it('hold at least 30 models, each once per kind of GPU', () => {
    expect(new Set(energies.map((energy) => energy.model)).size).toBe(34);
    const keys = energies.map((energy) => `${energy.model} ${energy.hardware.gpu}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are plausible: between 10 mJ and 10 J a token, and energy per request is per token times length', () => {
    for (const energy of energies) {
      expect(energy.energy_j_per_output_token).toBeGreaterThan(0.01);
      expect(energy.energy_j_per_output_token).toBeLessThan(10);
      expect((energy.energy_j_per_output_token * energy.tokens_out) / energy.energy_j).toBeCloseTo(1, 2);
      expect(energy.parameters.active_billions).toBeLessThanOrEqual(energy.parameters.total_billions);
      expect(energy.inter_token_ms).toBeGreaterThan(1);
      expect(energy.inter_token_ms).toBeLessThan(200);
    }
  });

  describe.skipIf(!existsSync(shared('mlenergy-v3.csv.gz')))('beside the measurements (../shared/data)', () => {
    it('are each a configuration that was measured', () => {
      const measured = table(gunzipSync(readFileSync(shared('mlenergy-v3.csv.gz'))).toString());
      const key = (...parts: (string | number)[]) => parts.join(' ');
      const byKey = new Map(
        measured.map((cell) => [
          key(
            cell['model_id']!,
            cell['task']!,
            cell['gpu_model']!,
            cell['num_gpus']!,
            cell['max_num_seqs']!,
            Number(cell['energy_per_token_joules']).toPrecision(4),
          ),
          cell,
        ]),
      );
      for (const energy of energies) {
        const { gpu, gpus } = energy.hardware;
        const perToken = energy.energy_j_per_output_token.toPrecision(4);
        const cell = byKey.get(key(energy.model, energy.task, gpu, gpus, energy.batch, perToken));
        expect(cell, `${energy.model} on ${gpu}`).toBeDefined();
        expect(energy.energy_j / Number(cell!['energy_per_request_joules'])).toBeCloseTo(1, 3);
        expect(energy.inter_token_ms / Number(cell!['median_itl_ms'])).toBeCloseTo(1, 3);
      }
    });
  });
});
