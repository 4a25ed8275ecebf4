/**
 * The Files port on a real disk. It knows nothing of what it reads and writes; order, backups and
 * checks are the caller's. Every failure names the path and what to do about it.
 */
import { type BigIntStats, constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileFacts, Files, Platform } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';
import { hasAccessList } from './access-list.ts';
import { guardFile, readErrno } from './file-errors.ts';
import { acquireLock } from './file-lock.ts';
import { retryWhileBusy } from './retry-busy.ts';

const defaultLockWait = 10_000;

/** Files of this machine. `platform` decides what modes, folder syncs and retries mean. */
export function createFiles(platform: Platform): Files {
  const posix = platform !== 'windows';
  const patiently = posix ? runOnce : retryOnWindows;
  return {
    ...readingCalls(posix),
    ...writingCalls(posix),
    makeFolder: (path, options) =>
      guardFile(path, 'write', async () => {
        const recursive = options?.exclusive !== true;
        await fs.mkdir(path, { recursive, mode: options?.mode ?? 0o700 });
      }),
    rename: (from, to) => guardFile(to, 'write', () => patiently(() => fs.rename(from, to))),
    syncFolder: (path) =>
      guardFile(path, 'write', async () => {
        if (posix) await syncFolder(path);
      }),
    remove: (path) => guardFile(path, 'write', () => patiently(() => removeFile(path))),
    removeFolder: (path) => guardFile(path, 'write', () => removeFolder(path)),
    setMode: (path, mode) =>
      guardFile(path, 'write', async () => {
        if (posix) await fs.chmod(path, mode);
      }),
    checkWritable: (path) => guardFile(path, 'write', () => checkWritable(path)),
    hasAccessList: (path) => guardFile(path, 'read', async () => posix && hasAccessList(path)),
    freeSpace: (path) => guardFile(path, 'read', () => measureFreeSpace(path)),
    async withLock(path, work, options) {
      const deadline = performance.now() + (options?.wait ?? defaultLockWait);
      const lock = await acquireLock({ path, deadline });
      try {
        return await work();
      } finally {
        lock.release();
      }
    },
  };
}

type ReadingCalls = Pick<Files, 'stat' | 'lstat' | 'realpath' | 'read' | 'list'>;

function readingCalls(posix: boolean): ReadingCalls {
  const facts = (path: string, look: () => Promise<BigIntStats>) =>
    guardFile(path, 'read', async () => {
      try {
        return describeFile(await look(), posix);
      } catch (cause) {
        const errno = readErrno(cause);
        if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
        throw cause;
      }
    });
  return {
    stat: (path) => facts(path, () => fs.stat(path, { bigint: true })),
    lstat: (path) => facts(path, () => fs.lstat(path, { bigint: true })),
    realpath: (path) => guardFile(path, 'read', () => fs.realpath(path)),
    read: (path, options) => guardFile(path, 'read', () => readWhole(path, posix, options)),
    list: (path) => guardFile(path, 'read', async () => (await fs.readdir(path)).sort()),
  };
}

type WritingCalls = Pick<Files, 'createExclusive' | 'overwrite' | 'append'>;

function writingCalls(posix: boolean): WritingCalls {
  return {
    createExclusive: (path, bytes, mode) =>
      guardFile(path, 'write', () => createExclusive(path, bytes, posix ? mode : undefined)),
    overwrite: (path, bytes, same) =>
      guardFile(path, 'write', async () => {
        const flags = constants.O_RDWR | (posix ? constants.O_NOFOLLOW : 0);
        await using handle = await fs.open(path, flags);
        const { device, inode } = describeFile(await handle.stat({ bigint: true }), posix);
        if (same !== undefined && (same.device !== device || same.inode !== inode))
          throw otherFile(path);
        await writeAll(handle, bytes, 0);
        await handle.truncate(bytes.byteLength);
        await handle.sync();
      }),
    append: (path, bytes, options) =>
      guardFile(path, 'write', async () => {
        await using handle = await fs.open(path, 'a', options.mode);
        const { bytesWritten } = await handle.write(bytes);
        if (bytesWritten < bytes.byteLength) throw shortWrite(path);
        if (options.sync) await handle.sync();
      }),
  };
}

async function runOnce<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** Not tried on Windows; the retrying itself is tested with a stand-in for the system call. */
async function retryOnWindows<T>(work: () => Promise<T>): Promise<T> {
  return retryWhileBusy(work, { tries: 10, first: 50, longest: 2_000, sleep, random: Math.random });
}

