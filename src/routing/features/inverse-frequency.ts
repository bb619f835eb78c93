/** Inverse document frequency ln((1 + n)/(1 + frequency)) + 1: a term that every prompt has still weighs 1. */
export function inverseFrequency(prompts: number, frequency: number): number {
  return Math.log((1 + prompts) / (1 + frequency)) + 1;
}
