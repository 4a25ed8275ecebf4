/**
 * Which places on disk a program needs to run at all: itself, the runtime it belongs to, its package
 * with the modules beside it. Everything of the system below `/usr` is there anyway. Linux and macOS.
 */
import { posix } from 'node:path';
import type { ProgramFiles } from '../ports.ts';
import { isInside } from './masked-paths.ts';

const { basename, dirname, join, resolve } = posix;

export interface ProgramSearch {
  /** Folders to look in, joined by `:`. */
  readonly path: string;
  readonly cwd: string;
  readonly home: string;
  readonly files: ProgramFiles;
  /** Places that must never come along with a program (`masked-paths.ts`). */
  readonly masked: readonly string[];
}

export interface ProgramPlaces {
  /** To be seen read-only under the same paths. */
  readonly places: readonly string[];
  /** Those of the places in which a person works, and keeps more than the program. */
  readonly own: readonly string[];
  /** Folders of programs for the PATH inside, before those of the system. */
  readonly path: readonly string[];
  /** Tells a version manager where it is, as its home is hidden. */
  readonly env: Readonly<Record<string, string>>;
}

/** There in every confinement. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store'];

/** Folders that must be seen whole, below home or absolute. */
const wholeFolders: readonly { readonly folder: string; readonly variable?: string }[] = [
  { folder: '.volta', variable: 'VOLTA_HOME' },
  { folder: '.pyenv', variable: 'PYENV_ROOT' },
  { folder: '.nodenv', variable: 'NODENV_ROOT' },
  { folder: '.asdf', variable: 'ASDF_DATA_DIR' },
  { folder: '.local/share/mise', variable: 'MISE_DATA_DIR' },
  { folder: '.bun' },
  { folder: '.deno' },
  { folder: '/home/linuxbrew/.linuxbrew' },
  { folder: '/opt/homebrew' },
];

/** Programs that start another one by name. */
const starters: Readonly<Record<string, readonly string[]>> = {
  npx: ['node', 'npm'],
  npm: ['node'],
  pnpm: ['node'],
  pnpx: ['node', 'pnpm'],
  yarn: ['node'],
  bunx: ['bun'],
  uvx: ['uv'],
  pipx: ['python3'],
};

export const interpreters = /^(?:node|nodejs|bun|deno|tsx|python[\d.]*|ruby|perl|php|sh|bash)$/;
const headLimit = 512;
const deepest = 4;

/** What a program with these arguments needs. Links are followed; what is not there is left out. */
export function findProgramPlaces(
  file: string,
  args: readonly string[],
  search: ProgramSearch,
): ProgramPlaces {
  const programs = withInterpreters(file, search, deepest);
  const found = new Set<string>();
  const managed = new Set<string>();
  const variables: Record<string, string> = {};
  for (const program of programs) {
    for (const path of bothNames(program, search)) {
      const whole = wholeFolderOf(path, search);
      if (whole?.variable !== undefined) variables[whole.variable] = whole.folder;
      if (whole !== undefined) managed.add(whole.folder);
      found.add(whole?.folder ?? rootOf(path, search));
    }
  }
  const ofScript = interpreters.test(basename(file)) ? scriptPlaces(args, search) : [];
  for (const place of ofScript) found.add(place);
  const all = [...found].filter((place) => !isSystem(place));
  const places = all.filter(
    (place) => !all.some((other) => other !== place && isInside(place, other)),
  );
  return {
    places,
    own: places.filter(
      (place) =>
        ofScript.some((one) => isInside(one, place) && !isInstalled(one)) ||
        (!managed.has(place) && isWorkedIn(place, search)),
    ),
    path: [...new Set(programs.map((program) => dirname(program)))].filter((one) => !isSystem(one)),
    env: variables,
  };
}

/** The program, and those that its first line or its trade need. */
function withInterpreters(file: string, search: ProgramSearch, depth: number): readonly string[] {
  if (depth === 0) return [file];
  const names = [...interpretersOf(file, search), ...(starters[basename(file)] ?? [])];
  const next = names.flatMap((name) => {
    const found = name.startsWith('/') ? executable(name, search) : lookUp(name, file, search);
    return found === undefined || found === file ? [] : withInterpreters(found, search, depth - 1);
  });
  return [...new Set([file, ...next])];
}

