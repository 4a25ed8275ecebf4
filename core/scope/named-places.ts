/**
 * Places that a launch names, in an argument, a variable or as its folder, and what a scope may suggest for
 * each. The rule of file or folder:
 *
 * 1. A folder that is there is meant itself.
 * 2. A database (by its ending): its folder, for the journal beside it.
 * 3. A file of settings or keys, by its ending, the name of the variable or the words of the catalogue:
 *    that file alone, to read. One that is not there is nothing to give.
 * 4. Any other file that a variable names is kept by the server: its folder, to write, as it may be made
 *    anew under another name and moved there. So is a file that is not there yet.
 * 5. Any other file that an argument names: that file alone.
 *
 * A folder around a file is more than was named. It is suggested inside the person's home only, and not
 * where others keep something: credentials, settings (any name with a dot), programs, all documents, a
 * project under version control. Where that would be too much, the file alone is when it is there; else
 * nothing, with the reason.
 */
import { posix, win32 } from 'node:path';
import type { ScopeFolder } from '../../shared/models/scope.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import { wordsOf } from '../exposure/names.ts';
import type { Machine, ProgramFiles } from '../ports.ts';
import type { PackagePresets } from './catalogue-presets.ts';
import { isInside } from './masked-paths.ts';
import { isOfOthers } from './offered-variables.ts';
import { interpreters } from './programs.ts';
import { isDotted, isShared, isTooWide } from './too-wide.ts';

/** Why nothing is suggested, or less than was named. */
export type PlaceProblem = 'missing' | 'too-wide' | 'hidden' | 'settings' | 'elsewhere';

export interface NamedPlace {
  readonly kind: Naming['kind'];
  /** The variable or option that names it; absent for a bare argument and the working folder. */
  readonly by?: string;
  readonly path: string;
  /** What the server needs there to do what it was told to. */
  readonly needs: 'read' | 'write';
  readonly folder?: ScopeFolder;
  readonly problem?: PlaceProblem;
}

export interface PlaceSearch {
  readonly machine: Machine;
  readonly files: ProgramFiles;
  readonly masked: readonly string[];
  /** Whether a client keeps its servers in that file, and with them their secrets. */
  readonly isClientFile: (path: string) => boolean;
  /** What the catalogue says of the package. It can make a suggestion smaller, never larger. */
  readonly presets?: PackagePresets | undefined;
}

type StdioLaunch = Extract<LaunchSpec, { transport: 'stdio' }>;

/** A text of the launch in which a path may stand. */
interface Naming {
  readonly kind: 'argument' | 'variable' | 'folder';
  readonly by?: string | undefined;
  readonly text: string;
}

/** Packages that only read what they are given. */
const readers = /(?:read-?only|docs?|search|pdf|markitdown)/i;
/** Files that hold settings or keys: read, never written. */
const settingsFile = /\.(?:json|ya?ml|toml|pem|key|crt|cer|p8|p12|pfx|env|ini|conf)$/i;
/** The same where a variable names it: a server may well keep what it knows as JSON. */
const keyFile = /\.(?:toml|pem|key|crt|cer|p8|p12|pfx|env|ini|conf)$/i;
/** Databases want their folder: they keep a journal beside the file. */
const databaseFile = /\.(?:db|sqlite3?|duckdb)$/i;
const settingsWords = new Set(
  'config configs configuration conf cfg setting settings options cert certs certificate certificates ca crt pem key keys credential credentials creds secret secrets token kubeconfig profile license licence policy rules schema spec openapi swagger template templates prompt prompts manifest proto dotenv env'.split(
    ' ',
  ),
);

/** Every place, once for each name that it has. */
export function findNamedPlaces(launch: LaunchSpec, search: PlaceSearch): readonly NamedPlace[] {
  if (launch.transport !== 'stdio') return [];
  const access = isReader(launch) ? 'read' : 'write';
  return listNamings(launch, search).flatMap((naming) =>
    pathsIn(naming.text, search).flatMap((path) => judge(naming, path, access, search)),
  );
}

/** One row for each path; who may write may read. */
export function suggestFolders(places: readonly NamedPlace[]): readonly ScopeFolder[] {
  const found = new Map<string, ScopeFolder>();
  for (const { folder } of places) {
    if (folder === undefined) continue;
    if (found.get(folder.path)?.access !== 'write') found.set(folder.path, folder);
  }
  return [...found.values()];
}

