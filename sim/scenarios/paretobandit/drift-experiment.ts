/** A scenario of three phases: warm up on `val`, then something changes in phase 2 and changes back in phase 3. */
import { fixedArms } from '../../runner/fixed-arms.js';
import type { RunSummary } from '../../runner/summary.js';
import type { World } from '../../worlds/world.js';
import { adaptationRows, type PolicyRuns } from '../file/results.js';
import type { Scenario } from '../scenario.js';
import { configuration } from './configuration.js';
import { readParetoData, type ParetoData } from './data.js';
import {
  openData,
  phasedWorld,
  phasesOf,
  playOnce,
  resultRow,
  seedsOf,
  tableOf,
  type Job,
  type Opened,
  type ResultRow,
} from './experiment.js';
import type { Published } from './published.js';
import { experimentPage } from './page.js';
import { pairedRewards, pairedTable } from './paired.js';

export interface DriftExperiment {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly published: readonly Published[];
  /** What happens, by a name; the first is what was published of. */
  readonly disturbances: Readonly<Record<string, (world: World) => World>>;
  readonly changes: readonly { readonly phase: string; readonly label: string }[];
}

const phases = ['1', '2', '3'];

export function driftExperiment(experiment: DriftExperiment): Scenario<ParetoData, Opened, Job, RunSummary> {
  const { published, disturbances } = experiment;
  const [main, ...others] = Object.keys(disturbances) as [string, ...string[]];
  return {
    name: experiment.name,
    summary: experiment.summary,
    defaultSeeds: 20,
    prepare: readParetoData,
    open: openData,
    jobs: (_, seeds) =>
      [main, ...others].flatMap((world) =>
        published.flatMap(({ budget }) => seedsOf(seeds).map((seed) => ({ world, variant: { budget }, seed }))),
      ),
    play: (opened, job) => playOnce(opened, disturbances[job.world]!(phasedWorld(opened, job.variant)), job),
    conclude(data, jobs, results) {
      const rowsOf = (world: string): ResultRow[] =>
        published.flatMap((figures) =>
          phases.map((phase) => {
            const fits = (job: Job) => job.world === world && job.variant.budget === figures.budget;
            const found = phasesOf(jobs, results, phase, fits);
            return resultRow(found, data.arms, figures.budget, Number(phase), world === main ? figures : undefined);
          }),
        );
      const rows = rowsOf(main);
      const played = jobs.map((job, i) => ({ job, run: results[i]! }));
      // All budgets meet the same requests, and all seeds the same ones in another order.
      const fixed = fixedArms(disturbances[main]!(phasedWorld(openData(data), {})), { accuracy: 1 }, 1);
      const runsOf = (world: string): PolicyRuns[] =>
        published.map(({ budget }) => ({
          name: `${world}, ${budget.toExponential(2)} $`,
          budget: { metric: 'cost_usd', per_request: budget },
          runs: results.filter((_, i) => jobs[i]!.world === world && jobs[i]!.variant.budget === budget),
        }));
      const adaptations = adaptationRows(Object.keys(disturbances).flatMap(runsOf), [fixed]);
      const playedIn = (world: string) => played.filter(({ job }) => job.world === world);
      const differences = others.map((world) => ({
        ...{ world, than: main },
        ...pairedRewards(playedIn(world), playedIn(main)),
      }));
      const beside = Object.fromEntries(others.map((world) => [world, rowsOf(world)]));
      return {
        json: {
          configuration,
          rows,
          ...beside,
          differences,
          adaptations,
          detected: results.map(({ detected }, i) => ({ ...jobs[i]!, detected })),
        },
        page: experimentPage(
          {
            name: experiment.name,
            title: experiment.title,
            rows,
            data,
            changes: experiment.changes,
            fixed: fixed.phases,
            adaptations,
            tables: differences.map(({ world, than, ...paired }) => pairedTable(`${world}, less ${than}`, paired)),
            beside: others.map((world) => ({ caption: `Reward and use, ${world}`, rows: beside[world]! })),
          },
          playedIn(main),
        ),
        lines: [
          ...tableOf(rows),
          ...Object.entries(beside).flatMap(([world, also]) => ['', `${world}:`, ...tableOf(also)]),
        ],
      };
    },
  };
}