function interpretersOf(file: string, { files }: ProgramSearch): readonly string[] {
  const text = new TextDecoder().decode(files.head(file, headLimit));
  if (!text.startsWith('#!')) return [];
  const words = (text.slice(2).split('\n', 1)[0] ?? '').trim().split(/\s+/);
  const [program = '', ...rest] = words;
  // How pip and uv write a first line that is too long or has spaces.
  const exec = /^'''exec' ['"]?([^'"\n]+)['"]? "\$0"/m.exec(text)?.[1];
  if (exec !== undefined) return [program, exec];
  if (basename(program) !== 'env') return [program];
  return rest.filter((word) => !word.startsWith('-') && !word.includes('=')).slice(0, 1);
}

function executable(path: string, { files }: ProgramSearch): string | undefined {
  return files.probe(path).executable ? path : undefined;
}

/** Beside the file first: a runtime's own programs belong together. */
function lookUp(name: string, file: string, { path, cwd, files }: ProgramSearch) {
  const folders = [dirname(file), ...path.split(':').filter((folder) => folder.startsWith('/'))];
  return folders
    .map((folder) => resolve(cwd, folder, name))
    .find((candidate) => files.probe(candidate).executable);
}

function bothNames(path: string, { files }: ProgramSearch): readonly string[] {
  const real = files.realpath(path);
  return real === undefined || real === path ? [path] : [path, real];
}

function wholeFolderOf(path: string, { home }: ProgramSearch) {
  return wholeFolders
    .map(({ folder, ...row }) => ({ ...row, folder: resolve(home, folder) }))
    .find(({ folder }) => isInside(path, folder));
}

/** The smallest folder that holds a program with all it needs, or the file alone. */
function rootOf(path: string, search: ProgramSearch): string {
  const modules = modulesOf(path);
  const prefix = dirname(dirname(path));
  if (isInstallation(prefix, path, search) && isNarrow(prefix, search)) return prefix;
  if (modules !== undefined) {
    const owner = dirname(dirname(modules));
    const complete = modules.endsWith('/lib/node_modules') && isInstallation(owner, path, search);
    return complete && isNarrow(owner, search) ? owner : modules;
  }
  const app = /^\/opt\/[^/]+/.exec(path)?.[0];
  return app ?? path;
}

/** The outermost `node_modules` of a path: packages find each other upwards. */
export function modulesOf(path: string): string | undefined {
  const at = path.indexOf('/node_modules/');
  return at < 0 ? undefined : path.slice(0, at + '/node_modules'.length);
}

function isInstallation(prefix: string, path: string, { files }: ProgramSearch): boolean {
  const has = (name: string, kind: 'file' | 'folder') =>
    files.probe(join(prefix, name)).kind === kind;
  if (has('pyvenv.cfg', 'file')) return true;
  if (has('bin/node', 'file') && has('lib/node_modules', 'folder')) return true;
  const version = /^python(\d\.\d+)$/.exec(basename(files.realpath(path) ?? path))?.[1];
  return version !== undefined && has(`lib/python${version}`, 'folder');
}

/** Not a folder that holds the person's things too. */
export function isNarrow(
  folder: string,
  { home, masked }: Pick<ProgramSearch, 'home' | 'masked'>,
): boolean {
  return !isInside(home, folder) && !masked.some((path) => isInside(path, folder));
}

/** Folders of the person's own that a start brings along: the package of a script, installed ones apart. */
export function findOwnFolders(
  command: string,
  args: readonly string[],
  search: Omit<ProgramSearch, 'path'>,
): readonly string[] {
  if (!interpreters.test(basename(command))) return [];
  const places = scriptPlaces(args, { ...search, path: '' });
  return [...new Set(places)].filter((place) => !isSystem(place) && !isInstalled(place));
}

export function isInstalled(place: string): boolean {
  return place.split('/').includes('node_modules');
}

/** The package that an interpreter's script belongs to. */
function scriptPlaces(args: readonly string[], search: ProgramSearch): readonly string[] {
  const { cwd, files } = search;
  const script = args
    .filter((argument) => !argument.startsWith('-'))
    .map((argument) => resolve(cwd, argument))
    .find((path) => files.probe(path).kind === 'file');
  if (script === undefined) return [];
  return bothNames(script, search).flatMap((path) => [
    packageOf(path, search),
    ...modulesAbove(path, search),
  ]);
}

const packageMarks = [
  'package.json',
  'pyproject.toml',
  'pyvenv.cfg',
  'deno.json',
  'requirements.txt',
];

/** An installed program may lie in a project, as its virtual environment does for some. */
function isWorkedIn(place: string, { files }: ProgramSearch): boolean {
  const marks = [...packageMarks.filter((mark) => mark !== 'pyvenv.cfg'), '.git'];
  return (
    !isInstalled(place) && marks.some((mark) => files.probe(join(place, mark)).kind !== 'missing')
  );
}

export function packageOf(path: string, search: Omit<ProgramSearch, 'path'>): string {
  const modules = modulesOf(path);
  if (modules !== undefined) return modules;
  for (let folder = dirname(path); isNarrow(folder, search); folder = dirname(folder)) {
    const here = folder;
    if (packageMarks.some((mark) => search.files.probe(join(here, mark)).kind === 'file'))
      return folder;
    if (folder === '/') break;
  }
  return isNarrow(dirname(path), search) ? dirname(path) : path;
}

/** `node_modules` of the folders above: a workspace keeps them at its root. */
export function modulesAbove(
  path: string,
  search: Pick<ProgramSearch, 'files'>,
): readonly string[] {
  const above: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (search.files.probe(modules).kind === 'folder') above.push(modules);
  }
  return above;
}

export function isSystem(path: string): boolean {
  return systemFolders.some((folder) => isInside(path, folder));
}
