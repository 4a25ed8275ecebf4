/** Where a client's files are on a given machine: expands the path notation of the table. */
import { posix, win32 } from 'node:path';
import type { ClientFile } from '../../shared/models/client.ts';
import type { DocumentFormat } from '../documents/document.ts';
import type { Machine } from '../ports.ts';
import type { ClientRow, ContainerRow, FileRow } from './row.ts';

/** A place in which files are looked for by a pattern: `segments` follow on `base`, `*` inside a name. */
export interface Glob {
  readonly base: string;
  readonly segments: readonly string[];
}

export interface FileLocation {
  readonly client: string;
  readonly role: ClientFile['role'];
  /** Absolute; with `*` when `glob` is there. */
  readonly path: string;
  readonly glob?: Glob;
  /** How to parse it; undefined for scripts and opaque stores. */
  readonly format?: DocumentFormat;
  readonly containers: readonly ContainerRow[];
  readonly firstContainerWins: boolean;
  readonly writable: boolean;
  /** The client reads it today: not legacy, and not replaced by a file that a variable names. */
  readonly live: boolean;
  readonly project?: string;
  readonly note?: string;
}

interface Resolved {
  readonly path: string;
  readonly glob?: Glob;
}

/**
 * Every file in which this client may keep servers, in the order of the row, each path once. Rows
 * of a variable that is not set give nothing.
 */
export function locateFiles(
  row: ClientRow,
  machine: Machine,
  projectFolders: readonly string[],
): readonly FileLocation[] {
  const located = row.files
    .filter((file) => file.os?.includes(machine.platform) ?? true)
    .flatMap((file) =>
      foldersFor(file, machine, projectFolders).flatMap((project) =>
        resolvePaths(file.path, machine, project).map((resolved) => ({ file, project, resolved })),
      ),
    );
  const override = located.find(({ file }) => file.role === 'override' && !file.additional);
  const locations = located.map(({ file, project, resolved }) => ({
    ...describeFile(row, file),
    ...resolved,
    ...(project === undefined ? {} : { project }),
    live: isLive(file, override === undefined || override.resolved === resolved),
  }));
  return uniqueByPath([...locations, ...locateManagedFiles(row, machine)], machine);
}

/** Files of the administrator: shown, never written. */
function locateManagedFiles(row: ClientRow, machine: Machine): readonly FileLocation[] {
  return row.managedFiles
    .filter((file) => file.os.includes(machine.platform))
    .flatMap((file) => resolvePaths(file.path, machine, undefined))
    .map((resolved) => ({
      ...describeFile(row, { role: 'alternate', path: resolved.path, access: 'read-only' }),
      ...resolved,
      live: true,
      note: 'Set by the administrator.',
    }));
}

function isLive(file: FileRow, current: boolean): boolean {
  if (file.role === 'legacy' || file.role === 'state') return false;
  if (file.role === 'primary') return current;
  return file.role !== 'override' || file.additional === true || current;
}

function describeFile(row: ClientRow, file: FileRow): Omit<FileLocation, 'path' | 'live'> {
  const format = parseFormat(row, file);
  const owned = file.role === 'state' || file.role === 'opaque';
  return {
    client: row.id,
    role: file.role,
    ...(format === undefined ? {} : { format }),
    containers: file.containers ?? row.containers,
    firstContainerWins: row.firstContainerWins ?? false,
    writable:
      row.access === 'read-write' && file.access === undefined && !owned && format !== undefined,
    ...(file.note === undefined ? {} : { note: file.note }),
  };
}

/** JSON whose comments may be tolerated is read leniently; strictly only where the client is known to be strict. */
function parseFormat(row: ClientRow, file: FileRow): DocumentFormat | undefined {
  const format = file.format ?? row.format;
  if (format === 'script' || format === 'opaque') return undefined;
  const ownFormat = file.format !== undefined;
  return format === 'json' && !ownFormat && row.comments !== false ? 'jsonc' : format;
}

/** The folders that a row is relative to: one undefined for an absolute path. */
function foldersFor(
  file: FileRow,
  machine: Machine,
  projectFolders: readonly string[],
): readonly (string | undefined)[] {
  if (/^(?:[~<%/$]|[A-Z]:|\{(?:\$|each ))/.test(file.path)) return [undefined];
  return file.ancestors
    ? projectFolders.flatMap((folder) => [folder, ...foldersAbove(folder, machine)])
    : projectFolders;
}

function foldersAbove(folder: string, machine: Machine): readonly string[] {
  const above = pathsOf(machine).dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above, machine)];
}

