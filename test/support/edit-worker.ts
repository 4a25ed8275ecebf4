/**
 * The edit world in a process of its own, to be killed: `node edit-worker STAGE TASK`, where STAGE is
 * a JSON file with `root`, `keychain` and `planted`, and TASK is one of the rows below. The seam plan
 * is in `PORTCULLIS_SEAM`. With `PORTCULLIS_KEYCHAIN_HELPER`, the arguments of the helper program as JSON,
 * it uses the system's keychain. Prints one line of JSON about what it did.
 */
import { readFileSync } from 'node:fs';
import { createClock } from '../../platform/clock.ts';
import { createFiles } from '../../platform/files.ts';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { type EditWorld, openEditWorld, type Planted } from './edit-world.ts';
import { createSeam, readSeamPlan } from './faulty-files.ts';
import { createFileKeychain } from './file-keychain.ts';

interface WorkerStage {
  readonly root: string;
  readonly keychain: string;
  readonly planted: readonly Planted[];
}

const tasks: Record<string, (world: EditWorld, stage: WorkerStage) => Promise<unknown>> = {
  protect: (world, { planted }) => world.protect(planted),
  undo: (world, { planted }) => world.undo(planted),
  recover: (world) => world.edits.recover(world.recovery()),
  resume: (world, { planted }) => world.edits.recover(world.recovery({ resume: planted })),
  /** Each server alone, so that two workers meet often. */
  protectEach: async (world, { planted }) => {
    const results: unknown[] = [];
    for (const one of planted) results.push(await world.protect([one]));
    return results;
  },
  /** Changes the records as often as the environment says. */
  count: async (world) => {
    for (let done = 0; done < Number(process.env.PORTCULLIS_COUNT); done += 1)
      await world.records.change((records) => ({
        records: {
          ...records,
          projectFolders: [...records.projectFolders, `/${process.pid}/${done}`],
        },
        result: undefined,
      }));
  },
};

const [stagePath = '', task = ''] = process.argv.slice(2);
const stage: WorkerStage = JSON.parse(readFileSync(stagePath, 'utf8'));
const helper = process.env.PORTCULLIS_KEYCHAIN_HELPER;
const system =
  helper === undefined
    ? undefined
    : createSystemKeychain({
        machine: { platform: 'linux', home: process.env.HOME ?? '', env: process.env },
        helper: { command: process.execPath, args: JSON.parse(helper) },
      });
const keychain = system ?? createFileKeychain(stage.keychain);
const seam = createSeam({ files: createFiles('linux'), keychain }, readSeamPlan(process.env));
const work = tasks[task];
if (work === undefined) throw new Error(`There is no task ${task}.`);
const world = openEditWorld({ ...seam, root: stage.root, clock: createClock() });
const answer = await work(world, stage);
const calls = seam.calls.map(({ method }) => method);
process.stdout.write(`${JSON.stringify({ calls, answer })}\n`);
await system?.close();
