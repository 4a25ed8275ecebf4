/** A fresh temporary folder as a world for the suites of the Files port. */
import { chmod, link, mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFiles } from '../../platform/files.ts';
import type { DenyingWorld } from './denied-files-suite.ts';

/** `deny` has no effect on root, who may do everything. */
export async function openRealFiles(): Promise<DenyingWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'portcullis-files-')));
  const changed: string[] = [];
  return {
    files: createFiles('linux'),
    root,
    link: (target, path) => symlink(target, path),
    hardLink: (existing, path) => link(existing, path),
    async deny(path, attempt) {
      changed.push(path);
      const { mode } = await stat(path);
      await chmod(path, mode & (attempt === 'read' ? ~0o444 : ~0o222));
    },
    async close() {
      for (const path of changed) await chmod(path, 0o700);
      await rm(root, { recursive: true, force: true });
    },
  };
}
