import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesSuite } from '../test/support/files-suite.ts';
import { openRealFiles } from '../test/support/real-files.ts';
import { createFiles } from './files.ts';

filesSuite('on a real disk', openRealFiles);

test('on Windows modes are 0 and folder syncs are skipped', async () => {
  const world = await openRealFiles();
  const files = createFiles('windows');
  const path = join(world.root, 'file');
  await files.createExclusive(path, new Uint8Array(1), 0o600);
  expect((await files.stat(path))?.mode).toBe(0);
  await files.syncFolder(join(world.root, 'gone'));
  await world.close();
});
