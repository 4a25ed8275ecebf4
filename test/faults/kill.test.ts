/**
 * A process is killed with SIGKILL after every single call on files and keychain, and in the middle of
 * every write; a fresh process recovers (F-01, N-09, promise P5).
 */
import { afterAll, expect, test } from 'vitest';
import { createFiles } from '../../platform/files.ts';
import { openEditWorld } from '../support/edit-world.ts';
import { createFileKeychain } from '../support/file-keychain.ts';
import { openWorkers } from '../support/run-worker.ts';
import { runs } from '../support/runs.ts';
import { expectNothingLost, expectSettled, findValues } from '../support/survival.ts';
import { openStage, quickFolder, type Scene, type Stage, scenes } from './scenes.ts';

const workers = openWorkers();
afterAll(() => workers.close());

/** As this test process sees it: nothing of the killed one is left in memory. */
function open(stage: Stage) {
  const ports = { files: createFiles('linux'), keychain: createFileKeychain(stage.keychain) };
  return openEditWorld({ ...ports, root: stage.root });
}

async function killAt(
  scene: Scene,
  task: 'protect' | 'undo',
  plan: string,
): Promise<'killed' | 'survived'> {
  const stage = openStage(scene, quickFolder);
  try {
    await scene.before?.(open(stage), stage);
    const end = await workers.run(stage, task, { PORTCULLIS_SEAM: plan });
    const world = open(stage);
    await expectNothingLost(world, stage.planted);
    // This process has nothing of the killed one in memory, just as a new one.
    await world.edits.recover(world.recovery());
    const undoing = task === 'undo';
    await expectSettled(world, stage.root, stage.planted, stage.originals, undoing);
    expect(await world.edits.listOpen()).toEqual([]);
    await expectBackupsOpen(stage);
    if (end.signal !== null) expect(end.signal).toBe('SIGKILL');
    else expect(end).toMatchObject({ code: 0, errors: '' });
    return end.signal === null ? 'survived' : 'killed';
  } finally {
    stage.close();
  }
}

/** The way back is byte-exact, and sealed until it is taken. */
async function expectBackupsOpen(stage: Stage): Promise<void> {
  const { edits } = open(stage);
  for (const [file, text] of stage.originals) {
    for (const { id } of await edits.listBackups(file)) {
      const { bytes } = await edits.openBackup(id);
      expect([text, expect.stringContaining('portcullis:')]).toContainEqual(
        new TextDecoder().decode(bytes),
      );
    }
  }
}

async function countCalls(scene: Scene, task: 'protect' | 'undo'): Promise<readonly string[]> {
  const stage = openStage(scene, quickFolder);
  try {
    await scene.before?.(open(stage), stage);
    const { calls, code } = await workers.run(stage, task);
    expect(code).toBe(0);
    const left = task === 'protect' ? [] : [...stage.originals.keys()].sort();
    expect(findValues(stage.root, stage.planted)).toEqual(left);
    return calls;
  } finally {
    stage.close();
  }
}

/** Two at a time: starting a process is most of the work. Answers with the calls that did not kill. */
async function killAtEach(scene: Scene, task: 'protect' | 'undo', plans: readonly string[]) {
  const left = [...plans];
  const survived: string[] = [];
  async function work(): Promise<void> {
    for (let plan = left.shift(); plan !== undefined; plan = left.shift())
      if ((await killAt(scene, task, plan)) === 'survived') survived.push(plan);
  }
  await Promise.all([work(), work()]);
  return survived;
}

const writes = new Set(['createExclusive', 'append', 'overwrite']);

test('protect, killed after every call', async () => {
  const calls = await countCalls(scenes.protect, 'protect');
  const plans = calls.map((_method, index) => `kill@${index + 1}`);
  expect(await killAtEach(scenes.protect, 'protect', plans)).toEqual([]);
}, 600_000);

test('protect, killed in the middle of every write', async () => {
  const calls = await countCalls(scenes.protect, 'protect');
  const plans = calls.flatMap((method, index) =>
    writes.has(method) ? [`kill-torn@${index + 1}`] : [],
  );
  expect(plans.length).toBeGreaterThan(10);
  expect(await killAtEach(scenes.protect, 'protect', plans)).toEqual([]);
}, 600_000);

test('undo, killed after calls', async () => {
  const stride = runs(4, 1);
  const calls = await countCalls(scenes.undo, 'undo');
  const plans = calls.flatMap((_method, index) =>
    index % stride === 0 ? [`kill@${index + 1}`] : [],
  );
  expect(plans.length).toBeGreaterThan(10);
  expect(await killAtEach(scenes.undo, 'undo', plans)).toEqual([]);
}, 600_000);

test('a new process recovers what a killed one left', async () => {
  const stage = openStage(scenes.protect, quickFolder);
  const calls = await countCalls(scenes.protect, 'protect');
  const rename = calls.lastIndexOf('rename') + 1;
  await workers.run(stage, 'protect', { PORTCULLIS_SEAM: `kill@${rename}` });
  const { code, answer } = await workers.run(stage, 'recover');
  const done = [...stage.originals.keys()].map((file) => ({ file, outcome: 'moved' }));
  expect({ code, answer }).toMatchObject({ code: 0, answer: { moves: [{ files: done }] } });
  expect(await expectSettled(open(stage), stage.root, stage.planted, stage.originals)).toBe(
    'moved',
  );
  stage.close();
}, 120_000);
