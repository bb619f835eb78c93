/** The profiles that come with the program, as rows. */
import type { ProfileRow } from '../profile.js';
import { mlEnergy, tokenEnergies } from './shipped/ml-energy-v3.js';
import {
  measuredTasks,
  powerHungryProcessing,
  type MeasuredCell,
  type MeasuredTask,
} from './shipped/power-hungry-processing.js';

const scores = {
  accuracy: 'share of right answers',
  f1: 'F1 of the tokens of the answer',
  rouge: 'ROUGE against a reference summary',
} as const;

/** How a task's accuracy was scored; scores compare arms within a task only. */
export function scoreOf(task: string): keyof typeof scores | undefined {
  return measuredTasks.find((measured) => measured.task === task)?.score;
}

function rowOf({ task, score }: MeasuredTask, [arm, accuracy, energyJ, latencyMs]: MeasuredCell): ProfileRow {
  return {
    arm,
    task,
    metrics: { accuracy, energy_j: energyJ, latency_ms: latencyMs },
    samples: powerHungryProcessing.samples,
    source: powerHungryProcessing.source,
    measured_on: powerHungryProcessing.measured_on,
    hardware: powerHungryProcessing.hardware,
    method: `accuracy is ${scores[score]}; energy by CodeCarbon, one request at a time, mean of ten runs of 1,000`,
  };
}

/** The 144 measured cells, 16 models on each of 9 tasks: accuracy in [0, 1], joules and milliseconds per request. */
export function shippedProfiles(): ProfileRow[] {
  return measuredTasks.flatMap((task) => task.cells.map((cell) => rowOf(task, cell)));
}

/** What a language model uses per output token, on one kind of GPU under one load. No accuracy was measured. */
export interface TokenEnergy {
  readonly model: string;
  /** The traffic it was measured under: lm-arena-chat, gpqa, sourcegraph-fim, image-chat or video-chat. */
  readonly task: string;
  readonly hardware: { readonly gpu: 'H100' | 'B200'; readonly gpus: number; readonly precision: string };
  /** Limit on sequences in a batch. */
  readonly batch: number;
  readonly parameters: { readonly total_billions: number; readonly active_billions: number };
  readonly energy_j_per_output_token: number;
  readonly energy_j: number;
  readonly tokens_out: number;
  /** Median time between two tokens of one answer. */
  readonly inter_token_ms: number;
  readonly source: string;
  readonly measured_on: string;
  readonly method: string;
}

/** One configuration per model and GPU; the rule is in `shipped/ml-energy-v3.ts`. */
export function shippedTokenEnergies(): TokenEnergy[] {
  return tokenEnergies.map(
    ([model, task, gpu, gpus, precision, batch, total, active, perToken, perRequest, tokens, interTokenMs]) => ({
      model,
      task,
      hardware: { gpu, gpus, precision },
      batch,
      parameters: { total_billions: total, active_billions: active },
      energy_j_per_output_token: perToken,
      energy_j: perRequest,
      tokens_out: tokens,
      inter_token_ms: interTokenMs,
      ...mlEnergy,
    }),
  );
}
