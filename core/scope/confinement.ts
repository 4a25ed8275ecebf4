/**
 * From a planned start and a scope to all that the server may see, as data for a sandbox. What is not
 * named here is not there for it.
 */
import { posix } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { Bind, Confinement, Machine, ProgramFiles, Roots } from '../ports.ts';
import type { Environment } from './environment.ts';
import { findHidden, findPins, type ListClientFiles, type Shown } from './hidden-places.ts';
import { isPackages, isShowable } from './linked-packages.ts';
import { fixedMaskedPaths, isInside } from './masked-paths.ts';
import { findProgramPlaces, isInstalled } from './programs.ts';
import { isWholeMachine, isWork } from './too-wide.ts';

const { basename, dirname, join, relative, resolve } = posix;

/** The home of a confined server, under the same path in every one, so that its caches stay valid. */
export const innerHome = '/home/mcp';

export interface ProgramStart {
  readonly server: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
}

export interface ConfinementSource {
  readonly start: ProgramStart;
  readonly scope: CredentialScope;
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: ProgramFiles;
  /** Folders that the client named in its references, such as the open workspace. */
  readonly given: readonly string[];
  readonly network: 'open' | 'none' | ProxyAccess;
  readonly listClientFiles: ListClientFiles;
  /** Where the person's own shell looks for programs: no client gives such a folder. */
  readonly loginPath: string | undefined;
}

export interface ProxyAccess {
  readonly port: number;
  readonly socket: string;
  /** Certificates that the server must trust, as the proxy looks into its connections. */
  readonly trust?: { readonly from: string; readonly to: string };
}

/** Where a server's own home lies on disk. */
export function serverHome(roots: Roots, server: string): string {
  return join(roots.data, 'sandbox', server, 'home');
}

/** Errors: `not_confined` for a folder that leads elsewhere than it did, or is none to be shown. */
export function planConfinement(source: ConfinementSource): Confinement {
  const { start, machine, roots, files, network } = source;
  const masked = fixedMaskedPaths(machine, roots);
  const linked = linkedPlaces(source, masked);
  const file = fileOf(source, linked);
  const program = findProgramPlaces(file, start.args, {
    path: start.env.PATH ?? '',
    cwd: start.cwd,
    home: machine.home,
    files,
    masked,
  });
  const granted = grantedPlaces(source);
  const given = givenPlaces(source, granted);
  const own = [
    ...program.places.map((path): Shown => {
      const because = program.own.includes(path) ? 'program' : 'runtime';
      return { from: path, to: path, access: 'read', because };
    }),
    ...linked.flatMap((from) =>
      namesInside(from, source, masked).map((to): Shown => {
        const because = isInstalled(from) ? 'runtime' : 'program';
        return { from, to, access: 'read', because };
      }),
    ),
  ];
  const shown = [
    // What the person granted goes over what the program brings along.
    ...own.filter(({ to }) => !granted.some((place) => isInside(to, place.to))),
    ...given,
    ...granted,
  ];
  const masks = findHidden(shown, {
    ...{ ...source, masked },
    needed: [file, ...start.args.map((argument) => resolve(start.cwd, argument))],
  });
  const binds = [
    { from: serverHome(roots, start.server), to: innerHome, access: 'write' } as const,
    ...shown.map(({ because: _, ...bind }) => bind),
    ...(typeof network === 'object' && network.trust !== undefined
      ? [{ ...network.trust, access: 'read' } as const]
      : []),
  ];
  const mean = (text: string) => meanGranted(text, granted, machine.home);
  const env = Object.entries(start.env).map(([name, value]) => [name, mean(value)]);
  return {
    server: start.server,
    file,
    args: start.args.map(mean),
    env: innerEnvironment(Object.fromEntries(env), program.path, program.env),
    cwd: binds.some(({ to }) => isInside(start.cwd, to)) ? start.cwd : innerHome,
    binds: sortByDepth([...binds, ...findPins(masks, shown)]),
    masks,
    network,
  };
}

/** Packages that the scope keeps. */
function linkedPlaces(
  { scope, files, machine: { home }, start }: ConfinementSource,
  masked: readonly string[],
): readonly string[] {
  return (scope.packages ?? []).flatMap((path) => {
    const real = files.realpath(path);
    // Not there any more: nothing to show.
    if (real === undefined) return [];
    if (real !== path) throw leadsElsewhere(start.server, path);
    if (!isShowable(path, { home, masked })) throw notToBeGranted(start.server, path);
    return isPackages(path, files) ? [path] : [];
  });
}

/**
 * Its real name, and the one that it has for a program whose path goes over a link: inside, what is shown
 * under that path is no link any more.
 */
