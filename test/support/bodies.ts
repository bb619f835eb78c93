/** Arbitrary request bodies: mostly of the right shape, with some of their parts replaced by anything JSON can hold. */
import fc from 'fast-check';

const nasty = fc.constantFrom<unknown>(
  null,
  '',
  -1,
  -0,
  5e-324,
  1.7976931348623157e308,
  Infinity,
  [],
  {},
  '\u0000',
  '\ud800',
  "'; DROP TABLE decisions; --",
  'constructor',
  'x'.repeat(300),
);
const anything = fc.oneof({ weight: 3, arbitrary: nasty }, { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

/** The given arbitrary, or now and then something else in its place. */
const spoilt = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: good }, { weight: 1, arbitrary: anything });

/** Numbers of every size that float64 has, the usual ones most often. */
const sized = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 1e-3, max: 1e3, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(1, -1), fc.integer({ min: -323, max: 308 })).map(([sign, e]) => sign * 10 ** e),
  },
);

/** An object with some required and some optional fields, and now and then a field that nobody declared. */
const shape = (
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) => {
  const fields = Object.entries({ ...required, ...optional }).map(([name, good]) => [name, spoilt(good)]);
  const kept = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: Object.keys(required),
  });
  const extra = fc
    .tuple(kept, fc.string({ maxLength: 20 }), anything)
    .map(([value, name, member]) => ({ ...value, [name]: member }));
  const cut = fc.tuple(kept, fc.constantFrom(...Object.keys(required), '')).map(([value, gone]) => {
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone));
  });
  return fc.oneof({ weight: 30, arbitrary: kept }, { weight: 1, arbitrary: extra }, { weight: 1, arbitrary: cut });
};

const armId = fc.constantFrom('qwen/qwen3-8b', 'small', 'nobody', 'constructor');
const metricValues = fc.dictionary(
  fc.constantFrom('accuracy', 'energy_j', 'cost_usd', 'made_up'),
  spoilt(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ noNaN: true, noDefaultInfinity: true }))),
);
const objective = fc.dictionary(
  fc.constantFrom('accuracy', 'energy_j'),
  spoilt(fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), sized)),
);
const feature = fc.oneof(
  shape({
    name: fc.constant('task'),
    type: fc.constant('category'),
    values: fc.array(fc.constantFrom('qa', 'sum'), { minLength: 1 }),
  }),
  shape(
    { name: fc.constant('n'), type: fc.constant('number'), minimum: fc.integer(), maximum: fc.integer() },
    { from: fc.string() },
  ),
  shape(
    { name: fc.constant('v'), type: fc.constant('vector'), dimension: fc.integer({ min: 1, max: 24 }) },
    { project_to: fc.integer({ min: 1, max: 24 }) },
  ),
  shape({ name: fc.constant('t'), type: fc.constant('text'), dimension: fc.integer({ min: 8, max: 24 }) }),
);
const arm = shape(
  { id: armId },
  {
    state: fc.constantFrom('active', 'paused'),
    tasks: fc.array(fc.constantFrom('qa', 'sentiment')),
    list_price: fc.record({ cost_usd: sized }),
  },
);
const policy = fc.oneof(
  shape(
    { name: fc.constantFrom('linucb', 'thompson') },
    { width: fc.oneof(fc.double({ min: 0, max: 2, noNaN: true }), sized) },
  ),
  shape({ name: fc.constant('inverse-gap') }, { gamma: sized }),
  shape({ name: fc.constant('fixed'), arm: armId }),
  shape({ name: fc.constantFrom('greedy', 'uniform', 'profile') }),
);
const duration = fc.constantFrom('7d', '1h', '3650d', '999999999d');
const change = shape(
  { at: fc.constantFrom('2026-11-01T00:00:00Z', '2126-11-01T00:00:00Z'), arm: armId, metric: fc.constant('accuracy') },
  { scale: sized, offset: sized, level_outcomes: sized },
);
const metric = shape(
  {
    name: fc.constantFrom('cost_usd', 'stars'),
    unit: fc.constant('1'),
    minimum: fc.constantFrom(0, -1),
    maximum: sized,
  },
  { noise: sized },
);
const members = {
  arms: fc.array(arm, { maxLength: 3 }),
  features: fc.array(feature, { maxLength: 3 }),
  objective,
};
const optionalMembers = {
  policy,
  floor: fc.double({ min: 0, max: 1, noNaN: true }),
  half_life: duration,
  feedback_window: duration,
  breaker: shape({}, { failures: fc.integer({ min: 1 }), cooldown: duration }),
  prior: shape({}, { precision: sized, trust: sized, cap: sized, borrow: sized }),
  changes: fc.array(change, { maxLength: 3 }),
  detect_changes: shape({}, { allowance: sized, threshold: sized, level_outcomes: sized }),
  metrics: fc.array(metric, { maxLength: 2 }),
  budgets: fc.array(
    fc.oneof(
      shape({ metric: fc.constant('cost_usd'), per_request: sized }),
      shape({
        metric: fc.constant('energy_j'),
        limit: fc.double({ min: 1e-9, max: 1, noNaN: true }),
        per: fc.constantFrom('1d', '0s'),
      }),
    ),
    { maxLength: 2 },
  ),
  baseline: armId,
};
const router = shape({ id: fc.constantFrom('default', 'r-1', 'r-2'), ...members }, optionalMembers);
const profileRow = shape(
  {
    arm: armId,
    metrics: metricValues,
    samples: fc.integer({ min: 1, max: 1000 }),
    source: fc.string({ minLength: 1 }),
    measured_on: fc.constantFrom('2026', '2026-11'),
  },
  { task: fc.constantFrom('qa', 'sentiment'), hardware: fc.string() },
);
const feedbackItem = shape(
  { metrics: metricValues },
  {
    feedback_token: fc.string({ minLength: 1 }),
    decision_id: fc.uuid(),
    router: fc.constantFrom('default', 'x'),
    served_arm: armId,
    failed: fc.boolean(),
    source: fc.constantFrom('grader', "'; --"),
    correction: fc.boolean(),
  },
);

