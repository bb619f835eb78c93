/** Opens a replica: the logs in order, a stripe of its own, the routers, and the keys of its tokens. */
import { exampleProfiles, exampleRouter } from '../routing/profiles/example-router.js';
import { signingKeys } from '../store/signing-keys.js';
import { defaultTenant } from './default-tenant.js';
import type { Host } from './hosted-router.js';
import { keepInOrder } from './keep-in-order.js';
import { KeyKeeper } from './key-keeper.js';
import { keyOfSecret } from './key-ring.js';
import { Metrics } from './metrics.js';
import { Registry } from './registry.js';
import { StripeLease } from './stripe-lease.js';
import { Tradewind } from './tradewind.js';
import type { TradewindOptions } from './tradewind-options.js';

const defaultFeedbackCapacity = 50_000;

export async function startTradewind(options: TradewindOptions): Promise<Tradewind> {
  const host = await hostOf(options);
  const registry = new Registry(host, defaultTenant);
  await registry.load();
  if (options.seedExample && registry.all().length === 0) await registry.create(exampleRouter(), exampleProfiles());
  return new Tradewind(host, registry, await keysOf(options, host), options);
}

async function hostOf({ store, clock = Date.now, feedbackCapacity, tracing }: TradewindOptions): Promise<Host> {
  const metrics = new Metrics();
  await keepInOrder(store, metrics);
  return {
    store,
    lease: await StripeLease.claim(store),
    clock,
    metrics,
    feedbackCapacity: feedbackCapacity ?? defaultFeedbackCapacity,
    ...(tracing ? { tracing } : {}),
  };
}

/** Keys of the secrets that the operator gave, which stay; otherwise those of the store, which may be rotated while it runs. */
async function keysOf({ secrets = [] }: TradewindOptions, { store, clock }: Host): Promise<KeyKeeper> {
  if (secrets.length > 0) return new KeyKeeper(secrets.map(keyOfSecret), undefined, clock);
  const read = () => signingKeys(store, new Date(clock()));
  return new KeyKeeper(await read(), read, clock);
}
