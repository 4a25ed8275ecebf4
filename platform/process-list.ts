/**
 * The processes of this user, to tell whether a client is running. Only the program is told, never
 * its arguments: those may hold secrets.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { Platform, RunningProcess } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';
import { readErrno } from './file-errors.ts';

const run = promisify(execFile);

/** Programs that say nothing by themselves: their script is the program. */
const interpreters = /^(node|nodejs|bun|deno|electron|python[\d.]*|ruby|java)(\.exe)?$/i;

const listers = {
  linux: listFromProc,
  // Not tried.
  macos: async () => parsePs((await run('ps', ['-axo', 'pid=,uid=,comm='])).stdout, ownId()),
  // Not tried.
  windows: async () => parseTasklist((await run('tasklist', ['/FO', 'CSV', '/NH'])).stdout),
} as const satisfies Record<Platform, () => Promise<readonly RunningProcess[]>>;

/** Fails with `unsupported` where the system does not tell. */
export async function listProcesses(platform: Platform): Promise<readonly RunningProcess[]> {
  try {
    return await listers[platform]();
  } catch (cause) {
    throw new AppError('unsupported', 'The running programs could not be listed.', {
      hint: 'Check by hand whether the client is running.',
      cause,
    });
  }
}

/** Whether a process runs. One that has ended and was not collected yet does not. */
export function isAlive(pid: number, platform: Platform, startTime?: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return readErrno(cause) === 'EPERM';
  }
  if (platform !== 'linux') return true;
  // Without /proc, or hidden by its options, the signal above is the answer.
  const state = readState(pid);
  if (state === undefined) return true;
  return state.alive && (startTime === undefined || startTime === state.startTime);
}

/**
 * Whether a process group has a member that runs; those that have ended and wait for a slow `init`
 * to collect them do not. Linux only.
 */
export function hasLiveMember(group: number): boolean {
  const states = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readState);
  return states.some((state) => state?.group === group && state.alive);
}

/**
 * What a process has started, and they in turn, in process groups other than its own: a sandbox has its
 * server in a session of its own. Linux only.
 */
export function listOutsiders(leader: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const state = readState(name);
      return state?.alive ? [{ ...state, pid: Number(name) }] : [];
    });
  const family = new Set([leader]);
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid, group }) => family.has(pid) && group !== leader).map(({ pid }) => pid);
}

/** Bytes, pages that are shared counted by share: all together they make up what is really taken. Linux only. */
export function readMemory(pid: number): number | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

interface ProcessState {
  readonly parent: number;
  readonly group: number;
  readonly alive: boolean;
  /** Clock ticks after boot. */
  readonly startTime: number;
}

function readState(pid: number | string): ProcessState | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last bracket may hold anything.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent, group] = fields;
    return {
      parent: Number(parent),
      group: Number(group),
      alive: !/^[ZX]/.test(state),
      startTime: Number(fields[19]),
    };
  } catch {
    return undefined;
  }
}

async function listFromProc(): Promise<readonly RunningProcess[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(names.map(readProcess));
  return rows.filter((row) => row !== undefined);
}

/** Undefined when it is another user's, has ended meanwhile, or is the kernel's. */
async function readProcess(name: string): Promise<RunningProcess | undefined> {
  try {
    if ((await stat(`/proc/${name}`)).uid !== ownId()) return undefined;
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8')).split('\0');
    const command = nameProgram(words);
    return command === '' ? undefined : { pid: Number(name), command };
  } catch {
    return undefined;
  }
}

/** The program among the words of a command line, with the script of an interpreter. */
export function nameProgram(words: readonly string[]): string {
  const [program = '', script = ''] = words;
  if (!interpreters.test(basename(program)) || script === '' || script.startsWith('-')) {
    return program;
  }
  return `${program} ${script}`;
}

/** Lines of `ps -axo pid=,uid=,comm=`, where `comm` may hold spaces. */
export function parsePs(text: string, uid: number): readonly RunningProcess[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, owner, command] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (command === undefined || Number(owner) !== uid) return [];
    return [{ pid: Number(pid), command }];
  });
}

/** Lines of `tasklist /FO CSV /NH`: image, id, session, number, memory. */
export function parseTasklist(text: string): readonly RunningProcess[] {
  return text.split('\n').flatMap((line) => {
    const [, command, pid] = /^"([^"]+)","(\d+)"/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), command }];
  });
}

function ownId(): number {
  return process.geteuid?.() ?? 0;
}
