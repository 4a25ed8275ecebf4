/**
 * What launchers and sandboxes have noted in `<data>/activity`, one line each. Many append at once,
 * without a lock and without us: each opens a file by its name, appends, and closes it. So nothing
 * here is ever rewritten. A file that has grown is renamed, and a line that was on its way to it
 * arrives under the other name; readers read both.
 */
import { join } from 'node:path';
import type { Clock, Files, Roots } from '../ports.ts';

export interface ActivityPorts {
  readonly files: Files;
  readonly roots: Roots;
  readonly clock: Pick<Clock, 'now'>;
}

/** Of all lines, oldest first, those that must outlive the file that they are in. */
export type KeepLines = (lines: readonly string[]) => readonly string[];

/** Bytes. About a thousand lines: each costs every reader a question to the system. */
const rotateAt = 128 * 1024;
/** Bytes that are read of one file; more stands there only where nothing can be renamed. */
const readEnd = 512 * 1024;
/** Bytes that are gone through for lines to keep, in a file that nobody has read for long. */
const keepEnd = 16 * 1024 * 1024;
/** Milliseconds that a renamed file stays at least: whoever has opened it has written by then. */
const stay = 60_000;

/** The lines, oldest first, each once. A torn one may be among them. */
export async function readActivity(
  name: string,
  ports: ActivityPorts,
  keep: KeepLines,
): Promise<readonly string[]> {
  const file = join(ports.roots.data, 'activity', name);
  const facts = await ports.files.stat(file);
  if (facts !== undefined && facts.size > rotateAt) {
    // Housekeeping: where it fails, or another process is at it, there is all the same to read.
    await rotate(file, ports, keep).catch(() => undefined);
  }
  return readBoth(file, ports.files, readEnd);
}

/**
 * What must be kept is appended before the file is renamed: a process that dies in between leaves
 * lines twice, never none.
 */
async function rotate(
  file: string,
  { files, clock }: ActivityPorts,
  keep: KeepLines,
): Promise<void> {
  const work = async () => {
    const facts = await files.stat(file);
    const before = await files.stat(previousOf(file));
    const age = Math.abs(Date.parse(clock.now()) - (before?.modified ?? 0));
    if (facts === undefined || facts.size <= rotateAt || age < stay) return;
    const kept = keep(await readBoth(file, files, keepEnd));
    // The line before may be torn.
    const text = `\n${kept.map((line) => `${line}\n`).join('')}`;
    await files.append(file, new TextEncoder().encode(text), { mode: 0o600, sync: false });
    await files.rename(file, previousOf(file));
  };
  await files.withLock(file, work, { wait: 0 });
}

/** The newer file is read first: if it is renamed meanwhile, its lines are met twice, not never. */
async function readBoth(file: string, files: Files, last: number): Promise<readonly string[]> {
  const newer = await readLines(file, files, last);
  const older = await readLines(previousOf(file), files, last);
  return [...new Set([...older, ...newer])].filter((line) => line !== '');
}

async function readLines(file: string, files: Files, last: number): Promise<readonly string[]> {
  if ((await files.stat(file)) === undefined) return [];
  return new TextDecoder().decode(await files.read(file, { last })).split('\n');
}

function previousOf(file: string): string {
  return `${file}.previous`;
}
