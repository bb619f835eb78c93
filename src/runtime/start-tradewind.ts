/** Opens a replica: the logs in order, a stripe of its own, the routers, and the keys of its tokens. */
import { Problem } from '../routing/problem.js';
import { exampleProfiles, exampleRouter } from '../routing/profiles/example-router.js';
import { signingKeys } from '../store/signing-keys.js';
import type { Store } from '../store/store.js';
import { defaultTenant } from './default-tenant.js';
import type { Host } from './hosted-router.js';
import { keepInOrder } from './keep-in-order.js';
import { KeyKeeper } from './key-keeper.js';
import { keyOfSecret } from './key-ring.js';
import { Metrics } from './metrics.js';
import { OutcomeRoom } from './outcome-room.js';
import { Registry } from './registry.js';
import { quiet, type RuntimeLogger } from './runtime-logger.js';
import { StripeLease } from './stripe-lease.js';
import { Tradewind } from './tradewind.js';
import type { TradewindOptions } from './tradewind-options.js';

/** Outcomes of one router and of all that may wait, some 0.5 KB each. */
const defaultFeedbackCapacity = 50_000;
const defaultTotalFeedbackCapacity = 100_000;

export async function startTradewind(options: TradewindOptions): Promise<Tradewind> {
  const host = await hostOf(options);
  const registry = new Registry(host, defaultTenant);
  await registry.load();
  const leftOut = [...registry.leftOut.values()];
  for (const { problem } of leftOut)
    (options.logger ?? quiet).error({ error: problem.message }, 'a router is left out');
  if (options.seedExample && registry.all().length + leftOut.length === 0) await makeExample(registry);
  return new Tradewind(host, registry, await keysOf(options, host), options);
}

/** Replicas that start together on an empty database all make it, and one of them is first. */
async function makeExample(registry: Registry): Promise<void> {
  const spec = exampleRouter();
  try {
    await registry.create(spec, exampleProfiles());
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'router-exists')) throw error;
    await registry.lookFor(spec.id);
  }
}

async function hostOf(options: TradewindOptions): Promise<Host> {
  const { store, clock = Date.now, tracing, logger = quiet } = options;
  const { feedbackCapacity = defaultFeedbackCapacity, totalFeedbackCapacity = defaultTotalFeedbackCapacity } = options;
  const metrics = new Metrics();
  await maintainIfPossible(store, metrics, logger);
  return {
    store,
    lease: await StripeLease.claim(store),
    clock,
    metrics,
    room: new OutcomeRoom(feedbackCapacity, totalFeedbackCapacity),
    ...(tracing ? { tracing } : {}),
  };
}

/**
 * Days are made three ahead, so that a replica can serve without this run; the next one, in half a minute, tells readiness
 * if it fails too. Without a database nothing can be served, and whoever started it is to hear that.
 */
async function maintainIfPossible(store: Store, metrics: Metrics, logger: RuntimeLogger): Promise<void> {
  try {
    await keepInOrder(store, metrics);
  } catch (error) {
    if (error instanceof Problem && error.code === 'database-unavailable') throw error;
    logger.error(
      { error: String(error) },
      'the logs could not be maintained at the start; tried again in half a minute',
    );
  }
}

/** Keys of the secrets that the operator gave, which stay; otherwise those of the store, which may be rotated while it runs. */
async function keysOf({ secrets = [] }: TradewindOptions, { store, clock }: Host): Promise<KeyKeeper> {
  if (secrets.length > 0) return new KeyKeeper(secrets.map(keyOfSecret), undefined, clock);
  const read = () => signingKeys(store, new Date(clock()));
  return new KeyKeeper(await read(), read, clock);
}
