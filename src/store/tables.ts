/**
 * The tables as Kysely types; `migrations/README.md` says what they are for. `json` columns hold the text as it was
 * written: they come out parsed, and go in as text.
 */
import type { ColumnType, Generated } from 'kysely';

import type { Change } from './router-record.js';
import type { ProfileRow } from '../routing/profile.js';
import type { RouterSpec } from '../routing/spec.js';

type Json<T> = ColumnType<T, string, string>;

interface OfRouter {
  tenant: string;
  router: string;
}

interface RouterTable extends OfRouter {
  revision: number;
  secret: Buffer;
  created_at: Date;
  changed_at: Date;
}

interface RouterRevisionTable extends OfRouter {
  revision: number;
  spec: Json<RouterSpec>;
  profiles: Json<ProfileRow[]>;
  changes: Json<Change[]>;
  created_at: Date;
}

interface ArtifactTable extends OfRouter {
  hash: string;
  kind: string;
  bytes: Buffer;
  created_at: Date;
}

interface DecisionTable extends OfRouter {
  decided_at: Date;
  decision_id: string;
  revision: number;
  schema: string;
  view: Json<Record<string, number>>;
  epoch: number;
  features: Buffer;
  objective: Json<Record<string, number>>;
  constraints: Json<object>;
  conditions: Json<object>;
  policy: string;
  candidates: Json<string[]>;
  probabilities: number[];
  excluded: Json<object[]>;
  arm: string;
  propensity: number;
}

interface FeedbackTable extends OfRouter {
  decided_at: Date;
  decision_id: string;
  metric: string;
  value: number;
  target: number | null;
  arm: string;
  chosen: string;
  propensity: number;
  schema: string;
  epoch: number;
  features: Buffer;
  source: string;
  received_at: Date;
  stripe: number;
  stripe_version: number;
  /** Number of the retraction that took it out; 0 for none. */
  retraction: Generated<number>;
}

interface FeedbackCorrectionTable extends FeedbackTable {
  replaced_version: number;
  replaced_by: string;
  replaced_at: Date;
}

interface StatisticsTable extends OfRouter {
  schema: string;
  arm: string;
  metric: string;
  epoch: number;
  stripe: number;
  bytes: Buffer;
}

interface StripeTable extends OfRouter {
  stripe: number;
  version: number;
  folded: Generated<number>;
  owner: string;
  changed_at: Date;
}

interface BudgetSpendTable extends OfRouter {
  budget: string;
  stripe: number;
  requests: number;
  spent: number;
  state: Json<unknown>;
  changed_at: Date;
}

interface RetractionTable extends OfRouter {
  retraction: number;
  source: string;
  since: Date;
  until: Date | null;
  requested_by: string;
  reason: string;
  requested_at: Date;
  horizon: Json<Record<string, number>>;
  progress: Json<Record<string, number>>;
  outcomes: Generated<number>;
  restored: Generated<number>;
  oldest: Date | null;
  worker: string;
  worked_at: Date;
  finished_at: Date | null;
}

interface ReplicaTable {
  stripe: number;
  owner: string;
  heartbeat: Date;
}

interface SigningKeyTable {
  id: string;
  secret: Buffer;
  created_at: Date;
  retired_at: Date | null;
}

interface LogFloorTable {
  single: boolean;
  dropped_before: Date;
}

interface MigrationTable {
  name: string;
  applied_at: ColumnType<Date, never, never>;
}

export interface Tables {
  routers: RouterTable;
  router_revisions: RouterRevisionTable;
  artifacts: ArtifactTable;
  decisions: DecisionTable;
  feedback: FeedbackTable;
  feedback_corrections: FeedbackCorrectionTable;
  statistics: StatisticsTable;
  stripes: StripeTable;
  budget_spend: BudgetSpendTable;
  retractions: RetractionTable;
  replicas: ReplicaTable;
  signing_keys: SigningKeyTable;
  log_floor: LogFloorTable;
  schema_migrations: MigrationTable;
}
