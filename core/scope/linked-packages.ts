/**
 * Packages that a program reaches over links out of its own folder: those of its workspace, and what
 * `npm link` and pnpm's shared store put elsewhere. Looked for when a scope is planned and kept in it, so that
 * a person sees them, a start does not search, and a link that is changed later shows nothing new.
 */
import { posix } from 'node:path';
import type { ProgramFiles } from '../ports.ts';
import { isInside } from './masked-paths.ts';
import {
  interpreters,
  isInstalled,
  isNarrow,
  isSystem,
  modulesAbove,
  modulesOf,
  type ProgramSearch,
  packageOf,
} from './programs.ts';
import { isAmongWork, isWholeMachine } from './too-wide.ts';

const { basename, dirname, isAbsolute, join, resolve } = posix;

export type LinkSearch = Omit<ProgramSearch, 'path'> & {
  /** Where a program that is only named lies, joined by `:`. */
  readonly path?: string | undefined;
};

/** More than that is no project's list of its own packages. */
const mostPackages = 100;
/** That one package says it needs. A hostile one names any number, and each is looked for. */
const mostNames = 1000;
/** Of a `package.json`, in bytes. */
const manifestLimit = 256 * 1024;

/** Without links in them, outermost only; empty for most programs. */
export function findLinkedPackages(
  command: string,
  args: readonly string[],
  search: LinkSearch,
): readonly string[] {
  const start = startOf(command, args, search);
  if (start === undefined) return [];
  const seen = new Set(start.shown);
  const found = new Set<string>();
  const open = [...start.packages];
  for (const folder of start.added) found.add(folder);
  for (let at = 0; at < open.length && found.size < mostPackages; at += 1) {
    const here = open[at] ?? '';
    const root = workspaceOf(here, search);
    for (const target of targetsOf(here, start.packages.includes(here), search)) {
      const place = placeToShow(target, root, search);
      if (place === undefined || [...seen, ...found].some((one) => isInside(place, one))) continue;
      found.add(place);
      open.push(place);
    }
  }
  const all = [...found].slice(0, mostPackages);
  return all.filter((one) => !all.some((other) => other !== one && isInside(one, other))).sort();
}

/** Of the system's own settings and state; and no package is one of the folders at the top of the disk. */
const ofSystem = /^\/(?:(?:etc|boot|run|private\/etc)(?:\/|$)|[^/]*$)/;

/** Whether such a place may be shown at all: asked again at each start. */
export function isShowable(place: string, search: Pick<LinkSearch, 'home' | 'masked'>): boolean {
  return (
    !isSystem(place) &&
    !ofSystem.test(place) &&
    !isWholeMachine(place) &&
    isNarrow(place, search) &&
    !search.masked.some((one) => isInside(place, one))
  );
}

interface Start {
  /** Whose links are looked at. */
  readonly packages: readonly string[];
  /** Not shown without being kept in the scope. */
  readonly added: readonly string[];
  readonly shown: readonly string[];
}

/** The package of an interpreter's script; else that of a program that a link out of an installation leads to. */
function startOf(command: string, args: readonly string[], search: LinkSearch): Start | undefined {
  const { cwd, files } = search;
  if (interpreters.test(basename(command))) {
    const script = args
      .filter((argument) => !argument.startsWith('-'))
      .map((argument) => resolve(cwd, argument))
      .find((path) => files.probe(path).kind === 'file');
    const real = script === undefined ? undefined : files.realpath(script);
    if (script === undefined || real === undefined) return undefined;
    const own = packageOf(real, search);
    const shown = [script, real].flatMap((path) => [
      packageOf(path, search),
      ...modulesAbove(path, search),
    ]);
    return { packages: [own], added: [], shown };
  }
  const file = locate(command, search);
  const real = file === undefined ? undefined : files.realpath(file);
  if (real === undefined || real === file || isSystem(real) || isInstalled(real)) return undefined;
  const own = placeToShow(packageOf(real, search), undefined, search);
  if (own === undefined) return undefined;
  return { packages: [own], added: [own], shown: [] };
}

function locate(command: string, { path = '', cwd, files }: LinkSearch): string | undefined {
  const folders = command.includes('/') ? [cwd] : path.split(':').filter(isAbsolute);
  return folders
    .map((folder) => resolve(folder, command))
    .find((candidate) => files.probe(candidate).executable);
}