function isReader({ command, args }: StdioLaunch): boolean {
  return [command, ...args]
    .filter((text) => !text.includes('=') && !/^[~/\\]|^[A-Za-z]:/.test(text))
    .some((name) => readers.test(name));
}

function listNamings(launch: StdioLaunch, search: PlaceSearch): readonly Naming[] {
  const runs = scriptAt(launch, search);
  const args = launch.args.flatMap((argument, index): readonly Naming[] => {
    if (index === runs) return [];
    const [, option, value] = /^(--?[\w-]+)=(.*)$/s.exec(argument) ?? [];
    if (option !== undefined) return [{ kind: 'argument', by: option, text: value ?? '' }];
    const before = launch.args[index - 1];
    return [{ kind: 'argument', by: before?.startsWith('-') ? before : undefined, text: argument }];
  });
  const variables = Object.entries(launch.env).map(
    ([by, text]): Naming => ({ kind: 'variable', by, text }),
  );
  return [
    ...args,
    ...variables,
    ...(launch.cwd === undefined ? [] : [{ kind: 'folder', text: launch.cwd } as const]),
  ];
}

/** The place of the script among the arguments: it is shown anyway, read-only. */
function scriptAt({ command, args }: StdioLaunch, { files }: PlaceSearch): number {
  const isFile = (argument: string) => files.probe(argument).kind === 'file';
  const first = args.findIndex((argument) => !argument.startsWith('-'));
  const name = command.split(/[\\/]/).at(-1) ?? '';
  if (interpreters.test(name) && isFile(args[first] ?? '')) return first;
  return args.findIndex(
    (argument) => /\.(?:[cm]?[jt]s|py|rb|php|sh)$/.test(argument) && isFile(argument),
  );
}

/** Only what the record itself says in full: no secret's value, nothing that a client fills in. */
function pathsIn(template: string, search: PlaceSearch): readonly string[] {
  const parts = parseTemplate(template);
  if (parts.some((part) => part.kind !== 'text')) return [];
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  // A list, where each of them begins like a path.
  const list = search.machine.platform === 'windows' ? [text] : text.split(/[:;,|](?=~?\/)/);
  const found = list.map((one) => pathIn(one, search));
  return found.flatMap((path) => (found[0] === undefined || path === undefined ? [] : [path]));
}

function pathIn(text: string, { machine }: PlaceSearch): string | undefined {
  const paths = pathsOf(machine);
  const path = text.startsWith('~/') ? paths.join(machine.home, text.slice(2)) : text;
  if (!paths.isAbsolute(path) || /[\0\r\n]/.test(path)) return undefined;
  return paths.normalize(path).replace(/(?<=.)[\\/]$/, '');
}

function pathsOf({ platform }: PlaceSearch['machine']) {
  return platform === 'windows' ? win32 : posix;
}

function judge(
  naming: Naming,
  path: string,
  access: 'read' | 'write',
  search: PlaceSearch,
): readonly NamedPlace[] {
  const { kind } = search.files.probe(path);
  const isVariable = naming.kind === 'variable';
  // Such a variable changes programs: what it leads to is read by them.
  const most = isVariable && isOfOthers(naming.by ?? '') ? 'read' : access;
  const by = naming.by === undefined ? {} : { by: naming.by };
  const file = { kind: naming.kind, ...by, path };
  if (kind === 'folder') return [itself(file, most, search)];
  if (databaseFile.test(path)) return [around(file, kind, most, search)];
  if (holdsSettings(naming, path, search))
    return kind === 'missing' ? [] : [alone(file, 'read', search)];
  if (kind === 'missing')
    return mayBePath(naming, path, search) ? [around(file, kind, 'write', search)] : [];
  if (isVariable && most === 'write') return [around(file, kind, most, search)];
  return [alone(file, most, search)];
}

type Named = Pick<NamedPlace, 'kind' | 'by' | 'path'>;

function itself(named: Named, access: 'read' | 'write', search: PlaceSearch): NamedPlace {
  const problem = whyNot(named.path, search);
  if (problem !== undefined) return { ...named, needs: 'read', problem };
  return { ...named, needs: 'read', folder: folderOf(named.path, access, search) };
}

