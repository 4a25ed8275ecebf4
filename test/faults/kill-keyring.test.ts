/**
 * `kill.test.ts` with a real keychain: gnome-keyring on a bus of its own holds the items, and the
 * helper process loses its parent in the middle.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFiles } from '../../platform/files.ts';
import {
  createSystemKeychain,
  type SystemKeychain,
} from '../../platform/keychain/system-keychain.ts';
import { openEditWorld } from '../support/edit-world.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { openWorkers } from '../support/run-worker.ts';
import { runs } from '../support/runs.ts';
import { expectNothingLost, expectSettled } from '../support/survival.ts';
import { openStage, quickFolder, scenes } from './scenes.ts';

const workers = openWorkers();
let keyring: Keyring;
let keychain: SystemKeychain;
beforeAll(async () => {
  keyring = await startKeyring();
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  keychain = createSystemKeychain({ machine });
});
afterAll(async () => {
  await keychain.close();
  await keyring.stop();
  workers.close();
});

const helper = join(import.meta.dirname, '../../platform/keychain/helper.ts');
const library = createRequire(import.meta.url).resolve('@napi-rs/keyring');

async function forget(): Promise<void> {
  for (const account of ['alpha', 'beta', ':sealing-key']) await keychain.delete(account);
}

test('protect, killed after calls, with the items in a real keyring', async () => {
  const env = { ...keyring.env, PORTCULLIS_KEYCHAIN_HELPER: JSON.stringify([helper, library]) };
  const dry = openStage(scenes.protect, quickFolder);
  const whole = await workers.run(dry, 'protect', env);
  expect(whole).toMatchObject({ code: 0, errors: '' });
  dry.close();
  await forget();
  const ends = new Set<string>();
  for (let at = whole.calls.length - 1; at > 0; at -= runs(19, 1)) {
    const stage = openStage(scenes.protect, quickFolder);
    const end = await workers.run(stage, 'protect', { ...env, PORTCULLIS_SEAM: `kill@${at}` });
    expect(end.signal).toBe('SIGKILL');
    const world = openEditWorld({ files: createFiles('linux'), keychain, root: stage.root });
    await expectNothingLost(world, stage.planted);
    await world.edits.recover(world.recovery());
    ends.add(await expectSettled(world, stage.root, stage.planted, stage.originals));
    await forget();
    stage.close();
  }
  expect(ends).toContain('untouched');
  expect(ends).toContain('moved');
}, 600_000);
