/**
 * One encoder per feature writes its slots of the vector x. Slot 0 of x is the constant 1 and belongs to no feature.
 */

/** What a request says of itself: `{task: 'qa/squad', prompt: '…', tokens: 120, embedding: [...]}`. */
export type Context = Readonly<Record<string, string | number | readonly number[]>>;

/**
 * Embeddings that were fetched for this context before it is encoded, by feature name. Encoding is pure and synchronous, so whoever may
 * wait (`runtime/embeddings.ts`) fetches; a feature whose vector isn't here falls back to its fitted encoder, or to the built-in features.
 */
export type Embeddings = ReadonlyMap<string, readonly number[]>;

export interface FeatureEncoder {
  /** How many slots the feature takes; ≥ 1. */
  readonly dimension: number;
  /** One name per slot, for `explain`: `task=qa`, `task=?`, `prompt[3]`. */
  readonly labels: readonly string[];
  /**
   * Writes the feature of `value` (undefined: the request doesn't bring it) into x[offset … offset + dimension), which
   * the caller has set to zero; every entry in [-1, 1].
   * @param embedding of the value, for a text feature that declares embeddings; fetched before
   * @throws Problem 'invalid-context' when the value is of the wrong type, length or not finite
   */
  encode(value: Context[string] | undefined, x: Float64Array, offset: number, embedding?: readonly number[]): void;
  /** What a caller should know of a value that can be encoded but says less than it seems to, in words. */
  warning?(value: Context[string], embedding?: readonly number[]): string | undefined;
}

/** A router's whole context as x. */
export interface ContextEncoder {
  /** Hash of the declared features and fitted artifacts: equal schemas give equal vectors. */
  readonly schema: string;
  /** Length of x, the leading 1 included. */
  readonly dimension: number;
  readonly labels: readonly string[];
  /**
   * Features on the 2⁻¹² grid, length `dimension`, entries in [-4096, 4096], the first 4096.
   * @throws Problem 'invalid-context' naming the field at fault
   */
  encode(context: Context, embeddings?: Embeddings): Int16Array;
  /** Context fields that no feature reads, and features whose field is missing, unknown or without its embedding, in words. */
  warnings(context: Context, embeddings?: Embeddings): string[];
}
