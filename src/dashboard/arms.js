/** The table of arms: state, belief for one kind of request, probability, share of the latest decisions. */
import { element } from './elements.js';
import { count, measured, metricName, percent } from './format.js';

/**
 * @param state the router
 * @param answer of a dry run: what is believed of each arm
 * @param late the latest decisions of the router, or undefined
 */
export function armsTable(state, answer, late) {
  const metrics = shownMetrics(state, answer);
  const share = late?.recent.decisions > 0 ? [`share of last ${count(late.recent.decisions)}`] : [];
  const heads = ['arm', ...metrics.map(metricName), 'utility', 'probability', ...share, ...(late ? ['outcomes'] : [])];
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
  const outcomes = Math.max(0, ...Object.values(late.outcomes[id] ?? {}));
  const learned = element('td', { class: 'number' }, count(outcomes));
  if (late.recent.decisions === 0) return [learned];
  const share = (late.recent.chosen[id] ?? 0) / late.recent.decisions;
  const bar = element('span', {});
  bar.style.width = `${share * 100}%`;
  return [
    element('td', { class: 'number' }, percent(share), element('span', { class: 'share', 'aria-hidden': 'true' }, bar)),
    learned,
  ];
}

/** Accuracy, energy where any arm's is known, and what the objective weighs. */
export function shownMetrics(state, answer) {
  const known = new Set((answer?.ranking ?? []).flatMap(({ expected }) => Object.keys(expected)));
  const wanted = ['accuracy', 'energy_j', ...Object.keys(state.spec.objective)];
  return [...new Set(wanted)].filter((metric) => metric === 'accuracy' || known.has(metric));
}

/** What the columns say, and of which time. */
export function armsHint(late) {
  const belief =
    'What is believed of each arm for such a request, and the probability with which one that comes now would get it.';
  if (!late) return belief;
  const { decisions, since } = late.recent;
  if (decisions === 0) return `${belief} This process has not decided anything for this router yet.`;
  const begin = new Date(since).toLocaleString();
  return `${belief} The share is of the latest ${count(decisions)} decisions of this process, since ${begin}.`;
}
