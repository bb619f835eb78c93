/** The table of arms: state, belief for one kind of request, probability now, share of late. */
import { element } from './elements.js';
import { count, measured, metricName, percent } from './format.js';

const ALWAYS = ['accuracy', 'energy_j'];

/**
 * @param state the router
 * @param answer of a dry run: what is believed of each arm
 * @param late what the router did of late, or undefined
 */
export function armsTable(state, answer, late) {
  const metrics = shownMetrics(state, answer);
  const heads = ['arm', ...metrics.map(metricName), 'utility', 'now', ...(late ? ['of late', 'outcomes'] : [])];
  const beliefs = new Map((answer?.ranking ?? []).map((ranked) => [ranked.arm, ranked]));
  const order = [...beliefs.keys(), ...state.spec.arms.map(({ id }) => id).filter((id) => !beliefs.has(id))];
  const states = new Map(state.spec.arms.map((arm) => [arm.id, arm]));
  return [
    element(
      'thead',
      {},
      element('tr', {}, ...heads.map((head, i) => element('th', { scope: 'col', class: i ? 'number' : '' }, head))),
    ),
    element('tbody', {}, ...order.map((id) => row(states.get(id) ?? { id }, beliefs.get(id), metrics, late))),
  ];
}

function row(arm, belief, metrics, late) {
  const reason =
    arm.state === 'paused' ? 'paused' : late?.broken.includes(arm.id) ? 'held out after failures' : belief?.excluded;
  const cells = [
    ...metrics.map((metric) => measured(metric, belief?.expected[metric])),
    belief ? belief.utility.toFixed(3) : '–',
    belief ? percent(belief.probability) : '–',
  ];
  return element(
    'tr',
    { class: reason ? 'out' : '' },
    element('th', { scope: 'row' }, arm.id, reason ? element('span', { class: 'reason' }, reason) : ''),
    ...cells.map((text) => element('td', { class: 'number' }, text)),
    ...(late ? lateCells(arm.id, late) : []),
  );
}

function lateCells(id, late) {
  const total = late.recent.decisions;
  const share = total > 0 ? (late.recent.chosen[id] ?? 0) / total : undefined;
  const bar = element('span', {});
  bar.style.width = `${(share ?? 0) * 100}%`;
  const outcomes = Math.max(0, ...Object.values(late.outcomes[id] ?? {}));
  return [
    element('td', { class: 'number' }, percent(share), element('span', { class: 'share', 'aria-hidden': 'true' }, bar)),
    element('td', { class: 'number' }, count(outcomes)),
  ];
}

/** Accuracy and energy always; others when the objective weighs them. */
export function shownMetrics(state, answer) {
  const known = Object.keys(answer?.ranking[0]?.expected ?? {});
  const weighed = Object.keys(state.spec.objective).filter((metric) => known.includes(metric));
  return [...new Set([...ALWAYS, ...weighed])];
}
