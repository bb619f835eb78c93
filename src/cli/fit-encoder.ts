/** Fits a text encoder on prompts, with progress. */
import { fitTextEncoder, MOST_PROMPTS } from '../routing/features/fit-text-encoder.js';
import type { TextEncoderArtifact } from '../routing/features/text-encoder-artifact.js';
import { startProgress } from './progress.js';
import { sample } from './sample.js';

/**
 * Of very many prompts a sample is taken while they are read, so that memory stays bounded.
 * @throws Problem 'invalid-encoder' when the prompts are too few or too alike for the dimension
 */
export async function fitEncoder(
  prompts: AsyncIterable<string>,
  dimension: number,
  seed: number,
): Promise<TextEncoderArtifact> {
  const kept = await sample(prompts, MOST_PROMPTS, seed);
  const progress = startProgress('fitting the text encoder', 100);
  try {
    return fitTextEncoder(kept, {
      dimension,
      seed,
      onProgress: ({ phase, done }) => {
        if (phase === 'reading') progress.update(0, `${done} prompts read`);
        else progress.update(Math.round(100 * done), `${kept.length} prompts, dimension ${dimension}`);
      },
    });
  } finally {
    progress.stop();
  }
}

export const base64 = (artifact: TextEncoderArtifact): string => Buffer.from(artifact.toBytes()).toString('base64');
