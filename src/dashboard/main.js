/**
 * The page: which router and task are looked at, and when what is shown is fetched again. What is shown is drawn by
 * summary.js, trends.js, arms.js, chart.js and try.js.
 */
import * as api from './api.js';
import { armsHint, armsTable } from './arms.js';
import { plottedMetric, scatter } from './chart.js';
import { element } from './elements.js';
import { metricName } from './format.js';
import { History, readingOf, trendsOf } from './history.js';
import { summary } from './summary.js';
import { trendCards } from './trends.js';
import { fieldsFor, tryRequest } from './try.js';

const REFRESH_MS = 5000;
const $ = (id) => document.getElementById(id);
const seen = new History();
let current;

function say(error) {
  $('fault').hidden = !error;
  $('fault').textContent = error?.message ?? '';
}

/** The category by which beliefs are shown: the feature called task, or else the first there is. */
function categoryOf(spec) {
  const categories = spec.features.filter(({ type }) => type === 'category');
  return categories.find(({ name }) => name === 'task') ?? categories[0];
}

function dryRequest(spec) {
  const category = categoryOf(spec);
  const context = category && $('task').value ? { [category.from ?? category.name]: $('task').value } : {};
  return { router: spec.id, context, dry_run: true };
}

async function refresh() {
  const [ready, state, late, metrics] = await Promise.all([
    api.readiness(),
    api.router($('router').value),
    api.overview($('router').value),
    api.metrics(),
  ]);
  current = state;
  showReadiness(ready);
  const answer = state.spec.arms.length > 0 ? await api.decide(dryRequest(state.spec)).catch(say) : undefined;
  $('summary').replaceChildren(...summary(state, late, answer));
  showTrends(state.spec, { metrics, late, answer });
  $('arms').replaceChildren(...armsTable(state, answer, late));
  // What is believed of an arm that may not serve such a request is a guess that nothing rests on.
  const eligible = (answer?.ranking ?? []).filter(({ excluded }) => !excluded);
  $('arms-hint').textContent = armsHint(late);
  plot(eligible);
}

function showTrends(spec, found) {
  const { context } = dryRequest(spec);
  const readings = seen.add(JSON.stringify([spec.id, context]), readingOf(Date.now(), spec, found));
  const trends = trendsOf(readings, spec);
  $('over-time').hidden = trends.length === 0;
  $('trends').replaceChildren(
    ...trendCards(
      trends,
      readings.map(({ at }) => at),
    ),
  );
  const [kind] = Object.values(context);
  const request = kind === undefined ? 'a request' : `a request of ${categoryOf(spec).name} ${kind}`;
  $('trends-hint').textContent =
    `From ${new Date(readings[0].at).toLocaleTimeString()} on. What is expected is of ${request}, over the arms by their probability.`;
}

/** Without a price in energy, money or time there is nothing to plot accuracy over, and no caption either. */
function plot(eligible) {
  const metric = plottedMetric(eligible);
  const points = eligible.map(({ arm, expected, probability }) => {
    return { arm, accuracy: expected.accuracy, price: expected[metric], probability };
  });
  const drawing = metric && scatter(points, metric);
  $('scatter').replaceChildren(...(drawing ? [drawing] : []));
  $('plot').hidden = !drawing;
  $('plotted').textContent = metric ? metricName(metric) : '';
}

function showReadiness({ status, reasons }) {
  $('readiness').textContent = status;
  $('readiness').className = `pill ${status}`;
  $('readiness').title = reasons.join('; ');
}

async function choose() {
  history.replaceState(null, '', `#${encodeURIComponent($('router').value)}`);
  current = await api.router($('router').value);
  const category = categoryOf(current.spec);
  $('task-picker').hidden = !category;
  if (category) {
    $('task-picker').firstElementChild.textContent = category.name;
    $('task').replaceChildren(...category.values.map((value) => element('option', { value }, value)));
  }
  $('fields').replaceChildren(...fieldsFor(current.spec));
  $('answer').replaceChildren();
  await refresh();
}

/** What goes wrong is said on the page, and taken back when it goes right again. */
const guarded = (action) => () => action().then(() => say(), say);

async function start() {
  const all = await api.routers();
  if (all.length === 0) throw new Error('There is no router yet; POST /v1/routers makes one.');
  $('router').replaceChildren(...all.map(({ spec }) => element('option', { value: spec.id }, spec.id)));
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (all.some(({ spec }) => spec.id === wanted)) $('router').value = wanted;
  await choose();
}

$('router').addEventListener('change', guarded(choose));
$('task').addEventListener('change', guarded(refresh));
$('try').addEventListener('submit', (event) => {
  event.preventDefault();
  if (current) void tryRequest($('try'), current, $('answer'));
});
setInterval(() => {
  if (!document.hidden && current) guarded(refresh)();
}, REFRESH_MS);
guarded(start)();
