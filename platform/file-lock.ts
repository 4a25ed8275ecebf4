/**
 * An exclusive lock between processes. The kernel holds it (through SQLite's file locking), so it
 * ends with the process however that dies, and it can never be taken from a process that is alive
 * but slow. Lock files that name a process id do neither safely: ids are reused, a process in
 * another PID namespace (Flatpak, a container) looks dead, two heirs of one stale file can both
 * win, and those that judge by age alone let a crash block everybody for many seconds.
 *
 * The files stay behind, empty. Nothing else in this process may open them: by POSIX rules, closing
 * any other handle of a locked file would drop the lock.
 */
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../shared/errors.ts';
import { describeFileError, readErrno } from './file-errors.ts';

/** SQLite's primary result codes; the extended ones carry more in the upper bits. */
const sqliteBusy = 5;
const sqliteLocked = 6;

const firstPoll = 1;
const longestPoll = 20;

interface HeldLock {
  release(): void;
}

export interface LockRequest {
  /** What is locked, for messages; the lock files stand beside it. */
  readonly path: string;
  /** Milliseconds on the monotonic clock at which to give up. */
  readonly deadline: number;
}

/**
 * Waits for the lock of `path`. Those who wait queue at a gate, so that a process that releases and
 * at once asks again comes after the one that has been waiting.
 * Fails with `file_busy` at the deadline, or as creating a file may fail.
 */
export async function acquireLock(request: LockRequest): Promise<HeldLock> {
  const gate = await pollLock(`${request.path}.lock-gate`, request);
  try {
    return await pollLock(`${request.path}.lock`, request);
  } finally {
    gate.release();
  }
}

async function pollLock(file: string, request: LockRequest): Promise<HeldLock> {
  for (let delay = firstPoll; ; delay = Math.min(delay * 1.5, longestPoll)) {
    const held = await tryLock(file);
    if (held !== undefined) return held;
    const left = request.deadline - performance.now();
    if (left <= 0) throw busy(request.path);
    await sleep(Math.min(left, delay * (0.5 + Math.random())));
  }
}

async function tryLock(file: string): Promise<HeldLock | undefined> {
  // Loaded here because most starts of the launcher never lock.
  const { DatabaseSync } = await import('node:sqlite');
  createPrivately(file);
  let database: InstanceType<typeof DatabaseSync> | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    // Without this a `-journal` file would appear beside every held lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return undefined;
    throw cannotLock(file, cause);
  }
  const held = database;
  return { release: () => held.close() };
}

/**
 * SQLite would create the file readable by others. Both calls are synchronous so that no lock can
 * be taken on the file by this process between them (see above).
 */
function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (cause) {
    if (readErrno(cause) !== 'EEXIST') throw describeFileError(cause, file, 'write');
  }
}

function isBusy(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('errcode' in cause)) return false;
  const { errcode } = cause;
  if (typeof errcode !== 'number') return false;
  const primary = errcode & 0xff;
  return primary === sqliteBusy || primary === sqliteLocked;
}

function cannotLock(file: string, cause: unknown): AppError {
  return new AppError('file_unwritable', `The lock file ${file} cannot be used.`, {
    hint: 'Check the permissions of the file and its folder; it must be on a disk that knows file locks, and it may be deleted while Portcullis is not running.',
    details: { path: file },
    cause,
  });
}

function busy(path: string): AppError {
  return new AppError('file_busy', `Another Portcullis is working on ${path}.`, {
    hint: 'Wait until it has finished, or close it, then try again.',
    details: { path },
  });
}
