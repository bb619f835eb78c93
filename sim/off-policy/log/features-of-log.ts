import type { Feature } from '../../../src/routing/spec.js';
import type { LogSurvey } from './survey.js';

/** Context features that fit what a log holds: a category for texts, a range for numbers; constants say nothing. */
export function featuresOfLog({ context }: LogSurvey): Feature[] {
  return [...context].flatMap(([field, { range, values }], i): Feature[] => {
    const name = /^[a-z][a-z0-9_]{0,62}$/.test(field) ? field : `field_${i}`;
    const from = name === field ? {} : { from: field };
    if (values) return values.length > 1 ? [{ name, type: 'category', ...from, values: [...values] }] : [];
    if (!range || !(range[0] < range[1])) return [];
    return [{ name, type: 'number', ...from, minimum: range[0], maximum: range[1] }];
  });
}
