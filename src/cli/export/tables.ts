/** The tables of an export: their columns, and how their rows are read. `README.md` beside this file describes them. */
import type { LoggedDecision } from '../../routing/decision.js';
import { streamDecisions } from '../../store/read-decisions.js';
import type { RouterKey, Store } from '../../store/store.js';
import {
  streamCorrections,
  streamOutcomes,
  type LoggedCorrection,
  type LoggedOutcome,
} from '../../store/stream-outcomes.js';
import { uuidBytes, uuidTimeMs } from '../../routing/uuid.js';
import type { Column, ColumnType, Format, Row } from './columns.js';
import { rounds } from './rounds.js';

export interface TimeWindow {
  readonly from: Date;
  /** The first time that is outside. */
  readonly to: Date;
}

export interface ExportTable {
  readonly name: string;
  /** The columns; some tables look through the window first, for a format whose header comes before the rows. */
  columns(store: Store, key: RouterKey, window: TimeWindow, format: Format): Promise<readonly Column[]>;
  /** Rows in the order of the decisions' times, a page at a time. */
  pages(store: Store, key: RouterKey, window: TimeWindow, format: Format): AsyncIterable<readonly Row[]>;
}

/** Types by the name of the column, with a question mark where it may be null. */
type Types = Readonly<Record<string, ColumnType | `${ColumnType}?`>>;

const columns = (types: Types): Column[] =>
  Object.entries(types).map(([name, type]) =>
    type.endsWith('?')
      ? { name, type: type.slice(0, -1) as ColumnType, nullable: true }
      : { name, type: type as ColumnType },
  );

const decisionColumns = columns({
  ...{ decision_id: 'id', decided_at: 'time', revision: 'integer', schema: 'text', view: 'json', epoch: 'integer' },
  ...{ features: 'features', objective: 'json', constraints: 'json', conditions: 'json', policy: 'text' },
  ...{ candidates: 'texts', probabilities: 'numbers', excluded: 'json', arm: 'text', propensity: 'number' },
});

const outcomeTypes: Types = {
  ...{ decision_id: 'id', decided_at: 'time', metric: 'text', value: 'number', target: 'integer?', arm: 'text' },
  ...{ chosen: 'text', propensity: 'number', schema: 'text', epoch: 'integer', features: 'features', source: 'text' },
  ...{ received_at: 'time', stripe: 'integer', stripe_version: 'integer' },
};

const feedbackColumns = columns(outcomeTypes);
const correctionColumns = columns({
  ...outcomeTypes,
  ...{ replaced_version: 'integer', replaced_by: 'text', replaced_at: 'time' },
});

const timeOf = (id: string): Date => new Date(uuidTimeMs(uuidBytes(id)));

function decisionRow({ id, tenant: _tenant, router: _router, ...rest }: LoggedDecision): Row {
  return { ...rest, decision_id: id, decided_at: timeOf(id) };
}

function outcomeRow({ decisionId, receivedAt, stripeVersion, ...rest }: LoggedOutcome): Row {
  return {
    ...rest,
    ...{
      decision_id: decisionId,
      decided_at: timeOf(decisionId),
      received_at: receivedAt,
      stripe_version: stripeVersion,
    },
  };
}

function correctionRow({ replacedVersion, replacedBy, replacedAt, ...rest }: LoggedCorrection): Row {
  return {
    ...outcomeRow(rest),
    ...{ replaced_version: replacedVersion, replaced_by: replacedBy, replaced_at: replacedAt },
  };
}

async function* mapped<T>(pages: AsyncIterable<readonly T[]>, row: (value: T) => Row): AsyncGenerator<Row[]> {
  for await (const page of pages) yield page.map(row);
}

const decisions: ExportTable = {
  name: 'decisions',
  columns: () => Promise.resolve(decisionColumns),
  pages: (store, key, window) => mapped(streamDecisions(store, key, window), decisionRow),
};
const feedback: ExportTable = {
  name: 'feedback',
  columns: () => Promise.resolve(feedbackColumns),
  pages: (store, key, window) => mapped(streamOutcomes(store, key, window), outcomeRow),
};
const corrections: ExportTable = {
  name: 'feedback_corrections',
  columns: () => Promise.resolve(correctionColumns),
  pages: (store, key, window) => mapped(streamCorrections(store, key, window), correctionRow),
};

export const tables: readonly ExportTable[] = [decisions, feedback, corrections, rounds];
