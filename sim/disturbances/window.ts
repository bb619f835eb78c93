/** When a disturbance holds: in a phase of the world, or from one request to another. */
import type { ChangePoint, Step, World } from '../worlds/world.js';

export type Window =
  | { readonly phase: string }
  /** Requests from 0; `to` is the first that is undisturbed again, the end of the run by default. */
  | { readonly from: number; readonly to?: number };

export const isWithin = (window: Window, step: Step, request: number): boolean =>
  'phase' in window ? step.phase === window.phase : request >= window.from && request < (window.to ?? Infinity);

/**
 * The same world with the steps inside the window changed. A disturbance that holds from the very first request is no change.
 * @param change called for each step inside; `first` on the first of them
 * @param after called for the first step after the window; the step as it is by default
 */
export function within(
  world: World,
  window: Window,
  label: string,
  change: (step: Step, first: boolean) => Step,
  after: (step: Step) => Step = (step) => step,
): World {
  return {
    ...world,
    changes: inOrder([...world.changes, ...changePoints(window, label)]),
    *steps(chance): Generator<Step> {
      let request = 0;
      let inside = false;
      for (const step of world.steps(chance)) {
        const now = isWithin(window, step, request);
        const begins = now && !inside;
        const ends = inside && !now;
        const disturbed = now ? change(step, begins) : ends ? after(step) : step;
        if (begins && request > 0) yield noted(disturbed, label);
        else if (ends) yield noted(disturbed, `${label} ends`);
        else yield disturbed;
        inside = now;
        request++;
      }
    },
  };
}

const noted = (step: Step, label: string): Step => ({ ...step, changed: [...(step.changed ?? []), label] });

/** Of a window by phase the requests are known only when the world is played. */
function changePoints(window: Window, label: string): ChangePoint[] {
  if ('phase' in window) return [];
  const end = window.to === undefined ? [] : [{ request: window.to, label: `${label} ends` }];
  return [{ request: window.from, label }, ...end];
}

const inOrder = (points: readonly ChangePoint[]): ChangePoint[] => [...points].sort((a, b) => a.request - b.request);
