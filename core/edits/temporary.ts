/**
 * Temporary files beside files of other programs. Their names carry the id of their move, so that what
 * a crash left behind is found again and nobody else's file is taken for ours.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Files } from '../ports.ts';

/** A new name in `folder`. */
export function temporaryIn(folder: string, move: string): string {
  return join(folder, `${prefixOf(move)}${randomBytes(4).toString('hex')}.tmp`);
}

/** Removes what a move left beside its files. False when something could not be removed. */
export async function removeTemporaries(
  files: Files,
  move: string,
  targets: readonly { readonly file: string; readonly path: string }[],
): Promise<boolean> {
  try {
    for (const folder of await foldersOf(files, targets)) {
      if ((await files.stat(folder))?.kind !== 'folder') continue;
      for (const name of await files.list(folder)) {
        if (name.startsWith(prefixOf(move))) await files.remove(join(folder, name));
      }
    }
    return true;
  } catch {
    // Its reason does not matter: the move stays open, and the next start tries again.
    return false;
  }
}

/** Where the links led when the move began, and where they lead now. */
async function foldersOf(
  files: Files,
  targets: readonly { readonly file: string; readonly path: string }[],
): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for (const { file, path } of targets) {
    folders.add(dirname(path));
    if ((await files.stat(file)) !== undefined) folders.add(dirname(await files.realpath(file)));
  }
  return folders;
}

function prefixOf(move: string): string {
  return `.portcullis-${move}-`;
}
