/** What only an ordinary user meets: folders and files that the system itself keeps shut. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFiles } from '../../platform/files.ts';
import { openEditWorld, type Planted, renderClientFile } from '../../test/support/edit-world.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { plantSecret } from '../../test/support/planted.ts';

let root: string;
let home: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'portcullis-user-')));
  home = join(root, 'home');
  mkdirSync(home);
});
afterEach(() => {
  chmodSync(home, 0o700);
  rmSync(root, { recursive: true, force: true });
});

function plant(name: string): Planted {
  const planted = { file: join(home, name), server: 'alpha', name: 'TOKEN', value: plantSecret() };
  writeFileSync(planted.file, renderClientFile([planted]), { mode: 0o600 });
  return planted;
}

async function expectRefused(planted: Planted, code: string): Promise<void> {
  const keychain = createMemoryKeychain();
  const world = openEditWorld({ files: createFiles('linux'), keychain, root });
  const result = await world.protect([planted]);
  expect(result).toMatchObject({
    files: [{ outcome: 'failed', error: { code, hint: expect.stringMatching(/\S/) } }],
    items: [{ outcome: 'skipped' }],
    pending: false,
  });
  expect(keychain.accounts()).toEqual([]);
}

test('this is an ordinary user', () => {
  expect(process.geteuid?.()).not.toBe(0);
});

test('a folder that may not be written', async () => {
  const planted = plant('a.json');
  const text = readFileSync(planted.file, 'utf8');
  chmodSync(home, 0o500);
  await expectRefused(planted, 'file_unwritable');
  expect(readFileSync(planted.file, 'utf8')).toBe(text);
  expect(readdirSync(home)).toEqual(['a.json']);
});

test('a folder that may not be entered', async () => {
  const planted = plant('a.json');
  chmodSync(home, 0o000);
  await expectRefused(planted, 'file_unreadable');
});

test('a file that may not be read, and one that may not be written', async () => {
  const planted = plant('a.json');
  chmodSync(planted.file, 0o200);
  await expectRefused(planted, 'file_unreadable');
  chmodSync(planted.file, 0o400);
  await expectRefused(planted, 'file_unwritable');
});

test('a file of another owner', async () => {
  const file = '/etc/passwd';
  const planted = { file, server: 'alpha', name: 'TOKEN', value: 'root' };
  const keychain = createMemoryKeychain();
  const world = openEditWorld({ files: createFiles('linux'), keychain, root });
  const result = await world.edits.runMove({
    id: world.edits.newMoveId(),
    kind: 'repair',
    store: [],
    files: [{ file, places: [], edit: () => new TextEncoder().encode(planted.value) }],
  });
  expect(result.files).toMatchObject([{ outcome: 'failed', error: { code: 'file_unwritable' } }]);
});
