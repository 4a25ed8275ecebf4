/**
 * The world stops after every single call on files and keychain: this call is done, none after it is.
 * Then a new start recovers. Nothing may be lost, and each file is untouched or moved (F-01, N-09).
 * `kill.test.ts` does the same with real kills; this one affords every scene and a second crash in
 * the middle of the recovery.
 */
import { expect, test } from 'vitest';
import type { RecoveryReport } from '../../core/edits/recovery.ts';
import { createFiles } from '../../platform/files.ts';
import { type EditWorld, openEditWorld } from '../support/edit-world.ts';
import { createSeam, type Seam, type SeamPlan } from '../support/faulty-files.ts';
import { createFileKeychain } from '../support/file-keychain.ts';
import { runs } from '../support/runs.ts';
import { expectNothingLost, expectSettled, expectTold } from '../support/survival.ts';
import { openStage, quickFolder, type Scene, type Stage, scenes } from './scenes.ts';

function open(stage: Stage, plan?: SeamPlan): { world: EditWorld; seam: Seam } {
  const ports = { files: createFiles('linux'), keychain: createFileKeychain(stage.keychain) };
  const seam = createSeam(ports, plan);
  return { seam, world: openEditWorld({ ...seam, root: stage.root }) };
}

/** What fails after the halt is the dead process talking. */
async function runDying(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // As good as killed.
  }
}

async function countCalls(scene: Scene): Promise<number> {
  const stage = openStage(scene, quickFolder);
  try {
    await scene.before?.(open(stage).world, stage);
    const { world, seam } = open(stage);
    await scene.act(world, stage);
    return seam.calls.length;
  } finally {
    stage.close();
  }
}

async function crashAt(scene: Scene, at: number): Promise<Stage & { close(): void }> {
  const stage = openStage(scene, quickFolder);
  await scene.before?.(open(stage).world, stage);
  const { world } = open(stage, { act: 'halt', at });
  await runDying(() => scene.act(world, stage));
  await expectNothingLost(open(stage).world, stage.planted);
  return stage;
}

function expectReported(scene: Scene, report: RecoveryReport, stage: Stage): void {
  if (scene === scenes.undo)
    expectTold('undo', report.moves, stage.planted, { value: 'moved', reference: 'untouched' });
  else
    expectTold('protect', report.moves, stage.planted, { value: 'untouched', reference: 'moved' });
}

for (const scene of Object.values(scenes)) {
  test(`${scene.name}: a stop after any call, then recovery`, async () => {
    const calls = await countCalls(scene);
    expect(calls).toBeGreaterThan(30);
    const ends = new Set<string>();
    for (let at = 1; at <= calls; at += 1) {
      const stage = await crashAt(scene, at);
      const { world } = open(stage);
      const report = await world.edits.recover(world.recovery());
      expectReported(scene, report, stage);
      const undoing = scene === scenes.undo;
      ends.add(await expectSettled(world, stage.root, stage.planted, stage.originals, undoing));
      expect(await world.edits.listOpen()).toEqual([]);
      stage.close();
    }
    expect(ends).toContain('untouched');
    expect(ends).toContain('moved');
  }, 120_000);
}

test('a stop after any call, then recovery that goes on with the move', async () => {
  const scene = scenes.protect;
  const calls = await countCalls(scene);
  let resumed = 0;
  for (let at = 1; at <= calls; at += 1) {
    const stage = await crashAt(scene, at);
    const { world } = open(stage);
    const report = await world.edits.recover(world.recovery({ resume: stage.planted }));
    expectReported(scene, report, stage);
    const end = await expectSettled(world, stage.root, stage.planted, stage.originals);
    if (end === 'moved') resumed += 1;
    expect(end).not.toBe('partly');
    stage.close();
  }
  expect(resumed).toBeGreaterThan(calls / 4);
}, 120_000);

test('a second stop in the recovery, then recovery', async () => {
  const stride = runs(7, 2);
  for (const scene of [scenes.protect, scenes.undo]) {
    const calls = await countCalls(scene);
    for (let at = 1; at <= calls; at += stride) {
      for (let again = 1 + (at % stride); ; again += stride) {
        const stage = await crashAt(scene, at);
        const { world, seam } = open(stage, { act: 'halt', at: again });
        const resume = at % 2 === 0 ? { resume: stage.planted } : {};
        await runDying(() => world.edits.recover(world.recovery(resume)));
        await expectNothingLost(open(stage).world, stage.planted);
        const last = open(stage).world;
        await last.edits.recover(last.recovery(resume));
        const undoing = scene === scenes.undo;
        await expectSettled(last, stage.root, stage.planted, stage.originals, undoing);
        stage.close();
        if (!seam.fired()) break;
      }
    }
  }
}, 3_600_000);
