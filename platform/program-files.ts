/** What a launch asks of the disk about the program it will start. */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import type { FileProbe, ProgramFiles } from '../core/ports.ts';

export const programFiles: ProgramFiles = { probe, head, realpath, list };

function probe(path: string): FileProbe {
  const facts = statIfReached(path);
  if (facts === undefined) return { kind: 'missing', executable: false };
  const owner = mine === undefined ? {} : { mine: facts.uid === mine };
  if (!facts.isFile())
    return { kind: facts.isDirectory() ? 'folder' : 'missing', executable: false, ...owner };
  return { kind: 'file', executable: mayExecute(path), ...owner };
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Windows has no such number. */
const mine = process.getuid?.();

/** A folder of the path may be another person's, or a link to itself: a shell passes it over too. */
function statIfReached(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function head(path: string, limit: number): Uint8Array {
  const buffer = Buffer.alloc(limit);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    // Programs that may be run but not read exist; the system then judges them by itself.
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      return Buffer.from('\x7fELF', 'latin1');
    throw error;
  }
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, limit, 0));
  } finally {
    closeSync(file);
  }
}

function realpath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function list(path: string): ReturnType<ProgramFiles['list']> {
  try {
    const items = readdirSync(path, { withFileTypes: true });
    return items.map((item) => ({ name: item.name, isFolder: item.isDirectory() }));
  } catch {
    return [];
  }
}
