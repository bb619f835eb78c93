import type { Sample, Terms } from './terms.js';

/**
 * Direct method: mean(Σ_a π(a|x)·q̂(x, a)), what the outcome model says of the target. As biased as the model is, and its
 * interval holds the variation of the requests only. Dudík, Langford & Li 2011, "Doubly robust policy evaluation and
 * learning", section 2.
 */
export const directMethod = ({ direct }: Pick<Sample, 'direct'>): Terms => ({
  offset: direct,
  numerator: new Float64Array(direct.length),
});
