/** Clients' files that a granted folder would show: hidden from every confined server. */
import { posix, win32 } from 'node:path';
import { segmentPattern } from '../clients/expand-glob.ts';
import { type FileLocation, type Glob, locateFiles } from '../clients/locate-files.ts';
import { clientTable } from '../clients/table.ts';
import type { Machine, ProgramFiles } from '../ports.ts';
import { isInside } from '../scope/masked-paths.ts';

/**
 * Files in which clients keep servers, on this machine and inside of these folders, with the backups
 * beside them; those that exist.
 */
export function listClientFiles(
  machine: Machine,
  folders: readonly string[],
  files: ProgramFiles,
): readonly string[] {
  const { basename, dirname, join } = machine.platform === 'windows' ? win32 : posix;
  const namesIn = createLister(machine, folders, files);
  const given = new Set(folders);
  const located = locateIn(machine, folders, namesIn).flatMap(({ path, glob }) => {
    if (glob === undefined) return [path];
    // Else the whole folder would be hidden.
    return given.has(glob.base) ? matchesIn(glob, namesIn(glob.base), join) : [glob.base];
  });
  return [...new Set(located)].flatMap((path) => {
    const own = basename(path);
    return namesIn(dirname(path))
      .filter((name) => name === own || isBackupName(name, own))
      .map((name) => join(dirname(path), name));
  });
}

type Located = Pick<FileLocation, 'path' | 'glob'>;
type ListNames = (folder: string) => readonly string[];

/** The table is read once, for a project at the root of the disk, and not anew for every folder. */
function locateIn(
  machine: Machine,
  folders: readonly string[],
  namesIn: ListNames,
): readonly Located[] {
  const { dirname, join, sep } = machine.platform === 'windows' ? win32 : posix;
  const given = new Set(folders);
  const outermost = folders.filter((folder) => !given.has(dirname(folder)));
  const top = machine.platform === 'windows' ? 'C:\\' : '/';
  const rows = clientTable.flatMap((row) => locateFiles(row, machine, [top]));
  const everywhere = rows.filter(
    ({ path, project }) =>
      project === undefined && outermost.some((folder) => isInside(path, folder)),
  );
  const ofProjects = rows
    .filter(({ project }) => project !== undefined)
    .map(({ path, glob }) => ({
      path: path.slice(top.length),
      ...(glob === undefined ? {} : { glob: { ...glob, base: glob.base.slice(top.length) } }),
    }))
    .map((row) => ({ ...row, first: (row.glob?.base ?? row.path).split(sep, 1)[0] ?? '' }));
  return [
    ...everywhere,
    ...folders.flatMap((folder) => {
      const there = new Set(['', ...namesIn(folder)]);
      return ofProjects
        .filter(({ first }) => there.has(first))
        .map(({ path, glob }) => ({
          path: join(folder, path),
          ...(glob === undefined ? {} : { glob: { ...glob, base: join(folder, glob.base) } }),
        }));
    }),
  ];
}

function matchesIn({ base, segments }: Glob, names: readonly string[], join: typeof posix.join) {
  const pattern = segmentPattern(segments[0] ?? '');
  return names.filter((name) => pattern.test(name)).map((name) => join(base, name));
}

/** Reads each folder once, and none that the folder above it does not have. */
function createLister(
  { platform }: Machine,
  folders: readonly string[],
  files: ProgramFiles,
): ListNames {
  const { basename, dirname } = platform === 'windows' ? win32 : posix;
  const tops = new Set(folders.map((folder) => dirname(folder)));
  const known = new Map<string, readonly string[]>();
  return function namesIn(folder: string): readonly string[] {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const above = dirname(folder);
    const isThere =
      tops.has(above) || above === folder || namesIn(above).includes(basename(folder));
    const names = isThere ? files.list(folder).map(({ name }) => name) : [];
    known.set(folder, names);
    return names;
  };
}

/** `mcp.json.bak`, `mcp.json~`, `.mcp.json.swp`, `mcp.corrupted.123.json`. */
function isBackupName(name: string, own: string): boolean {
  if (name.startsWith(own) || name.startsWith(`.${own}.`)) return true;
  const dot = own.lastIndexOf('.');
  const stem = dot > 0 ? own.slice(0, dot) : own;
  return name.startsWith(`${stem}.`) && /backup|bak|old|orig|corrupt|copy/i.test(name);
}
