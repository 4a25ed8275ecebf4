/**
 * Descriptors that whoever started this process left open. A program that we start would inherit them,
 * and an open file or folder leads around every sandbox. Node marks all that it opens itself as closed on
 * exec; what lacks the mark came from outside. Linux only: elsewhere Node's own starts hand on nothing
 * but what is named, and no program that we become is confined.
 */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../shared/errors.ts';

/** In the flags of `/proc/self/fdinfo`, which are octal. */
const closedOnExec = 0o2000000;

/**
 * Right before this process is replaced, or before it starts its one child. Errors: those of `/proc`, and
 * `bad_input` for a standard stream that is a way to files.
 */
export function closeLeftOpen(): void {
  // Windows opens no folder as a stream, and confines nothing.
  if (process.platform !== 'win32' && ![0, 1, 2].every(isStream))
    throw new AppError('bad_input', 'A standard stream of this start is a folder or a disk.', {
      hint: 'Start it with pipes, files or a terminal for its input, output and errors.',
    });
  for (const descriptor of listLeftOpen()) closeSync(descriptor);
}

/**
 * For a process that others' code may share: the streams of a child from the fourth on, with nothing in
 * the place of each descriptor that it would inherit. `release` once the child has started.
 */
export function coverLeftOpen(): {
  readonly streams: readonly (number | 'ignore')[];
  release(): void;
} {
  const open = new Set(listLeftOpen());
  if (open.size === 0) return { streams: [], release: () => undefined };
  const nothing = openSync('/dev/null', 'r');
  const streams = Array.from({ length: Math.max(...open) - 2 }, (_, index) =>
    open.has(index + 3) ? nothing : 'ignore',
  );
  return { streams, release: () => closeSync(nothing) };
}

/** A folder leads to all that is in it (`/proc/self/fd/2/.ssh`), in spite of every sandbox. */
function isStream(descriptor: number): boolean {
  const facts = fstatSync(descriptor);
  return facts.isFIFO() || facts.isSocket() || facts.isCharacterDevice() || facts.isFile();
}

function listLeftOpen(): readonly number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && !isClosedOnExec(descriptor));
}

function isClosedOnExec(descriptor: number): boolean {
  try {
    const facts = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    return (Number.parseInt(/^flags:\s*(\d+)/m.exec(facts)?.[1] ?? '', 8) & closedOnExec) !== 0;
  } catch (error) {
    // The list of descriptors was one itself.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}
