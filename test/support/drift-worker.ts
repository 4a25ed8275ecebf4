/**
 * The drift world in a process of its own, to be killed or to compete: `node drift-worker STAGE TASK`.
 * The seam plan is in `PORTCULLIS_SEAM`. Prints one line of JSON about what it did.
 */
import { readFileSync } from 'node:fs';
import { createWatch } from '../../platform/watch.ts';
import { applyDrift, type DriftStage, type DriftWorld, openDriftWorld } from './drift-world.ts';
import { createSeam, readSeamPlan, type Seam } from './faulty-files.ts';

const count = Number(process.env.PORTCULLIS_COUNT ?? '1');
const who = process.env.PORTCULLIS_WHO ?? 'worker';

const tasks: Record<string, (world: DriftWorld) => Promise<unknown>> = {
  repair: (world) => applyDrift(world, { all: { action: 'repair' } }, 'all'),
  /** Looks as a door does that was told that files have changed. */
  noticed: (world) => world.app.drift.noticed(),
  /** Switches servers of its own on and off, in one file that all workers share, and counts itself. */
  mutate: async (world) => {
    for (let done = 0; done < count; done += 1) {
      const server = `${who}-${done % 5}`;
      const placed = Math.floor(done / 5) % 2 === 0;
      await retry(async () => {
        const result = await applyDrift(
          world,
          { changes: [{ action: placed ? 'place' : 'displace', server, client: 'cursor' }] },
          'all',
        );
        const failed = result.receipts.find(({ outcome }) => outcome === 'failed');
        if (failed !== undefined) throw new Error(failed.message);
      });
      await world.app.records.change((records) => ({
        records: {
          ...records,
          projectFolders: [...records.projectFolders, `/none/${who}/${done}`],
        },
        result: undefined,
      }));
    }
  },
};

/** What others do between plan and apply is a conflict; a person would plan again. */
async function retry(work: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (tries >= 50) throw thrown;
    }
  }
}

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
  ...(process.env.PORTCULLIS_WATCH === '1' ? { watch: createWatch() } : {}),
});
const stop = await world.app.watch();
const answer = await work(world);
await stop();
const calls = seam?.calls.map(({ method }) => method) ?? [];
process.stdout.write(`${JSON.stringify({ calls, answer: answer ?? null })}\n`);
