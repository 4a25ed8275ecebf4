/** The few synchronous questions that a launch asks of the disk: on the start path every turn counts. */
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { FileProbe, ProgramFiles } from '../../core/launch/resolve-command.ts';

/** The whole text of a file, or undefined when nothing is there. Throws for every other reason. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The target of a link, or undefined when it cannot be read. */
export function readLinkIfThere(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

export const programFiles: ProgramFiles = { probe, head };

function probe(path: string): FileProbe {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return { kind: 'missing', executable: false };
  if (!facts.isFile())
    return { kind: facts.isDirectory() ? 'folder' : 'missing', executable: false };
  try {
    accessSync(path, constants.X_OK);
    return { kind: 'file', executable: true };
  } catch {
    return { kind: 'file', executable: false };
  }
}

function head(path: string, limit: number): Uint8Array {
  const buffer = Buffer.alloc(limit);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    // Programs that may be run but not read exist; the system then judges them by itself.
    if (isCode(error, 'EACCES')) return Buffer.from('\x7fELF', 'latin1');
    throw error;
  }
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, limit, 0));
  } finally {
    closeSync(file);
  }
}

/** Appends a line with one write, so that lines of concurrent launches never mix. */
export function appendLine(path: string, line: string): void {
  let file: number;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    file = openSync(path, 'a', 0o600);
  }
  try {
    writeSync(file, line);
  } finally {
    closeSync(file);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
