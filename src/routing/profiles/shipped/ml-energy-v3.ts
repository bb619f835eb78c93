/**
 * Joules per output token of 34 language models on one or two kinds of GPU.
 *
 * ML.ENERGY leaderboard v3, github.com/ml-energy/leaderboard at 0cd52da; data set Apache-2.0. Published in December 2025;
 * served by vLLM 0.11.1 at a steady load; the GPUs' energy alone is counted. There is no accuracy in it.
 *
 * Of its 838 configurations one per model and GPU is given here, by this rule: the task that comes first in
 * (lm-arena-chat, gpqa, sourcegraph-fim, image-chat, video-chat); then the fewest GPUs; then the limit on
 * concurrent sequences nearest to 64, on a logarithmic scale; then the least energy per token.
 *
 * Energy per token falls steeply with the batch: a model that shares its GPU with few requests uses several times as much.
 * Energy per request depends on how much a model says (a reasoning model on `gpqa` writes 10,000 tokens); where the
 * length of an answer is known, multiply it by the joules per token instead.
 */
export type TokenEnergyTuple = readonly [
  model: string,
  task: string,
  gpu: 'H100' | 'B200',
  gpus: number,
  precision: string,
  maxConcurrent: number,
  totalParametersBillions: number,
  activeParametersBillions: number,
  joulesPerOutputToken: number,
  joulesPerRequest: number,
  outputTokensPerRequest: number,
  medianInterTokenLatencyMs: number,
];

export const mlEnergy = {
  source: 'ML.ENERGY leaderboard v3, ml-energy/leaderboard 0cd52da (data Apache-2.0)',
  measured_on: '2025-12',
  method: 'vLLM 0.11.1 at a steady load; energy of the GPUs alone, divided by the tokens put out',
} as const;