/** Expands one notation: to nothing when its variable is not set, to several for alternatives. */
export function resolvePaths(
  notation: string,
  machine: Machine,
  project: string | undefined,
): readonly Resolved[] {
  return expandAlternatives(notation).flatMap((text) => {
    const each = /^\{each \$(\w+)\}$/.exec(text)?.[1];
    if (each !== undefined) return listVariable(each, machine);
    const segments = text.split('/');
    const first = segments.findIndex((segment) => segment.includes('*'));
    const literal = first < 0 ? text : segments.slice(0, first).join('/');
    const base = resolveLiteral(literal, machine, project);
    if (base === undefined) return [];
    if (first < 0) return [{ path: base }];
    const rest = segments.slice(first);
    return [{ path: pathsOf(machine).join(base, ...rest), glob: { base, segments: rest } }];
  });
}

/** `a{b,c}d` → `abd`, `acd`; braces that hold a variable are left for later. */
function expandAlternatives(text: string): readonly string[] {
  const match = /\{([^{}$]*,[^{}$]*)\}/.exec(text);
  if (match === null) return [text];
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  return (match[1] ?? '').split(',').flatMap((part) => expandAlternatives(before + part + after));
}

function listVariable(name: string, machine: Machine): readonly Resolved[] {
  const paths = pathsOf(machine);
  return (readVariable(name, machine) ?? '')
    .split(paths.delimiter)
    .filter((path) => paths.isAbsolute(path))
    .map((path) => ({ path: paths.normalize(path) }));
}

/** What each sign at the front of a path stands for; undefined when a variable is missing. */
function resolveLiteral(
  text: string,
  machine: Machine,
  project: string | undefined,
): string | undefined {
  const paths = pathsOf(machine);
  const [front = '', ...rest] = text.split('/');
  if (front === '' && rest.length > 0) return paths.normalize(text);
  const choice = /^\{\$(\w+)\|(.*)$/.exec(text);
  if (choice !== null) {
    const [fallback = '', after = ''] = (choice[2] ?? '').split('}', 2);
    const root = readFolder(choice[1] ?? '', machine) ?? resolveLiteral(fallback, machine, project);
    return root === undefined ? undefined : paths.join(root, after);
  }
  const root = frontFolder(front, machine);
  if (root === 'none') return undefined;
  if (root !== undefined) return paths.join(root, ...rest);
  return project === undefined ? paths.normalize(text) : paths.join(project, text);
}

function frontFolder(front: string, machine: Machine): string | 'none' | undefined {
  if (front === '~') return machine.home;
  if (front === '<appdata>') return appData(machine);
  if (front.startsWith('$')) return readFolder(front.slice(1), machine) ?? 'none';
  if (front.startsWith('%')) return windowsFolder(front.slice(1, -1), machine);
  return undefined;
}

/** The folder in which apps keep what belongs to one user. */
function appData(machine: Machine): string {
  const { home, platform } = machine;
  if (platform === 'macos') return posix.join(home, 'Library/Application Support');
  if (platform === 'windows') return windowsFolder('APPDATA', machine);
  return readFolder('XDG_CONFIG_HOME', machine) ?? posix.join(home, '.config');
}

/** Where Windows puts a folder when its variable is missing, from home (`~`) or absolute. */
const windowsDefaults: Readonly<Record<string, string>> = {
  APPDATA: '~\\AppData\\Roaming',
  LOCALAPPDATA: '~\\AppData\\Local',
  USERPROFILE: '~',
  PROGRAMDATA: 'C:\\ProgramData',
  PROGRAMFILES: 'C:\\Program Files',
  'PROGRAMFILES(X86)': 'C:\\Program Files (x86)',
};

function windowsFolder(name: string, machine: Machine): string {
  const usual = windowsDefaults[name.toUpperCase()] ?? '~';
  return readFolder(name, machine) ?? win32.normalize(usual.replace('~', () => machine.home));
}

/** A variable that names a folder or file. Relative values mean a different place for every program: ignored. */
function readFolder(name: string, machine: Machine): string | undefined {
  const value = readVariable(name, machine);
  return value !== undefined && pathsOf(machine).isAbsolute(value) ? value : undefined;
}

/** Windows does not tell upper from lower case in names of variables. An empty value is not set. */
function readVariable(name: string, machine: Machine): string | undefined {
  const exact = machine.env[name];
  if (exact !== undefined || machine.platform !== 'windows') return exact || undefined;
  const wanted = name.toUpperCase();
  return (
    Object.entries(machine.env).find(([key]) => key.toUpperCase() === wanted)?.[1] || undefined
  );
}

function uniqueByPath(
  locations: readonly FileLocation[],
  machine: Machine,
): readonly FileLocation[] {
  const seen = new Set<string>();
  return locations.filter(({ path }) => {
    const key = machine.platform === 'windows' ? path.toLowerCase() : path;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function pathsOf(machine: Machine): typeof posix {
  return machine.platform === 'windows' ? win32 : posix;
}
