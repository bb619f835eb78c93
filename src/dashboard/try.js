/** The form that asks for a decision, and the answer with its reasons. */
import { decide, explain } from './api.js';
import { element } from './elements.js';
import { measured, metricName, percent } from './format.js';

const LIMITS = ['max_energy_j', 'max_cost_usd', 'max_latency_ms', 'min_accuracy'];

/** One input for each feature that a person can fill in. */
export function fieldsFor(spec) {
  return spec.features.flatMap((feature) => {
    const name = feature.from ?? feature.name;
    if (feature.type === 'category') return [labelled(name, select(name, feature.values))];
    if (feature.type === 'number')
      return [
        labelled(
          name,
          element('input', { name: `context.${name}`, type: 'number', step: 'any', 'data-type': 'number' }),
        ),
      ];
    if (feature.type === 'text')
      return [labelled(name, element('textarea', { name: `context.${name}`, rows: 3 }), 'wide')];
    return [];
  });
}

const labelled = (name, input, kind = '') => element('label', { class: kind }, name, input);

function select(name, values) {
  const options = values.map((value) => element('option', { value }, value));
  return element('select', { name: `context.${name}` }, element('option', { value: '' }, '(not said)'), ...options);
}

/** The request that a filled form stands for. */
export function requestFrom(form, router) {
  const context = {};
  const constraints = {};
  for (const input of form.elements) {
    if (!input.name || input.value === '') continue;
    if (input.name.startsWith('context.')) {
      context[input.name.slice('context.'.length)] =
        input.dataset.type === 'number' ? Number(input.value) : input.value;
    } else if (LIMITS.includes(input.name)) constraints[input.name] = Number(input.value);
  }
  const limited = Object.keys(constraints).length > 0;
  return {
    router,
    context,
    ...(limited ? { constraints } : {}),
    ...(form.elements.dry_run.checked ? { dry_run: true } : {}),
  };
}

/** Asks, and shows the answer or what was wrong. */
export async function tryRequest(form, state, target) {
  const request = requestFrom(form, state.spec.id);
  try {
    const answer = await decide(request);
    target.replaceChildren(
      ...answered(answer, state.spec.objective),
      ...(request.dry_run ? [] : [whyButton(state.spec.id, answer)]),
      raw('Request and answer', { request, answer }),
    );
  } catch (error) {
    target.replaceChildren(element('p', { class: 'fault' }, error.message));
  }
}

function answered(answer, objective) {
  const weighed = Object.entries(objective).filter(([metric]) =>
    answer.ranking.some(({ expected }) => metric in expected),
  );
  const heads = ['arm', ...weighed.map(([metric]) => metricName(metric)), 'utility', 'probability'];
  return [
    element(
      'p',
      { class: 'verdict' },
      'Chosen: ',
      element('strong', {}, answer.arm),
      `, as it is with probability ${percent(answer.propensity)} (${answer.policy.name}).`,
    ),
    ...answer.warnings.map((warning) => element('p', { class: 'warnings' }, warning)),
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Ranking' },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, ...heads.map((head, i) => element('th', { scope: 'col', class: i ? 'number' : '' }, head))),
        ),
        element('tbody', {}, ...answer.ranking.map((ranked) => rankedRow(ranked, weighed, ranked.arm === answer.arm))),
      ),
    ),
  ];
}

/** Each metric with what it adds to the utility under the router's objective. */
function rankedRow(ranked, weighed, chosen) {
  const terms = weighed.map(([metric, weight]) => {
    const value = ranked.expected[metric];
    const worth = value === undefined ? '' : ` (${signed(weight * value)})`;
    return element('td', { class: 'number' }, `${measured(metric, value)}${worth}`);
  });
  return element(
    'tr',
    { class: ranked.excluded ? 'out' : chosen ? 'chosen' : '' },
    element(
      'th',
      { scope: 'row' },
      ranked.arm,
      ranked.excluded ? element('span', { class: 'reason' }, ranked.excluded) : '',
    ),
    ...terms,
    element('td', { class: 'number' }, `${ranked.utility.toFixed(3)} ± ${ranked.deviation.toFixed(3)}`),
    element('td', { class: 'number' }, percent(ranked.probability)),
  );
}

const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

/** A logged decision can be explained from the log. */
function whyButton(router, answer) {
  const button = element('button', { type: 'button' }, 'Explain from the log');
  const place = element('div', {});
  button.addEventListener('click', async () => {
    try {
      place.replaceChildren(raw('Explanation', await explain(router, answer.decision_id), true));
    } catch (error) {
      place.replaceChildren(element('p', { class: 'fault' }, error.message));
    }
  });
  return element('div', {}, element('p', {}, button), place);
}

const raw = (title, value, open = false) =>
  element(
    'details',
    { open },
    element('summary', {}, title),
    element('pre', { tabindex: 0 }, JSON.stringify(value, null, 2)),
  );
