/** Which places are more than a folder for a server: the disk, the kernel's, the home, what others keep there. */
import { posix } from 'node:path';
import type { Machine, ProgramFiles, Roots } from '../ports.ts';
import { fixedMaskedPaths, isInside } from './masked-paths.ts';
import { isSystem } from './programs.ts';

/** Nobody can grant it: it would lie over what the sandbox itself puts there. */
export function isWholeMachine(path: string): boolean {
  return path === '/' || /^\/(?:dev|proc|sys)(?:\/|$)/.test(path);
}

/** The whole home or disk is never suggested, nor a place that only holds credentials or the kernel's. */
export function isTooWide(path: string, home: string, masked: readonly string[]): boolean {
  if (isSystem(path) || isWholeMachine(path)) return true;
  return isInside(home, path) || masked.some((one) => isInside(path, one));
}

/** Whether programs keep settings there, some of which start other programs: any name with a dot. */
export function isDotted(path: string, home: string): boolean {
  if (!isInside(path, home)) return false;
  return /(?:^|[\\/])\.[^.\\/]|^(?:Library|AppData)(?:[\\/]|$)/.test(path.slice(home.length + 1));
}

/** Whether what is written there is started by others sooner or later: settings of programs, and programs. */
export function isStarted(path: string, home: string): boolean {
  return isDotted(path, home) || /[\\/]s?bin$/i.test(path);
}

/** Whether a folder is that of programs or of all documents: more than any server needs for a file of its own. */
export function isShared(path: string, home: string): boolean {
  const name = path.slice(path.search(/[^\\/]+$/));
  if (/^s?bin$/i.test(name)) return true;
  const isTop = path.slice(0, -name.length - 1) === home;
  return isTop && commonFolders.test(name);
}

const commonFolders =
  /^(?:Documents|Desktop|Downloads|Pictures|Music|Videos|Movies|Public|Templates|OneDrive|Dropbox|snap|go)$/i;

export interface WorkSearch {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: ProgramFiles;
  /** Where the person's own shell looks for programs, joined by `:`. */
  readonly loginPath: string | undefined;
}

/**
 * Whether a client may give it with nobody asked, as its open workspace, or a trial propose it: a file or
 * folder among the person's work. Folders of settings and of programs are not (`~/.config`, `~/go`): what
 * is written there is started. Neither is what the system or another disk holds. Links are followed.
 */
export function isWork(path: string, { machine, roots, files, loginPath }: WorkSearch): boolean {
  // A home may be a link too, and the place be named without it.
  const namesOf = (one: string) => [one, files.realpath(one) ?? one];
  const homes = namesOf(machine.home);
  const masked = homes.flatMap((home) => fixedMaskedPaths({ ...machine, home }, roots));
  const started = listStarted(machine.home, loginPath).flatMap(namesOf);
  return namesOf(path).every(
    (name) =>
      !homes.some((home) => isTooWide(name, home, [...masked, ...started])) &&
      ![...masked, ...started].some((one) => isInside(one, name)) &&
      isAmongWork(name, homes),
  );
}

/** Folders whose programs are started by name. Those of the system nobody writes to. */
function listStarted(home: string, loginPath = ''): readonly string[] {
  const told = loginPath.split(':').filter((one) => one.startsWith('/') && !isSystem(one));
  return [...told, posix.join(home, 'bin'), posix.join(home, 'go/bin')];
}

const notOurs =
  /^\/(?:etc|var|run|boot|root|mnt|media|Volumes|Library|System|Applications|private\/(?:etc|var))(?:\/|$)/;

export function isAmongWork(path: string, homes: readonly string[]): boolean {
  const home = homes.find((one) => isInside(path, one));
  if (home === undefined) return !notOurs.test(path);
  return !/^(?:\.|Library(?:\/|$))/.test(posix.relative(home, path));
}
