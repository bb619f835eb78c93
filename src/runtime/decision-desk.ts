/** Takes requests for a route: one decision each, signed, counted, and on its way to the log. */
import type { LoggedDecision } from '../routing/decision.js';
import type { RouteAnswer, RouteRequest } from '../routing/request.js';
import { insertDecisions } from '../store/insert-decisions.js';
import { AskedIn } from './asked-in.js';
import { answerOf, tokenPayload } from './answer.js';
import { DecisionBatcher } from './decision-batcher.js';
import { decisionIds } from './decision-ids.js';
import { createEmbeddingsClient, type EmbeddingsClient } from './embeddings.js';
import type { Host, HostedRouter } from './hosted-router.js';
import type { KeyKeeper } from './key-keeper.js';
import type { Registry } from './registry.js';
import type { RuntimeLogger } from './runtime-logger.js';

export interface DecisionDeskOptions {
  readonly host: Host;
  readonly registry: Pick<Registry, 'find'>;
  readonly keys: Pick<KeyKeeper, 'sign'>;
  readonly logger: RuntimeLogger;
  /** Where the keys of embeddings endpoints are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Decisions that may wait to be logged. */
  readonly capacity: number;
}

export class DecisionDesk {
  /** Decisions that wait to be logged. */
  readonly queue: DecisionBatcher;
  private readonly embeddings: EmbeddingsClient;
  private readonly nextId: () => string;
  private readonly askedIn: AskedIn | undefined;

  constructor(private readonly options: DecisionDeskOptions) {
    const { host, logger, env, capacity } = options;
    this.nextId = decisionIds(host.clock);
    this.askedIn = host.tracing && new AskedIn(host.tracing);
    this.queue = new DecisionBatcher({
      write: (batch) => this.log(batch),
      onError: (error, waiting) =>
        logger.warn({ error: String(error), waiting }, 'decisions could not be logged; trying again'),
      capacity,
      batchSize: 500,
      // A statement costs some milliseconds beside its rows: a decision among 500 takes an embedded server 26 µs, among 150 45.
      lingerMs: 50,
      retryMs: 250,
    });
    this.embeddings = createEmbeddingsClient({
      env,
      onFailure: (failure) =>
        logger.warn(failure, 'an embedding could not be fetched; what the feature falls back to stands in'),
    });
  }

  /** @throws Problem 'unknown-router' | 'overloaded' | what the request makes impossible */
  route(request: RouteRequest): RouteAnswer | Promise<RouteAnswer> {
    const router = this.options.registry.find(request.router);
    if (request.dry_run !== true) this.queue.assertRoom();
    const embeddings = this.embeddings.embeddingsOf(router.live.router.spec.features, request.context);
    if (embeddings instanceof Promise) return embeddings.then((found) => this.decide(router, request, found));
    return this.decide(router, request, embeddings);
  }

  private decide(
    router: HostedRouter,
    request: RouteRequest,
    embeddings: Parameters<typeof router.live.decide>[2],
  ): RouteAnswer {
    const { keys, host } = this.options;
    const start = performance.now();
    const decision = router.live.decide(request, this.nextId(), embeddings);
    const dry = request.dry_run === true;
    const token = dry ? undefined : keys.sign(tokenPayload(decision.logged));
    if (!dry) {
      this.askedIn?.note([decision.logged]);
      this.queue.add(decision.logged);
      router.recent.add(decision.logged.arm, host.clock());
      host.metrics.decisions.add(request.router, decision.logged.arm);
    }
    host.metrics.deciding.observe((performance.now() - start) / 1000);
    return answerOf(decision, token);
  }

  private async log(batch: readonly LoggedDecision[]): Promise<void> {
    const { store, metrics, tracing, clock } = this.options.host;
    const insert = () => metrics.timeCommit('decisions', () => insertDecisions(store, batch, new Date(clock())));
    const refused = await (tracing && this.askedIn
      ? tracing.apart(
          'tradewind.commit',
          { 'tradewind.commit.kind': 'decisions', 'tradewind.commit.rows': batch.length },
          this.askedIn.of(batch),
          insert,
        )
      : insert());
    for (const { decision, reason } of refused)
      this.options.logger.error({ decision: decision.id, reason }, 'a decision cannot be logged');
  }
}