function namesInside(
  place: string,
  { start, files, machine: { home } }: ConfinementSource,
  masked: readonly string[],
): readonly string[] {
  const aliases = [start.file, ...start.args].flatMap((text) => {
    const path = resolve(start.cwd, text);
    const real = files.probe(path).kind === 'file' ? files.realpath(path) : undefined;
    if (real === undefined || real === path) return [];
    const [named, meant] = withoutCommonEnd(path, real);
    const alias = join(named, relative(meant, place));
    return isInside(place, meant) && isShowable(alias, { home, masked }) ? [alias] : [];
  });
  return [...new Set([place, ...aliases])];
}

function withoutCommonEnd(left: string, right: string): readonly [string, string] {
  let [one, other] = [left, right];
  while (one !== '/' && other !== '/' && basename(one) === basename(other))
    [one, other] = [dirname(one), dirname(other)];
  return [one, other];
}

/** By its own name where it belongs to such a package: the link to it would not be a link inside. */
function fileOf({ start, files }: ConfinementSource, linked: readonly string[]): string {
  const real = linked.length === 0 ? undefined : files.realpath(start.file);
  return real !== undefined && linked.some((path) => isInside(real, path)) ? real : start.file;
}

/** Each folder under the path that the person wrote, and under its real one. */
function grantedPlaces({ scope, files, start }: ConfinementSource): readonly Shown[] {
  return scope.folders.flatMap(({ path, access, target }) => {
    const real = files.realpath(path);
    // Not there now: nothing to show, and nothing made in its place.
    if (real === undefined) return [];
    if (real !== (target ?? path)) throw leadsElsewhere(start.server, path);
    if (isWholeMachine(path) || isWholeMachine(real)) throw notToBeGranted(start.server, path);
    return underBothNames({ from: real, to: path, access, because: 'granted' });
  });
}

/**
 * What the client named, in a value that nobody has agreed to: a place among the person's work, or one
 * that the person granted, and then no further than that.
 */
function givenPlaces(
  { given, files, start, ...search }: ConfinementSource,
  granted: readonly Shown[],
): readonly Shown[] {
  return given.flatMap((text) => {
    const path = resolve(text);
    const real = files.realpath(path);
    if (real === undefined) return [];
    const agreed = granted.filter(({ from }) => isInside(real, from)).at(-1);
    if (agreed === undefined && !isWork(path, { files, ...search }))
      throw notToBeGiven(start.server, path);
    const access = agreed?.access ?? 'write';
    return underBothNames({ from: real, to: path, access, because: 'given' });
  });
}

/** `~` is the server's own home inside; where the person granted what it leads to outside, that is meant. */
function meanGranted(text: string, granted: readonly Shown[], home: string): string {
  const [, option = '', rest] = /^(--?[\w-]+=)?~\/(.*)$/s.exec(text) ?? [];
  if (rest === undefined) return text;
  const path = join(home, rest);
  return granted.some(({ to }) => isInside(path, to)) ? `${option}${path}` : text;
}

function underBothNames(place: Shown): readonly Shown[] {
  return place.from === place.to ? [place] : [place, { ...place, to: place.from }];
}

function leadsElsewhere(server: string, path: string): AppError {
  return new AppError(
    'not_confined',
    `The server "${server}" was not started: its folder ${path} now leads to another place than when you allowed it.`,
    {
      hint: `Look at what the folder is, then allow it again with \`portcullis scope ${server} set\`.`,
      details: { server, path },
    },
  );
}

function notToBeGranted(server: string, path: string): AppError {
  return new AppError(
    'not_confined',
    `The server "${server}" was not started: ${path} cannot be shown to a confined server.`,
    {
      hint: `Take it away with \`portcullis scope ${server} set --hide ${path}\`, and allow the folders that it needs.`,
      details: { server, path },
    },
  );
}

function notToBeGiven(server: string, path: string): AppError {
  return new AppError(
    'not_confined',
    `The server "${server}" was not started: its client gave it ${path}, which is no project among your work.`,
    {
      hint: `Open a project in the client. Or allow the place yourself: \`portcullis scope ${server} set --write ${path}\`.`,
      details: { server, path },
    },
  );
}

/** Outer folders first: a later bind covers a part of an earlier one. */
function sortByDepth(binds: readonly Bind[]): readonly Bind[] {
  const unique = new Map(binds.map((bind) => [bind.to, bind]));
  return [...unique.values()].sort((left, right) => depthOf(left.to) - depthOf(right.to));
}

function depthOf(path: string): number {
  return path.split('/').length;
}

const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function innerEnvironment(
  env: Environment,
  programPath: readonly string[],
  programEnv: Readonly<Record<string, string>>,
): Environment {
  const path = [...new Set([...programPath, ...systemPath])].join(':');
  return { ...programEnv, ...env, HOME: innerHome, TMPDIR: '/tmp', PATH: path };
}
