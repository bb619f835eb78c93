/** What a router is, in a few lines. */
import { element } from './elements.js';
import { count, measured, metricName, number, unitOf } from './format.js';

/**
 * @param answer of a dry run, which names the policy where the declaration leaves it open
 * @returns pairs of dt and dd, each in a div
 */
export function summary(state, late, answer) {
  const { spec } = state;
  const lines = [
    ['Objective', objective(spec)],
    ['Policy', policy(spec, answer?.policy.name)],
    ['Outcomes learned', outcomes(state)],
    ['Features', `${state.features.dimension} from ${spec.features.map(({ name }) => name).join(', ') || 'nothing'}`],
    ['Forgetting', spec.half_life ? `half-life ${spec.half_life}` : 'nothing is forgotten'],
    ['Budgets', budgets(spec, late)],
    ['Changes found', changes(state)],
    ['Revision', `${state.revision}, changed ${new Date(state.changed_at).toLocaleString()}`],
    ['View', view(state)],
  ];
  return lines.map(([term, words]) => element('div', {}, element('dt', {}, term), element('dd', {}, words)));
}

/** `1 × accuracy − 0.0005 × energy in J` */
function objective(spec) {
  const terms = Object.entries(spec.objective).map(([metric, weight], index) => {
    const sign = weight < 0 ? '− ' : index > 0 ? '+ ' : '';
    return `${sign}${number(Math.abs(weight))} × ${metricName(metric)}${unitOf(metric)}`;
  });
  return terms.join(' ') || 'nothing is weighed';
}

function policy({ policy = {}, floor }, inUse = 'default') {
  const { name, ...options } = policy;
  const settings = Object.entries({ ...options, ...(floor === undefined ? {} : { floor }) });
  const words = settings
    .map(([key, value]) => `${key} ${typeof value === 'number' ? number(value) : value}`)
    .join(', ');
  return [name ?? inUse, words].filter(Boolean).join(': ');
}

function outcomes(state) {
  const entries = Object.entries(state.outcomes).filter(([, value]) => value > 0);
  return (
    entries.map(([metric, value]) => `${count(value)} ${metricName(metric)}`).join(', ') || 'none yet: profiles decide'
  );
}

/** How far each stripe of the log is taken in: `1.52,2.7` is stripe 1 up to its version 52, stripe 2 up to 7. */
function view(state) {
  if (state.view === '') return 'nothing learned yet';
  const stripes = state.view.split(',').map((stripe) => stripe.split('.'));
  return stripes.map(([stripe, version]) => `stripe ${stripe} at version ${version}`).join(', ');
}

/** The newest few of those that nobody told. */
function changes({ spec, detected_changes: found = [] }) {
  if (found.length === 0) return spec.detect_changes === false ? 'not looked for' : 'none';
  const words = found.slice(-3).map(({ at, arm, metric, offset, scale }) => {
    const move =
      offset === undefined
        ? `× ${number(scale ?? 1)}`
        : `${offset < 0 ? '− ' : '+ '}${measured(metric, Math.abs(offset))}`;
    return `${arm}: ${metricName(metric)} ${move}, ${new Date(at).toLocaleString()}`;
  });
  return `${count(found.length)}; ${words.reverse().join('; ')}`;
}

function budgets(spec, late) {
  const declared = spec.budgets ?? [];
  if (declared.length === 0) return 'none';
  const words = declared.map((budget, index) => {
    const limit = budget.per_request ?? budget.limit;
    const per = budget.per ? ` per ${budget.per}` : ' per request';
    const now = late?.budgets[index];
    const state = now ? ` (price ${number(now.price)}, ${measured(budget.metric, now.allowance)} left)` : '';
    return `${measured(budget.metric, limit)}${per}${state}`;
  });
  return words.join('; ');
}
