/**
 * What stays hidden inside of the places that a confined server is shown: clients' files, known places
 * of credentials, and, where only its program is shown, what lies beside a program of the person's own.
 */
import { posix } from 'node:path';
import type { Bind, Confinement, Machine, ProgramFiles } from '../ports.ts';
import { isInside } from './masked-paths.ts';

const { basename, dirname, join, relative } = posix;

/**
 * A place that a server is shown: its program is there, among things of the person's own or installed
 * apart (`runtime`: nothing else is there), or the person granted it, or its client gave it.
 */
export interface Shown extends Bind {
  readonly because: 'program' | 'runtime' | 'granted' | 'given';
}

export type ListClientFiles = (
  machine: Machine,
  folders: readonly string[],
  files: ProgramFiles,
) => readonly string[];

export interface HidingSource {
  readonly machine: Machine;
  readonly files: ProgramFiles;
  /** Places of credentials and our own (`masked-paths.ts`). */
  readonly masked: readonly string[];
  /** Client files inside of folders (`core/launch/client-files.ts`). */
  readonly listClientFiles: ListClientFiles;
  /** The program and what its arguments name: it lies in no folder that is hidden whole. */
  readonly needed: readonly string[];
}

type Masks = Confinement['masks'];

/** Paths inside, without links in them. */
export function findHidden(places: readonly Shown[], source: HidingSource): Masks {
  const shown = places.filter(({ because }) => because !== 'runtime');
  // Most servers: the search would take longer than the rest.
  if (shown.length === 0) return [];
  const { machine, masked, listClientFiles } = source;
  const files = rememberAnswers(source.files);
  const granted = shown.filter(({ because }) => because === 'granted');
  const isGranted = (path: string) => granted.some(({ to, from }) => to === path || from === path);
  const ofPrograms = shown
    .filter(({ because }) => because === 'program')
    .map(({ to }) => lookThrough(to, files));
  const folders = shown.flatMap(({ to, from }) => [
    ...[to, ...above(to)],
    ...lookThrough(from, files).folders,
  ]);
  const needed = source.needed.map((path) => files.realpath(path) ?? path);
  const besides = [
    ...ofPrograms.flatMap((found) => found.folders).flatMap((folder) => privateIn(folder, files)),
    // What nobody has looked at may hold anything.
    ...ofPrograms
      .flatMap(({ rest }) => rest)
      .filter((folder) => !needed.some((path) => isInside(path, files.realpath(folder) ?? folder))),
  ];
  const paths = [
    ...masked,
    ...listClientFiles(machine, [...new Set(folders)], files),
    ...besides.filter((path) => {
      // What the person granted is meant as it is.
      return !granted.some(({ to, from }) => isInside(path, to) || isInside(path, from));
    }),
  ];
  const found = paths
    .filter((path) => !isGranted(path))
    .flatMap((path) => placesInside(path, shown, files))
    .filter(({ path }) => !isGranted(path));
  return [...new Map(found.map((mask) => [mask.path, mask])).values()];
}

/** Under every name that it has inside: what is shown may hold it behind a link. */
function placesInside(path: string, shown: readonly Shown[], files: ProgramFiles): Masks {
  const { kind } = files.probe(path);
  const real = kind === 'missing' ? undefined : files.realpath(path);
  if (kind === 'missing' || real === undefined) return [];
  return shown.flatMap(({ from, to, because }) => {
    const source = files.realpath(from) ?? from;
    // The place itself is shown because it is needed or granted.
    const isMeant = source === real && because !== 'given';
    return !isMeant && isInside(real, source)
      ? [{ path: join(to, relative(source, real)), kind }]
      : [];
  });
}

/** A client's file lies up to three folders deep in its project, any of which may be what is shown. */
function above(place: string): readonly string[] {
  const folder = dirname(place);
  return [folder, dirname(folder), dirname(dirname(folder))];
}

/** Folders that are looked at below one place: more than most projects have. All take some 30 ms. */
const mostFolders = 1000;

interface LookedThrough {
  readonly folders: readonly string[];
  /** With all that is in them: not looked at. */
  readonly rest: readonly string[];
}

/** A folder and those in it, nearest first. */
function lookThrough(place: string, files: ProgramFiles): LookedThrough {
  if (isInstalled(basename(place)) || files.probe(place).kind !== 'folder')
    return { folders: [], rest: [] };
  const found = [place];
  for (let at = 0; at < found.length && at < mostFolders; at += 1) {
    const folder = found[at] ?? place;
    const below = files
      .list(folder)
      .filter(({ isFolder, name }) => isFolder && !isInstalled(name) && !isKeptByTools(name))
      .toSorted((left, right) => Number(isDotted(left)) - Number(isDotted(right)));
    for (const { name } of below) found.push(join(folder, name));
  }
  return { folders: found.slice(0, mostFolders), rest: found.slice(mostFolders) };
}

/** Whether a place has more folders than are looked at for what must stay hidden. */
export function isMoreThanLookedAt(place: string, files: ProgramFiles): boolean {
  return lookThrough(place, files).rest.length > 0;
}

function isDotted({ name }: { readonly name: string }): boolean {
  return name.startsWith('.');
}

/** Histories and caches: hidden by their own name, or filled by tools alone, and often very large. */
function isKeptByTools(name: string): boolean {
  return /^(?:\.git|\.hg|\.svn|\.cache|\.(?:mypy|pytest|ruff)_cache|\.tox|\.gradle|\.next|\.nuxt|\.turbo|\.pnpm-store|__pycache__)$/.test(
    name,
  );
}

/** Packages of others, often thousands: nobody keeps files of their own among them. */
function isInstalled(name: string): boolean {
  return name === 'node_modules' || name === 'site-packages';
}

/** The same places are asked for many times in one start. */
function rememberAnswers(files: ProgramFiles): ProgramFiles {
  return { ...files, list: remember(files.list), realpath: remember(files.realpath) };
}

function remember<Answer>(ask: (path: string) => Answer): (path: string) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (path) => {
    const found = known.get(path) ?? { answer: ask(path) };
    known.set(path, found);
    return found.answer;
  };
}

/** Values for a program's start, credentials of package tools, and a history of what was taken out. */
const privateName =
  /^(?:\.env(?:[._-].*)?|\.envrc.*|\.dev\.vars.*|\.npmrc|\.yarnrc\.yml|\.pypirc|\.netrc|\.git)$/;

function privateIn(folder: string, files: ProgramFiles): readonly string[] {
  return files
    .list(folder)
    .filter(({ name }) => privateName.test(name))
    .map(({ name }) => join(folder, name));
}

/**
 * Each folder between a writable place and a hidden one in it, shown over itself: such a folder cannot be
 * renamed, so that the place is still where it is hidden at the next start.
 */
export function findPins(masks: Masks, shown: readonly Shown[]): readonly Bind[] {
  return masks.flatMap(({ path }) =>
    shown
      .filter(({ to, access }) => access === 'write' && isInside(path, to))
      .flatMap(({ from, to, access }) => {
        const between = relative(to, path).split('/').slice(0, -1);
        return between.map((_, index): Bind => {
          const below = between.slice(0, index + 1);
          return { from: join(from, ...below), to: join(to, ...below), access };
        });
      }),
  );
}
