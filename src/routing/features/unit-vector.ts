import type { Projection } from './projection.js';
import { invalidContext, shown } from './invalid-context.js';

/**
 * Checks a vector and writes it, shortened to unit length when it is longer (a shorter one is left as it is), through the
 * projection when there is one. Entries are clamped to [-1, 1], which only a projection can leave.
 * @param field names the vector in an error
 * @throws Problem 'invalid-context' unless the vector has `length` finite numbers
 */
export function writeUnitVector(
  field: string,
  vector: unknown,
  length: number,
  projection: Projection | undefined,
  x: Float64Array,
  offset: number,
): void {
  const largest = largestMagnitude(field, vector, length);
  if (largest === 0) return;
  const numbers = vector as readonly number[];
  const scale = unitScale(numbers, largest);
  if (projection === undefined) {
    for (let i = 0; i < length; i++) x[offset + i] = clamp(numbers[i] * scale);
    return;
  }
  projection.apply(numbers, scale, x, offset);
}

export function clamp(value: number): number {
  return value > 1 ? 1 : value < -1 ? -1 : value;
}

function largestMagnitude(field: string, vector: unknown, length: number): number {
  if (!Array.isArray(vector) || vector.length !== length) {
    throw invalidContext(field, `an array of ${length} numbers`, shown(vector));
  }
  let largest = 0;
  for (let i = 0; i < length; i++) {
    const value: unknown = vector[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw invalidContext(`${field}/${i}`, 'a finite number', shown(value));
    }
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** min(1, 1/‖v‖), by way of v/largest so that squares neither overflow nor vanish. */
function unitScale(vector: readonly number[], largest: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i] / largest) ** 2;
  const norm = largest * Math.sqrt(sum);
  return norm <= 1 ? 1 : Number.isFinite(norm) ? 1 / norm : 1 / largest / Math.sqrt(sum);
}
