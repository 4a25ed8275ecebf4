/** How we write files that are ours alone; other people's files go through `core/edits`. */
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Files } from '../ports.ts';

const temporaryName = /\.[0-9a-f]{16}\.tmp$/;

/**
 * Replaces one of our own files so that a crash leaves either the old or the new content, durably:
 * temporary file beside it, fsync, rename, fsync of the folder. The caller holds the file's lock.
 */
export async function replaceOwnFile(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    await files.createExclusive(temporary, bytes, 0o600);
    await files.rename(temporary, path);
  } catch (thrown) {
    await removeQuietly(files, temporary);
    throw thrown;
  }
  await files.syncFolder(dirname(path));
}

/**
 * Makes the entries of our own folders durable, from `folder` up to and with `top`. A file that is
 * durable in a folder that is not would be lost with it.
 */
export async function syncUpwards(files: Files, folder: string, top: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    await files.syncFolder(at);
    if (at === top || dirname(at) === at) return;
  }
}

/** Removes temporary files that a killed process left beside `path`. The caller holds the lock. */
export async function removeStrayTemporaries(files: Files, path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await files.list(folder)) {
    if (name.startsWith(prefix) && temporaryName.test(name)) await files.remove(join(folder, name));
  }
}

/** Reads a file that may be absent; absent means that two looks agree on it. */
export async function readIfThere(files: Files, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (thrown) {
    const missing = thrown instanceof AppError && thrown.code === 'file_missing';
    if (missing && (await files.lstat(path)) === undefined) return undefined;
    throw thrown;
  }
}

/** The first failure is the one worth reporting, so a failing clean-up is dropped on purpose. */
async function removeQuietly(files: Files, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch {
    // The next writer removes it.
  }
}
