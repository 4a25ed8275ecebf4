/**
 * From a planned start and a scope to all that the server may see, as data for a sandbox. What is not
 * named here is not there for it.
 */
import { posix } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { Bind, Confinement, Machine, ProgramFiles, Roots } from '../ports.ts';
import type { Environment } from './environment.ts';
import { fixedMaskedPaths, isInside } from './masked-paths.ts';
import { findProgramPlaces } from './programs.ts';

const { join } = posix;

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
  /** Client files inside of folders (`core/launch/client-files.ts`): handed in, as few starts need them. */
  readonly listClientFiles: ListClientFiles;
}

export type ListClientFiles = (
  machine: Machine,
  folders: readonly string[],
  files: ProgramFiles,
) => readonly string[];

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

/** Errors: `not_confined` when a folder of the scope no longer leads where it did. */
export function planConfinement(source: ConfinementSource): Confinement {
  const { start, machine, roots, files, network } = source;
  const masked = fixedMaskedPaths(machine, roots);
  const program = findProgramPlaces(start.file, start.args, {
    path: start.env.PATH ?? '',
    cwd: start.cwd,
    home: machine.home,
    files,
    masked,
  });
  const granted = grantedBinds(source);
  const masks = masksIn(granted, masked, source);
  const own = program.places.map((path): Bind => ({ from: path, to: path, access: 'read' }));
  const binds = [
    { from: serverHome(roots, start.server), to: innerHome, access: 'write' } as const,
    // What the person granted goes over what the program brings along.
    ...own.filter(({ to }) => !granted.some((bind) => isInside(to, bind.to))),
    ...granted,
    ...(typeof network === 'object' && network.trust !== undefined
      ? [{ ...network.trust, access: 'read' } as const]
      : []),
  ];
  return {
    server: start.server,
    file: start.file,
    args: start.args,
    env: innerEnvironment(start, program.path, program.env),
    cwd: binds.some(({ to }) => isInside(start.cwd, to)) ? start.cwd : innerHome,
    binds: sortByDepth([...binds, ...pinsFor(masks, granted)]),
    masks,
    network,
  };
}

/** Each folder under the path that the person wrote, and under its real one. */
function grantedBinds({ scope, given, files, start }: ConfinementSource): readonly Bind[] {
  const folders = [
    ...scope.folders,
    ...given.map((path) => ({ path, access: 'write' as const, target: files.realpath(path) })),
  ];
  return folders.flatMap(({ path, access, target }) => {
    const real = files.realpath(path);
    // Not there now: nothing to show, and nothing made in its place.
    if (real === undefined) return [];
    if (real !== (target ?? path)) throw leadsElsewhere(start.server, path);
    const bind: Bind = { from: real, to: path, access };
    return real === path ? [bind] : [bind, { from: real, to: real, access }];
  });
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

function masksIn(
  granted: readonly Bind[],
  masked: readonly string[],
  { files, machine, listClientFiles }: ConfinementSource,
): Confinement['masks'] {
  if (granted.length === 0) return [];
  const folders = [...new Set(granted.map(({ to }) => to))];
  const paths = [...masked, ...listClientFiles(machine, folders, files)];
  // By the real path too: a granted folder may hold the place under another name.
  const both = paths.flatMap((path) => [path, files.realpath(path) ?? path]);
  const inside = [...new Set(both)].filter((path) =>
    // A place that was granted by its own name is meant.
    folders.some((folder) => folder !== path && isInside(path, folder)),
  );
  return inside.flatMap((path) => {
    if (folders.includes(path)) return [];
    const { kind } = files.probe(path);
    return kind === 'missing' ? [] : [{ path, kind }];
  });
}

/**
 * Each folder between a granted one and a hidden place in it, shown over itself: such a folder cannot be
 * renamed, so that the place is still where it is hidden at the next start.
 */
function pinsFor(masks: Confinement['masks'], granted: readonly Bind[]): readonly Bind[] {
  return masks.flatMap(({ path }) =>
    granted
      .filter(({ to }) => isInside(path, to))
      .flatMap(({ from, to, access }) => {
        const between = path
          .slice(to.length + 1)
          .split('/')
          .slice(0, -1);
        return between.map((_, index): Bind => {
          const below = between.slice(0, index + 1);
          return { from: join(from, ...below), to: join(to, ...below), access };
        });
      }),
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
  { env }: ProgramStart,
  programPath: readonly string[],
  programEnv: Readonly<Record<string, string>>,
): Environment {
  const path = [...new Set([...programPath, ...systemPath])].join(':');
  return { ...programEnv, ...env, HOME: innerHome, TMPDIR: '/tmp', PATH: path };
}
