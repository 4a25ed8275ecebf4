/** The few synchronous questions that a launch asks of the disk: on the start path every turn counts. */
import { closeSync, mkdirSync, openSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

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