function describeFile(stats: BigIntStats, posix: boolean): FileFacts {
  return {
    kind: kindOf(stats),
    size: Number(stats.size),
    mode: posix ? Number(stats.mode) & 0o7777 : 0,
    device: String(stats.dev),
    inode: String(stats.ino),
    links: Number(stats.nlink),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    modified: Number(stats.mtimeNs) / 1e6,
  };
}

function kindOf(stats: BigIntStats): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

async function readWhole(
  path: string,
  posix: boolean,
  { limit, last }: { limit?: number; last?: number } = {},
): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer that never comes.
  const flags = constants.O_RDONLY | (posix ? constants.O_NONBLOCK : 0);
  await using handle = await fs.open(path, flags);
  const stats = await handle.stat();
  if (stats.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' });
  if (!stats.isFile()) {
    throw new AppError('file_unsupported', `${path} is not an ordinary file.`, {
      hint: 'Name an ordinary file, not a pipe, a socket or a device.',
      details: { path },
    });
  }
  if (limit !== undefined && stats.size > limit) throw tooLarge(path, stats.size, limit);
  if (last !== undefined && stats.size > last) return readPart(handle, stats.size - last, last);
  const bytes = await handle.readFile();
  // The file may have grown since, and files under /proc claim no size at all.
  if (limit !== undefined && bytes.byteLength > limit)
    throw tooLarge(path, bytes.byteLength, limit);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Less than asked for where the file has shrunk meanwhile. */
async function readPart(handle: fs.FileHandle, from: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let done = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, done, count - done, from + done);
    done += bytesRead;
    if (bytesRead === 0 || done === count) return bytes.subarray(0, done);
  }
}

async function createExclusive(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const handle = await fs.open(path, 'wx', mode ?? 0o600);
  try {
    // The mask of the process may have taken bits away from what was asked for.
    if (mode !== undefined) await handle.chmod(mode);
    await writeAll(handle, bytes, 0);
    await handle.sync();
  } catch (cause) {
    await handle.close();
    // Half a file under the asked-for name would look like a whole one to the next reader.
    await fs.rm(path, { force: true });
    throw cause;
  }
  await handle.close();
}

async function writeAll(handle: fs.FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const left = bytes.byteLength - done;
    const { bytesWritten } = await handle.write(bytes, done, left, start + done);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

async function syncFolder(path: string): Promise<void> {
  await using handle = await fs.open(path, 'r');
  try {
    await handle.sync();
  } catch (cause) {
    // Some network and user-space file systems know no sync of folders; there is nothing to wait for.
    if (readErrno(cause) !== 'EINVAL') throw cause;
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (cause) {
    const errno = readErrno(cause);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return;
    // macOS says EPERM of a folder.
    const isFolder = errno === 'EPERM' && (await fs.lstat(path)).isDirectory();
    throw isFolder ? Object.assign(new Error('folder'), { code: 'EISDIR' }) : cause;
  }
}

async function removeFolder(path: string): Promise<void> {
  try {
    const stats = await fs.lstat(path);
    if (!stats.isDirectory()) throw notAFolder(path);
  } catch (cause) {
    if (readErrno(cause) === 'ENOENT') return;
    throw cause;
  }
  // The retries are for Windows, where a file just closed may still be held.
  await fs.rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function checkWritable(path: string): Promise<void> {
  const stats = await fs.stat(path);
  // Creating something in a folder needs the right to enter it, too.
  await fs.access(path, stats.isDirectory() ? constants.W_OK | constants.X_OK : constants.W_OK);
}

async function measureFreeSpace(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const stats = await fs.statfs(at, { bigint: true });
      return Number(stats.bavail * stats.bsize);
    } catch (cause) {
      if (readErrno(cause) !== 'ENOENT' || dirname(at) === at) throw cause;
    }
  }
}

function tooLarge(path: string, size: number, limit: number): AppError {
  return new AppError('file_too_large', `${path} has ${size} bytes; at most ${limit} are read.`, {
    hint: 'Check whether this is the right file.',
    details: { path, size, limit },
  });
}

function notAFolder(path: string): AppError {
  return new AppError('file_unsupported', `${path} is not a folder.`, {
    hint: 'Name the folder itself, not a link to it or a file.',
    details: { path },
  });
}

function otherFile(path: string): AppError {
  return new AppError('file_changed', `Another file was put in the place of ${path}.`, {
    hint: 'Find out which program does that, then try again. Nothing was written.',
    details: { path },
  });
}

function shortWrite(path: string): AppError {
  return new AppError('disk_full', `Only a part of a line could be added to ${path}.`, {
    hint: 'Free some space (or raise the quota of your user), then try again.',
    details: { path },
  });
}