/** A file that is there, without the folder around it. */
function alone(named: Named, access: 'read' | 'write', search: PlaceSearch): NamedPlace {
  if (namesOf(named.path, search).some(search.isClientFile))
    return { ...named, needs: 'read', problem: 'hidden' };
  const isSetting = access === 'write' && isAmongSettings(named.path, search);
  return itself(named, isSetting ? 'read' : access, search);
}

/** The folder around a file that the server keeps. */
function around(
  named: Named,
  kind: 'missing' | 'file' | 'folder',
  needs: 'read' | 'write',
  search: PlaceSearch,
): NamedPlace {
  const place = pathsOf(search.machine).dirname(named.path);
  const isThere = search.files.probe(place).kind === 'folder';
  const problem = isThere ? whyNotAround(place, search) : 'missing';
  if (problem === undefined) return { ...named, needs, folder: folderOf(place, needs, search) };
  const isMuch = problem === 'too-wide' || problem === 'elsewhere';
  if (kind === 'missing' || !isMuch || isAmongSettings(named.path, search))
    return { ...named, needs, problem };
  return { ...alone(named, needs, search), needs };
}

function folderOf(path: string, access: 'read' | 'write', { files }: PlaceSearch): ScopeFolder {
  const target = files.realpath(path);
  return { path, access, ...(target === undefined || target === path ? {} : { target }) };
}

/** Under each name that a place has: it may be a link to somewhere else. */
function namesOf(path: string, { files }: PlaceSearch): readonly string[] {
  return [...new Set([path, files.realpath(path) ?? path])];
}

function whyNot(path: string, search: PlaceSearch): PlaceProblem | undefined {
  const { machine, masked } = search;
  const names = namesOf(path, search);
  if (names.some((name) => masked.some((one) => isInside(name, one)))) return 'hidden';
  return names.some((name) => isTooWide(name, machine.home, masked)) ? 'too-wide' : undefined;
}

/** Nobody named the folder, only a file in it. */
function whyNotAround(place: string, search: PlaceSearch): PlaceProblem | undefined {
  const { machine, files, masked } = search;
  const problem = whyNot(place, search);
  if (problem !== undefined) return problem;
  const homes = namesOf(machine.home, search);
  const names = namesOf(place, search);
  if (!names.every((name) => homes.some((home) => isInside(name, home)))) return 'elsewhere';
  if (names.some((name) => isAmongSettings(name, search))) return 'settings';
  const isWide = names.some(
    (name) =>
      masked.some((one) => isInside(one, name)) ||
      homes.some((home) => isShared(name, home)) ||
      // A project: what is written to it is built and started.
      files.probe(pathsOf(machine).join(name, '.git')).kind !== 'missing',
  );
  return isWide ? 'too-wide' : undefined;
}

function isAmongSettings(path: string, search: PlaceSearch): boolean {
  const homes = namesOf(search.machine.home, search);
  return namesOf(path, search).some((name) => homes.some((home) => isDotted(name, home)));
}

function holdsSettings({ kind, by = '' }: Naming, path: string, { presets }: PlaceSearch): boolean {
  const ending = kind === 'variable' ? keyFile : settingsFile;
  if (ending.test(path) || wordsOf(by).some((word) => settingsWords.has(word))) return true;
  const rows = [...(presets?.variables ?? []), ...(presets?.paths ?? [])];
  const about = rows.find(({ name }) => name === by)?.about ?? '';
  return /\b(?:config(?:uration)?|settings|certificate|private key|credentials)\b/i.test(about);
}

/**
 * A text that begins like a path and leads nowhere may be a part of an address (`/mcp`). It is a path when
 * it is in the home, when the catalogue says so, or when it ends like a file and its folder is there.
 */
function mayBePath({ by }: Naming, path: string, search: PlaceSearch): boolean {
  const { machine, files, presets } = search;
  const paths = pathsOf(machine);
  if (isInside(path, machine.home)) return true;
  const rows = [...(presets?.variables ?? []).filter((row) => row.path), ...(presets?.paths ?? [])];
  if (by !== undefined && rows.some(({ name }) => name === by)) return true;
  const place = paths.dirname(path);
  return (
    paths.dirname(place) !== place &&
    paths.extname(path) !== '' &&
    files.probe(place).kind === 'folder'
  );
}
