/**
 * A disk that loses what was not synced. It records every change; `cutAt(step, kept)` answers with the
 * files as they are when the power goes after that many changes, with only the first `kept` of those
 * left that no sync had reached. The strictest reading of POSIX: data lasts once its file is synced,
 * a name lasts once its folder is.
 */
import { dirname } from 'node:path/posix';
import type { Files } from '../../core/ports.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';

interface Change {
  /** Done again on another disk. */
  readonly redo: (files: Files) => Promise<void>;
  /** The folder whose sync makes it last; undefined when it lasts at once. */
  readonly folder: string | undefined;
  /** Number of the change whose folder sync came, once it has. */
  syncedAt: number | undefined;
}

export interface PowerLossFiles {
  readonly files: Files;
  /** How many changes there were. */
  steps(): number;
  /** How many of the first `step` changes no sync had reached by then. */
  unsynced(step: number): number;
  cutAt(step: number, kept: number): Promise<MemoryFiles>;
}

/** `start` lays out what is on the disk, durably, before anything else. */
export async function createPowerLossFiles(
  start: (files: MemoryFiles) => Promise<void>,
): Promise<PowerLossFiles> {
  const disk = createMemoryFiles();
  await start(disk);
  const changes: Change[] = [];

  async function change(folder: string | undefined, redo: Change['redo']): Promise<void> {
    await redo(disk);
    changes.push({ redo, folder, syncedAt: undefined });
  }

  /** A file lasts in place once its name does; until then its appended lines hang on the name. */
  function nameIsPending(path: string): boolean {
    const folder = dirname(path);
    return changes.some((one) => one.folder === folder && one.syncedAt === undefined);
  }

  async function makeFolders(path: string, mode: number | undefined): Promise<void> {
    if ((await disk.lstat(path)) !== undefined) return;
    if (dirname(path) !== path) await makeFolders(dirname(path), mode);
    await change(dirname(path), (files) =>
      files.makeFolder(path, mode === undefined ? {} : { mode }),
    );
  }

  const files: Files = {
    ...disk,
    makeFolder: (path, options) => makeFolders(path, options?.mode),
    createExclusive: (path, bytes, mode) =>
      change(dirname(path), (on) => on.createExclusive(path, bytes, mode)),
    overwrite: (path, bytes) => change(undefined, (on) => on.overwrite(path, bytes)),
    append: (path, bytes, options) =>
      change(
        options.sync && !nameIsPending(path) && hasFile(path) ? undefined : dirname(path),
        (on) => on.append(path, bytes, options),
      ),
    rename: (from, to) => change(dirname(to), (on) => on.rename(from, to)),
    remove: (path) => change(dirname(path), (on) => on.remove(path)),
    removeFolder: (path) => change(dirname(path), (on) => on.removeFolder(path)),
    setMode: (path, mode) => change(dirname(path), (on) => on.setMode(path, mode)),
    async syncFolder(path) {
      await disk.syncFolder(path);
      for (const one of changes) {
        if (one.folder === path && one.syncedAt === undefined) one.syncedAt = changes.length;
      }
    },
  };

  function hasFile(path: string): boolean {
    return typeof disk.snapshot()[path] === 'string';
  }

  const lasts = ({ folder, syncedAt }: Change, step: number): boolean =>
    folder === undefined || (syncedAt !== undefined && syncedAt <= step);

  return {
    files,
    steps: () => changes.length,
    unsynced: (step) => changes.slice(0, step).filter((one) => !lasts(one, step)).length,
    async cutAt(step, kept) {
      const after = createMemoryFiles();
      await start(after);
      let left = kept;
      for (const one of changes.slice(0, step)) {
        if (!lasts(one, step) && left-- <= 0) continue;
        await redoIfPossible(one, after);
      }
      return after;
    },
  };
}

/** What hangs on something lost (a file in a folder that is gone) is lost with it. */
async function redoIfPossible(one: Change, files: Files): Promise<void> {
  try {
    await one.redo(files);
  } catch {
    // Lost.
  }
}