/**
 * Where the packages lie that a package says it needs, as Node looks for them. Only those: whatever else
 * lies in `node_modules` may have been put there by anybody's install script.
 */
function targetsOf(folder: string, isFirst: boolean, search: LinkSearch): readonly string[] {
  const { files } = search;
  const places = modulesAbove(join(folder, 'x'), search);
  return namesNeeded(manifestOf(folder, search), isFirst).flatMap((name) => {
    const found = places.find((modules) => files.probe(join(modules, name)).kind === 'folder');
    const target = found === undefined ? undefined : files.realpath(join(found, name));
    if (found === undefined || target === undefined) return [];
    // The folder with the link in it, too: else the link is not there to be followed.
    return files.realpath(found) === found ? [join(found, name), target] : [target];
  });
}

/** The nearest with a name: a folder of built files often has one that only says how to read them. */
function manifestOf(folder: string, search: LinkSearch): Readonly<Record<string, unknown>> {
  for (let at = folder; isNarrow(at, search) && at !== '/'; at = dirname(at)) {
    const manifest = readManifest(at, search.files);
    if (manifest.name !== undefined) return manifest;
  }
  return {};
}

const packageName = /^(?:@[a-z0-9~_-][\w.~-]*\/)?[a-z0-9~_-][\w.~-]*$/i;

/** A workspace keeps what is built in with the rest that only its own work needs. */
function namesNeeded(manifest: Readonly<Record<string, unknown>>, isFirst: boolean) {
  const fields = ['dependencies', 'optionalDependencies', 'peerDependencies'];
  const lists = (isFirst ? [...fields, 'devDependencies'] : fields).map((name) => manifest[name]);
  const names = lists.flatMap((list) => Object.keys(Object(list)));
  return [...new Set(names)].filter((name) => packageName.test(name)).slice(0, mostNames);
}

/**
 * What is shown for a link: a folder of packages that are installed, or a package of the person's own, in
 * the same workspace or else among their work. Nothing for whatever else a link may lead to.
 */
function placeToShow(
  target: string,
  root: string | undefined,
  search: LinkSearch,
): string | undefined {
  const { files, home } = search;
  if (!isShowable(target, search)) return undefined;
  const { kind, mine } = files.probe(target);
  if (kind !== 'folder' || mine !== true || !hasManifest(target, files)) return undefined;
  const modules = storeOf(target) ?? modulesOf(target);
  if (modules !== undefined)
    return isShowable(modules, search) && files.probe(modules).mine === true ? modules : undefined;
  const isOfWorkspace = root !== undefined && isInside(target, root);
  const homes = [home, files.realpath(home) ?? home];
  return isOfWorkspace || isAmongWork(target, homes) ? target : undefined;
}

/** Whether a place is still what was listed: packages that are installed, or one of the person's own. */
export function isPackages(place: string, files: ProgramFiles): boolean {
  return isInstalled(place) || storeOf(`${place}/`) === place || hasManifest(place, files);
}

function hasManifest(folder: string, files: ProgramFiles): boolean {
  return files.probe(join(folder, 'package.json')).kind === 'file';
}

/** pnpm's store that projects share: each package lies in a folder of its own, and links to the others. */
function storeOf(path: string): string | undefined {
  return /^.*\/pnpm\/store\/v\d+\/links(?=\/)/.exec(path)?.[0];
}

/** The nearest folder above that says what its workspaces are. */
function workspaceOf(folder: string, search: LinkSearch): string | undefined {
  for (let at = folder; isNarrow(at, search) && at !== '/'; at = dirname(at))
    if (declaresWorkspaces(at, search.files)) return at;
  return undefined;
}

function declaresWorkspaces(folder: string, files: ProgramFiles): boolean {
  return (
    files.probe(join(folder, 'pnpm-workspace.yaml')).kind === 'file' ||
    readManifest(folder, files).workspaces !== undefined
  );
}

function readManifest(folder: string, files: ProgramFiles): Readonly<Record<string, unknown>> {
  const manifest = join(folder, 'package.json');
  if (files.probe(manifest).kind !== 'file') return {};
  try {
    return { ...JSON.parse(new TextDecoder().decode(files.head(manifest, manifestLimit))) };
  } catch {
    // Too long, or none: then it says nothing.
    return {};
  }
}
