/**
 * Starting a program in a process group of its own and ending that whole group, so that what an
 * `npx` or a shell script started in turn does not outlive the server.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';
import { readErrno } from './file-errors.ts';
import { coverLeftOpen } from './left-open.ts';
import { hasLiveMember, listOutsiders } from './process-list.ts';

export type GroupLeader = ChildProcessByStdio<Writable, Readable, Readable>;

export interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Milliseconds between two looks at a group: nothing tells when the last of it is gone. */
const firstLook = 5;
const longestLook = 50;
/** Milliseconds for the kernel to take away a group after SIGKILL. */
const lastWait = 5_000;

/**
 * Starts `command` without a shell. Fails with `command_not_found` or `server_start_failed`, naming
 * the command and never its arguments, which may hold secrets.
 */
export async function startGroup(
  command: string,
  args: readonly string[],
  options: StartOptions,
): Promise<GroupLeader & { readonly pid: number }> {
  const { env, cwd } = options;
  if (cwd !== undefined && !existsSync(cwd)) throw startFailure(command, 'ENOENT', cwd);
  const covered = coverLeftOpen();
  try {
    const child = spawn(command, [...args], {
      env: { ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['pipe', 'pipe', 'pipe', ...covered.streams],
      detached: true,
      windowsHide: true,
      // Its first three streams are pipes, whatever comes after them.
    }) as GroupLeader;
    await once(child, 'spawn');
    if (child.pid === undefined) throw startFailure(command, 'no process id');
    return Object.assign(child, { pid: child.pid });
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const errno = isNowhere(command, env) ? 'ENOENT' : (readErrno(cause) ?? 'unknown');
    throw startFailure(command, errno, undefined, cause);
  } finally {
    covered.release();
  }
}

/**
 * Whether a name without a folder is in none of the folders of `PATH`. The system answers EACCES
 * instead of ENOENT as soon as one of those folders may not be entered.
 */
function isNowhere(command: string, env: Readonly<Record<string, string>>): boolean {
  if (command.includes('/') || env.PATH === undefined) return false;
  return !env.PATH.split(delimiter).some((folder) => existsSync(join(folder, command)));
}

/**
 * Ends the group: input closed, SIGTERM, SIGKILL, `grace` milliseconds apart. A sandbox would end its server
 * the hard way at once, so a server in one is signalled itself before.
 */
export async function stopGroup(
  leader: GroupLeader,
  platform: Platform,
  grace: number,
): Promise<void> {
  const { pid } = leader;
  if (pid === undefined) return;
  leader.stdin.end();
  await waitUntil(() => hasExited(leader), grace);
  if (platform === 'windows') return stopTree(leader, pid);
  if (platform === 'linux' && grace > 0 && !hasExited(leader)) {
    const outsiders = listOutsiders(pid);
    for (const outsider of outsiders) signalOne(outsider);
    if (outsiders.length > 0) await waitUntil(() => hasExited(leader), grace);
  }
  // The leader may be gone while those it started are not.
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!signalGroup(pid, signal)) break;
    const gone = () => !signalGroup(pid, 0) || (platform === 'linux' && !hasLiveMember(pid));
    if (await waitUntil(gone, signal === 'SIGKILL' ? lastWait : grace)) break;
  }
  await waitUntil(() => hasExited(leader), lastWait);
}

/** Not tried: Windows has no groups; `taskkill /T` walks the tree by parent ids. */
async function stopTree(leader: GroupLeader, pid: number): Promise<void> {
  if (hasExited(leader)) return;
  const killer = spawn('taskkill', ['/T', '/F', '/PID', String(pid)], {
    stdio: 'ignore',
    windowsHide: true,
  });
  killer.on('error', () => leader.kill('SIGKILL'));
  await waitUntil(() => hasExited(leader), lastWait);
}

function signalOne(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has ended by itself, or it became somebody else's.
  }
}

/** False when no process of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (cause) {
    // EPERM: macOS says so of a group whose members are all zombies, others of foreign processes.
    return readErrno(cause) === 'EPERM' && signal !== 0;
  }
}

function hasExited(leader: GroupLeader): boolean {
  return leader.exitCode !== null || leader.signalCode !== null;
}

async function waitUntil(done: () => boolean, longest: number): Promise<boolean> {
  const deadline = performance.now() + longest;
  for (let interval = firstLook; !done(); interval = Math.min(interval * 2, longestLook)) {
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(interval, left));
  }
  return true;
}

function startFailure(command: string, errno: string, cwd?: string, cause?: unknown): AppError {
  const name = basename(command);
  const missing = errno === 'ENOENT' && cwd === undefined;
  const message = missing
    ? `The command ${name} was not found.`
    : `The command ${name} could not be started${cwd === undefined ? '' : ` in ${cwd}`} (${errno}).`;
  return new AppError(missing ? 'command_not_found' : 'server_start_failed', message, {
    hint: missing
      ? `Install ${name}, or name it by its full path.`
      : 'Check that the folder exists and that the file may be executed.',
    details: { command: name, errno },
    cause,
  });
}
