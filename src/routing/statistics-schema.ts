/**
 * What a router's statistics are counted by: the hash of its features, and the half-life that numbers their epochs. A
 * change of either starts new statistics, for a sum under another numbering would be weighed by an age it does not have.
 */
import { durationMs } from './duration.js';

/** @param features hash of the feature schema @param halfLife as declared, such as "7d" */
export const statisticsSchema = (features: string, halfLife: string | undefined): string =>
  halfLife === undefined ? features : `${features}:${durationMs(halfLife)}`;

/** The part that says what a vector of features means. */
export const featuresOf = (schema: string): string => schema.split(':', 1)[0];