export const bodies = {
  route: shape(
    {
      router: fc.constantFrom('default', 'unheard-of'),
      context: fc.dictionary(
        fc.constantFrom('task', 'prompt', 'constructor'),
        spoilt(
          fc.oneof(
            fc.string(),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
          ),
        ),
      ),
    },
    {
      candidates: fc.array(armId, { minLength: 1 }),
      constraints: shape(
        {},
        {
          allow: fc.array(armId),
          max_energy_j: fc.double({ min: 0, max: 1e4, noNaN: true }),
          otherwise: fc.constantFrom('error', 'relax', 'baseline'),
        },
      ),
      objective,
      baseline: armId,
      dry_run: fc.boolean(),
    },
  ),
  feedback: fc.oneof(feedbackItem, shape({ items: fc.array(feedbackItem, { minLength: 1, maxLength: 4 }) })),
  router,
  routerPatch: shape({}, { ...members, ...optionalMembers }),
  arm,
  profiles: shape(
    { rows: fc.array(profileRow, { minLength: 1, maxLength: 3 }) },
    { mode: fc.constantFrom('merge', 'replace') },
  ),
  state: shape({
    format: fc.constant('tradewind-state-1'),
    spec: router,
    profiles: fc.array(profileRow, { maxLength: 2 }),
    schema: fc.string({ minLength: 1 }),
    encoders: fc.dictionary(fc.constantFrom('prompt'), fc.string()),
    statistics: fc.array(
      shape({ arm: armId, metric: fc.constant('accuracy'), epoch: fc.nat(), bytes: fc.base64String() }),
      { maxLength: 2 },
    ),
  }),
} as const satisfies Record<string, fc.Arbitrary<unknown>>;
