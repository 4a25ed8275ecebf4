import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSaveText } from './save-text.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'save-text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function saveTo(filePath: string, canceled = false) {
  const showSaveDialog = async () => ({ canceled, filePath });
  const dialog = { showSaveDialog } as unknown as Parameters<typeof createSaveText>[0]['dialog'];
  return createSaveText({ dialog })('export.json', 'new');
}

test.skipIf(process.platform === 'win32')(
  'a file that everybody may read becomes one that only its owner may',
  async () => {
    const path = join(folder, 'export.json');
    writeFileSync(path, 'old');
    chmodSync(path, 0o666);
    expect(await saveTo(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['export.json']);
  },
);

test.skipIf(process.platform === 'win32')('a link is replaced, not followed', async () => {
  const [path, other] = [join(folder, 'export.json'), join(folder, 'other')];
  writeFileSync(other, 'old');
  symlinkSync(other, path);
  await saveTo(path);
  expect(readFileSync(other, 'utf8')).toBe('old');
  expect(lstatSync(path).isFile()).toBe(true);
});

test('nothing is left behind where it cannot be written, nor written when nobody wants it', async () => {
  const path = join(folder, 'a-folder');
  writeFileSync(join(folder, 'file'), '');
  await expect(saveTo(join(folder, 'file', 'x'))).rejects.toThrow();
  expect(await saveTo(path, true)).toBe(false);
  expect(readdirSync(folder)).toEqual(['file']);
});