// One line per configuration, so that the table reads as a table.
// prettier-ignore
export const tokenEnergies: readonly TokenEnergyTuple[] = [
  ['deepseek-ai/DeepSeek-R1-0528', 'gpqa', 'B200', 8, 'fp8', 64, 671, 37, 3.859, 44600, 11560, 40.92],
  ['deepseek-ai/DeepSeek-V3.1', 'lm-arena-chat', 'B200', 8, 'fp8', 64, 671, 37, 2.92, 2478, 848.6, 32.59],
  ['google/gemma-3-12b-it', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 12, 12, 0.2008, 144.1, 717.7, 22.89],
  ['google/gemma-3-12b-it', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 12, 12, 0.1717, 124, 722, 12.96],
  ['google/gemma-3-27b-it', 'lm-arena-chat', 'H100', 1, 'bfloat16', 32, 27, 27, 0.5251, 375.1, 714.3, 28.28],
  ['google/gemma-3-27b-it', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 27, 27, 0.2937, 209.1, 711.8, 19.32],
  ['meta-llama/Llama-3.1-405B-Instruct', 'lm-arena-chat', 'B200', 8, 'bfloat16', 64, 405, 405, 4.082, 1491, 365.1, 30.75],
  ['meta-llama/Llama-3.1-405B-Instruct-FP8', 'lm-arena-chat', 'H100', 8, 'fp8', 64, 405, 405, 3.082, 1109, 359.7, 39.32],
  ['meta-llama/Llama-3.1-405B-Instruct-FP8', 'lm-arena-chat', 'B200', 4, 'fp8', 64, 405, 405, 2.561, 951.9, 371.6, 38.19],
  ['meta-llama/Llama-3.1-70B-Instruct', 'lm-arena-chat', 'H100', 4, 'bfloat16', 64, 70, 70, 0.7972, 280.6, 352, 22.43],
  ['meta-llama/Llama-3.1-70B-Instruct', 'lm-arena-chat', 'B200', 2, 'bfloat16', 64, 70, 70, 0.6971, 241, 345.7, 21.75],
  ['meta-llama/Llama-3.1-8B-Instruct', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 8, 8, 0.1186, 46.9, 395.5, 11.5],
  ['meta-llama/Llama-3.1-8B-Instruct', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 8, 8, 0.1103, 42.99, 389.7, 8.997],
  ['meta-llama/Llama-3.3-70B-Instruct', 'lm-arena-chat', 'H100', 4, 'bfloat16', 64, 70, 70, 0.8223, 336.2, 408.8, 22.34],
  ['meta-llama/Llama-3.3-70B-Instruct', 'lm-arena-chat', 'B200', 2, 'bfloat16', 64, 70, 70, 0.6836, 283.8, 415.2, 21.81],
  ['meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8', 'lm-arena-chat', 'H100', 8, 'fp8', 64, 400, 17, 0.9439, 383.6, 406.4, 20.67],
  ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 'lm-arena-chat', 'H100', 4, 'bfloat16', 64, 109, 17, 1.059, 427.7, 403.8, 36.5],
  ['nvidia/NVIDIA-Nemotron-Nano-12B-v2', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 12, 12, 0.2464, 113, 458.7, 19.29],
  ['nvidia/NVIDIA-Nemotron-Nano-12B-v2', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 12, 12, 0.2048, 278.5, 1360, 20.08],
  ['nvidia/NVIDIA-Nemotron-Nano-12B-v2-VL-BF16', 'image-chat', 'H100', 1, 'bfloat16', 32, 12, 12, 0.4936, 132.4, 268.3, 20.11],
  ['nvidia/NVIDIA-Nemotron-Nano-9B-v2', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 9, 9, 0.2073, 104.2, 502.6, 16.77],
  ['nvidia/NVIDIA-Nemotron-Nano-9B-v2', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 9, 9, 0.1914, 209.5, 1095, 16.04],
  ['openai/gpt-oss-120b', 'gpqa', 'H100', 1, 'mxfp4', 64, 117, 5, 0.2676, 465.3, 1739, 24.15],
  ['openai/gpt-oss-120b', 'gpqa', 'B200', 1, 'mxfp4', 64, 117, 5, 0.1806, 314, 1739, 13.95],
  ['openai/gpt-oss-20b', 'gpqa', 'H100', 1, 'mxfp4', 64, 21, 4, 0.1023, 214, 2091, 11.22],
  ['openai/gpt-oss-20b', 'gpqa', 'B200', 1, 'mxfp4', 64, 21, 4, 0.07986, 167.2, 2093, 7.655],
  ['Qwen/Qwen3-14B', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 14, 14, 0.1672, 103.2, 617.2, 18.94],
  ['Qwen/Qwen3-14B', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 14, 14, 0.1669, 101.7, 609.1, 12.73],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507', 'lm-arena-chat', 'H100', 8, 'bfloat16', 64, 235, 22, 2.394, 2105, 879.2, 40.34],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507', 'lm-arena-chat', 'B200', 4, 'bfloat16', 64, 235, 22, 2.043, 1790, 876.1, 40.82],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 'lm-arena-chat', 'H100', 4, 'fp8', 64, 235, 22, 1.741, 1503, 862.9, 49],
  ['Qwen/Qwen3-235B-A22B-Instruct-2507-FP8', 'lm-arena-chat', 'B200', 2, 'fp8', 64, 235, 22, 1.472, 1280, 869.4, 47.81],
  ['Qwen/Qwen3-235B-A22B-Thinking-2507', 'gpqa', 'H100', 8, 'bfloat16', 32, 235, 22, 3.609, 32320, 8955, 33.39],
  ['Qwen/Qwen3-235B-A22B-Thinking-2507', 'gpqa', 'B200', 4, 'bfloat16', 64, 235, 22, 1.811, 16600, 9166, 38.86],
  ['Qwen/Qwen3-235B-A22B-Thinking-2507-FP8', 'gpqa', 'H100', 4, 'fp8', 32, 235, 22, 2.892, 26090, 9024, 43.31],
  ['Qwen/Qwen3-235B-A22B-Thinking-2507-FP8', 'gpqa', 'B200', 2, 'fp8', 64, 235, 22, 1.497, 13800, 9219, 50.62],
  ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 30, 3, 0.2218, 203.8, 918.9, 28.94],
  ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 30, 3, 0.2493, 231.6, 929.2, 19.32],
  ['Qwen/Qwen3-30B-A3B-Thinking-2507', 'gpqa', 'H100', 1, 'bfloat16', 16, 30, 3, 0.5915, 4876, 8243, 16.75],
  ['Qwen/Qwen3-30B-A3B-Thinking-2507', 'gpqa', 'B200', 1, 'bfloat16', 64, 30, 3, 0.3047, 2528, 8298, 40.63],
  ['Qwen/Qwen3-32B', 'lm-arena-chat', 'H100', 1, 'bfloat16', 32, 32, 32, 0.624, 392.7, 629.3, 28.81],
  ['Qwen/Qwen3-32B', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 32, 32, 0.3126, 197.2, 630.9, 19.58],
  ['Qwen/Qwen3-8B', 'lm-arena-chat', 'H100', 1, 'bfloat16', 64, 8, 8, 0.1192, 76.84, 644.5, 13.95],
  ['Qwen/Qwen3-8B', 'lm-arena-chat', 'B200', 1, 'bfloat16', 64, 8, 8, 0.1225, 78.74, 642.6, 12.89],
  ['Qwen/Qwen3-Coder-30B-A3B-Instruct', 'sourcegraph-fim', 'H100', 1, 'bfloat16', 64, 30, 3, 0.3424, 88.19, 257.6, 27.55],
  ['Qwen/Qwen3-Coder-30B-A3B-Instruct', 'sourcegraph-fim', 'B200', 1, 'bfloat16', 64, 30, 3, 0.2885, 72.28, 250.5, 15.91],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct', 'sourcegraph-fim', 'B200', 8, 'bfloat16', 64, 480, 35, 5.274, 1370, 259.7, 40.42],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'sourcegraph-fim', 'B200', 4, 'fp8', 64, 480, 35, 5.333, 1410, 264.4, 42.34],
  ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'image-chat', 'H100', 1, 'bfloat16', 32, 30, 3, 0.4206, 388.9, 924.6, 22.15],
  ['Qwen/Qwen3-Omni-30B-A3B-Instruct', 'image-chat', 'B200', 1, 'bfloat16', 64, 30, 3, 0.3728, 343.9, 922.4, 33.16],
  ['Qwen/Qwen3-VL-235B-A22B-Instruct', 'image-chat', 'H100', 8, 'bfloat16', 64, 235, 22, 2.57, 2426, 944, 41.12],
  ['Qwen/Qwen3-VL-235B-A22B-Instruct', 'image-chat', 'B200', 4, 'bfloat16', 64, 235, 22, 2.137, 1994, 933, 40.43],
  ['Qwen/Qwen3-VL-235B-A22B-Instruct-FP8', 'image-chat', 'H100', 4, 'fp8', 64, 235, 22, 1.933, 1750, 905.1, 47.49],
  ['Qwen/Qwen3-VL-235B-A22B-Instruct-FP8', 'image-chat', 'B200', 2, 'fp8', 64, 235, 22, 1.512, 1411, 933.3, 47.73],
  ['Qwen/Qwen3-VL-30B-A3B-Instruct', 'image-chat', 'H100', 1, 'bfloat16', 32, 30, 3, 0.425, 429.2, 1010, 22.42],
  ['Qwen/Qwen3-VL-30B-A3B-Instruct', 'image-chat', 'B200', 1, 'bfloat16', 64, 30, 3, 0.3971, 407.6, 1026, 39.12],
  ['Qwen/Qwen3-VL-32B-Instruct', 'image-chat', 'H100', 2, 'bfloat16', 64, 32, 32, 0.4577, 435.5, 951.5, 22.63],
  ['Qwen/Qwen3-VL-32B-Instruct', 'image-chat', 'B200', 1, 'bfloat16', 64, 32, 32, 0.4496, 421.5, 937.5, 42.69],
  ['Qwen/Qwen3-VL-8B-Instruct', 'image-chat', 'H100', 1, 'bfloat16', 64, 8, 8, 0.1597, 151.7, 949.9, 14.9],
  ['Qwen/Qwen3-VL-8B-Instruct', 'image-chat', 'B200', 1, 'bfloat16', 64, 8, 8, 0.2444, 231.5, 947.3, 41.62],
];
