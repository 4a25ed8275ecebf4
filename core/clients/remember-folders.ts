/**
 * Answers "is it there?" for thousands of places where clients may keep files, nearly all of which are
 * not there, from one listing per folder that is.
 */
import { basename, dirname, isAbsolute } from 'node:path';
import type { Files } from '../ports.ts';

/** What a folder holds; undefined where it cannot be listed and every file has to be asked for. */
type Listing = ReadonlySet<string> | undefined;

/**
 * The same files, remembering what each folder held when it was first asked about: for one look, which
 * takes no longer than a file takes to change.
 */
export function rememberFolders(files: Files): Files {
  const listings = new Map<string, Promise<Listing>>();

  function listFolder(folder: string): Promise<Listing> {
    const known = listings.get(folder) ?? readListing(folder);
    listings.set(folder, known);
    return known;
  }

  async function readListing(folder: string): Promise<Listing> {
    if (!(await mayBeThere(folder))) return new Set();
    try {
      return new Set((await files.list(folder)).map(foldName));
    } catch {
      return undefined;
    }
  }

  async function mayBeThere(path: string): Promise<boolean> {
    const folder = dirname(path);
    if (folder === path || !isAbsolute(path)) return true;
    return (await listFolder(folder))?.has(foldName(basename(path))) ?? true;
  }

  return {
    ...files,
    stat: async (path) => ((await mayBeThere(path)) ? files.stat(path) : undefined),
    lstat: async (path) => ((await mayBeThere(path)) ? files.lstat(path) : undefined),
  };
}

/** Some file systems find a name in other letters; the real answer comes from the file then. */
function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
