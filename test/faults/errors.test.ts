/**
 * Every call on files and keychain fails once, or fails from there on, in every way there is (F-02,
 * F-05). The move answers with clear errors, and after a recovery on a mended machine each file is
 * untouched or moved.
 */
import { expect, test } from 'vitest';
import type { MoveResult } from '../../core/edits/model.ts';
import { createFiles } from '../../platform/files.ts';
import { AppError } from '../../shared/errors.ts';
import { openEditWorld } from '../support/edit-world.ts';
import {
  createSeam,
  errnos,
  keychainFaults,
  type Seam,
  type SeamPlan,
} from '../support/faulty-files.ts';
import { createFileKeychain } from '../support/file-keychain.ts';
import { runs } from '../support/runs.ts';
import { expectNothingLost, expectSettled } from '../support/survival.ts';
import { openStage, quickFolder, type Scene, type Stage, scenes } from './scenes.ts';

const fileActs = [...errnos, 'short-write'] as const;

function open(stage: Stage, plan?: SeamPlan) {
  const ports = { files: createFiles('linux'), keychain: createFileKeychain(stage.keychain) };
  const seam = createSeam(ports, plan);
  return { seam, world: openEditWorld({ ...seam, root: stage.root }) };
}

function isResult(answer: unknown): answer is MoveResult {
  return typeof answer === 'object' && answer !== null && 'items' in answer;
}

/** Whatever went wrong has a code of the table and says what to do. */
function expectClear(answer: unknown): void {
  const errors = isResult(answer)
    ? [answer, ...answer.files, ...answer.items].flatMap(({ error }) => error ?? [])
    : [answer];
  for (const error of errors) {
    expect(error).toBeInstanceOf(AppError);
    if (!(error instanceof AppError)) continue;
    expect(error.code).not.toBe('internal');
    expect(error.hint).toMatch(/\S/);
  }
}

async function failAt(
  scene: Scene,
  plan: SeamPlan,
): Promise<{ fired: boolean; calls: Seam['calls'] }> {
  const stage = openStage(scene, quickFolder);
  try {
    await scene.before?.(open(stage).world, stage);
    const { world, seam } = open(stage, plan);
    const answer = await scene.act(world, stage).catch((thrown: unknown) => thrown);
    expectClear(answer);
    await expectNothingLost(open(stage).world, stage.planted);
    const next = open(stage).world;
    await next.edits.recover(next.recovery());
    const undoing = scene === scenes.undo;
    await expectSettled(next, stage.root, stage.planted, stage.originals, undoing);
    return { fired: seam.fired(), calls: seam.calls };
  } finally {
    stage.close();
  }
}

async function failEverywhere(scene: Scene, act: SeamPlan['act'], lasting: boolean) {
  let fired = 0;
  // A stride of a prime: each act meets other calls in a short run, all of them in a long one.
  const stride = runs(5, 1);
  for (let at = 1 + (act.length % stride); ; at += stride) {
    const one = await failAt(scene, { act, at, lasting });
    if (one.fired) fired += 1;
    if (at > one.calls.length) return fired;
  }
}

for (const act of fileActs) {
  test(`${act} at every call`, async () => {
    expect(await failEverywhere(scenes.protect, act, false)).toBeGreaterThan(0);
    expect(await failEverywhere(scenes.undo, act, true)).toBeGreaterThan(0);
  }, 600_000);
}

/** The keychain is called seldom, so its calls are looked up first and all of them fail once. */
async function failKeychain(act: SeamPlan['act'], lasting: boolean) {
  const calm = await failAt(scenes.protect, { act, at: Number.MAX_SAFE_INTEGER, lasting });
  let fired = 0;
  for (const { number, port } of calm.calls) {
    if (port !== 'keychain') continue;
    if ((await failAt(scenes.protect, { act, at: number, lasting })).fired) fired += 1;
  }
  return fired;
}

for (const act of keychainFaults) {
  test(`${act} at every call of the keychain`, async () => {
    expect(await failKeychain(act, false)).toBeGreaterThan(0);
    expect(await failKeychain(act, true)).toBeGreaterThan(0);
  }, 600_000);
}

test('every call of a recovery fails, and a later one settles everything', async () => {
  const acts = ['EIO', 'ENOSPC', 'EACCES', 'ENOENT', 'keychain_locked', 'short-write'] as const;
  let fired = 0;
  for (const act of acts) {
    for (let crash = 20; crash < 110; crash += runs(15, 4)) {
      for (let at = 1; ; at += runs(5, 1)) {
        const stage = openStage(scenes.protect, quickFolder);
        const dying = open(stage, { act: 'halt', at: crash }).world;
        await dying.protect(stage.planted).catch((thrown: unknown) => thrown);
        const { world, seam } = open(stage, { act, at });
        const resume = crash % 2 === 0 ? { resume: stage.planted } : {};
        await world.edits.recover(world.recovery(resume)).catch(expectClear);
        await expectNothingLost(open(stage).world, stage.planted);
        const next = open(stage).world;
        await next.edits.recover(next.recovery(resume));
        await expectSettled(next, stage.root, stage.planted, stage.originals);
        stage.close();
        if (seam.fired()) fired += 1;
        if (at > seam.calls.length) break;
      }
    }
  }
  expect(fired).toBeGreaterThan(50);
}, 600_000);
