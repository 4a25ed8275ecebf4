/**
 * The drift world in a process of its own, to be killed or to compete: `node drift-worker STAGE TASK`.
 * The seam plan is in `PORTCULLIS_SEAM`. Prints one line of JSON about what it did.
 */
import { readFileSync } from 'node:fs';
import { applyDrift, type DriftStage, type DriftWorld, openDriftWorld } from './drift-world.ts';
import { createSeam, readSeamPlan, type Seam } from './faulty-files.ts';

const tasks: Record<string, (world: DriftWorld) => Promise<unknown>> = {
  repair: (world) => applyDrift(world, { all: { action: 'repair' } }, 'all'),
  /** Looks, and does what the policies say, as a door does that was told that files have changed. */
  noticed: (world) => world.app.drift.noticed(),
};

const [stagePath = '', task = ''] = process.argv.slice(2);
const stage: DriftStage = JSON.parse(readFileSync(stagePath, 'utf8'));
const work = tasks[task];
if (work === undefined) throw new Error(`There is no task ${task}.`);
let seam: Seam | undefined;
const world = openDriftWorld(stage, {
  wrap: (ports) => {
    seam = createSeam(ports, readSeamPlan(process.env));
    return seam;
  },
});
const answer = await work(world);
const calls = seam?.calls.map(({ method }) => method) ?? [];
process.stdout.write(`${JSON.stringify({ calls, answer: answer ?? null })}\n`);
