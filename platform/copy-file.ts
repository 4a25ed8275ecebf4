/** Copies large files. */
import { constants } from 'node:fs';
import { chmod, copyFile as copy } from 'node:fs/promises';
import { guardFile } from './file-errors.ts';

/** Copies a file that must not exist yet; where the file system can, both share their blocks. */
export async function copyFile(from: string, to: string, mode: number): Promise<void> {
  await guardFile(to, 'write', async () => {
    await copy(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await chmod(to, mode);
  });
}
