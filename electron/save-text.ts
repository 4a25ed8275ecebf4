/** Keeps a text as a file where the person says, by the system's own window: a page downloads nothing here. */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ElectronParts } from './parts.ts';

/** UTF-16 code units; as much as the contract lets an export have. */
export const mostText = 20_000_000;

/** A plain name, so that the place is the person's to choose and not the page's. */
export function isFileName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/.test(name);
}

/** Answers whether it was kept: a person may think otherwise. */
export function createSaveText({
  dialog,
}: Pick<ElectronParts, 'dialog'>): (name: string, text: string) => Promise<boolean> {
  return async (name, text) => {
    const { canceled, filePath } = await dialog.showSaveDialog({
      title: 'Portcullis',
      defaultPath: name,
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    });
    if (canceled || filePath === '') return false;
    await replaceFile(filePath, text);
    return true;
  };
}

/**
 * Nobody else on the computer needs to read it: a file or link that is there already, with rights of
 * its own, makes room for a new one.
 */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}
