/** Finds the files that a pattern of the table means. */
import { posix, win32 } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Files } from '../ports.ts';
import type { Glob } from './locate-files.ts';

/**
 * Paths that match, sorted. A folder that is not there matches nothing; what follows the last
 * wildcard need not be there, so that a client's folder without a config file is found too.
 * @throws AppError when a folder cannot be listed
 */
export async function expandGlob(
  files: Pick<Files, 'list'>,
  glob: Glob,
): Promise<readonly string[]> {
  const join = glob.base.includes('\\') ? win32.join : posix.join;
  let found: readonly string[] = [glob.base];
  for (const segment of glob.segments) {
    const next = await Promise.all(found.map((folder) => matchIn(files, folder, segment, join)));
    found = next.flat();
  }
  return found.toSorted();
}

async function matchIn(
  files: Pick<Files, 'list'>,
  folder: string,
  segment: string,
  join: (...parts: string[]) => string,
): Promise<readonly string[]> {
  if (!segment.includes('*')) return [join(folder, segment)];
  const pattern = segmentPattern(segment);
  const names = await listNames(files, folder);
  return names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
}

async function listNames(files: Pick<Files, 'list'>, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (error instanceof AppError && error.code === 'file_missing') return [];
    throw error;
  }
}

/** What a name must be to match one segment. */
export function segmentPattern(segment: string): RegExp {
  return new RegExp(`^${segment.split('*').map(escapePattern).join('.*')}$`, 's');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
