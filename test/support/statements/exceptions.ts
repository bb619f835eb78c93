/** Statements that are of no single router by nature, by the function that issues them. Everything else is of one. */

export interface Exception {
  /**
   * `reference`: touches only tables that are the same on every node, or none.
   * `definition`: makes, changes, locks or cleans tables, which an engine does on all nodes at once.
   * `every router`: reads all routers, each by itself: tables are joined by router, and nothing is written.
   */
  readonly kind: 'reference' | 'definition' | 'every router';
  readonly why: string;
}

/** Tables that have no router: copied whole to every node. */
export const referenceTables: readonly string[] = ['replicas', 'signing_keys', 'log_floor', 'schema_migrations'];

const reference = (why: string): Exception => ({ kind: 'reference', why });
const definition = (why: string): Exception => ({ kind: 'definition', why });
const everyRouter = (why: string): Exception => ({ kind: 'every router', why });

export const exceptions: ReadonlyMap<string, readonly Exception[]> = new Map([
  ['claim-stripe.ts claimStripe', [reference('a replica has one number for all routers')]],
  ['claim-stripe.ts keepStripe', [reference('the heartbeat of a replica')]],
  ['claim-stripe.ts releaseStripe', [reference('the end of a replica')]],
  ['signing-keys.ts signingKeys', [reference('an advisory lock, so that one process makes the first key')]],
  ['signing-keys.ts rotateSigningKey', [reference('tokens of all routers are signed with the same keys')]],
  ['signing-keys.ts dropSigningKeys', [reference('tokens of all routers are signed with the same keys')]],
  ['signing-keys.ts makeKey', [reference('tokens of all routers are signed with the same keys')]],
  ['signing-keys.ts readKeys', [reference('tokens of all routers are signed with the same keys')]],
  ['retractions.ts abandonedRetractions', [everyRouter('finds what nobody works on; each is gone on with by itself')]],
  ['maintain.ts databaseTime', [reference('asks the clock of the database')]],
  ['maintain.ts longestWindowMs', [everyRouter('a day is kept for the router that takes outcomes for longest')]],
  ['fold-stripes.ts foldStripes', [everyRouter('finds the stripes that are due; each is folded by itself')]],
  ['live-replicas.ts liveReplicas', [reference('heartbeats are of replicas')]],
  ['budget-spend.ts readAllSpend', [everyRouter('how the budgets of all routers stand at the other replicas')]],
  ['watches.ts watchOwners', [everyRouter('finds the watches whose replica is gone; each is taken over by itself')]],
  ['migrations/0003-watches.ts up', [definition('makes the table of watches')]],
  ['read-router.ts listRouters', [everyRouter('the routers that a replica opens when it starts')]],
  ['router-versions.ts routerDigests', [everyRouter('what a replica polls to follow the others')]],
  ['router-versions.ts routerVersions', [everyRouter('the routers among which something changed')]],
  ['changes-of-many.ts changesOfMany', [everyRouter('what is new of many routers, each read by itself')]],
  ['partitions.ts daysOf', [reference('asks the catalogue for the days that there are')]],
  ['partitions.ts logFloor', [reference('days are dropped for all routers at once')]],
  [
    'partitions.ts dropDays',
    [reference('a time-out for its lock, and the new floor of all logs'), definition('drops a day')],
  ],
  [
    'partitions.ts refuseUnfolded',
    [definition('keeps new rows out of a day that goes'), everyRouter('a day goes when every router has folded it')],
  ],
  ['partitions.ts makePartition', [definition('makes a day')]],
  ['partitions.ts lockPartitions', [reference('an advisory lock')]],
  ['migrate.ts pendingMigrations', [reference('asks the catalogue')]],
  [
    'migrate.ts attempt',
    [reference('an advisory lock, and the list of migrations'), definition('the list of migrations')],
  ],
  ['migrate.ts appliedNames', [reference('the list of migrations')]],
  ['migrations/0001-first-tables.ts up', [definition('makes the tables'), reference('the first floor of the logs')]],
  ['migrations/0002-retractions.ts up', [definition('makes a table, and adds columns')]],
  [
    'housekeeping.ts runAll',
    [definition('vacuum and checkpoint of the embedded database, which is never distributed')],
  ],
]);
