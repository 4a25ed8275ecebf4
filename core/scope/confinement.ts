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
  readonly listClientFiles: ListClientFiles;
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
  const granted = grantedPlaces(source);
  const own = program.places.map(
    (path): Shown => ({ from: path, to: path, access: 'read', because: 'program' }),
  );
  const shown = [
    // What the person granted goes over what the program brings along.
    ...own.filter(({ to }) => !granted.some((place) => isInside(to, place.to))),
    ...granted,
  ];
  const masks = findHidden(shown, { ...source, masked });
  const binds = [
    { from: serverHome(roots, start.server), to: innerHome, access: 'write' } as const,
    ...shown.map(({ because: _, ...bind }) => bind),
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
    binds: sortByDepth([...binds, ...findPins(masks, shown)]),
    masks,
    network,
  };
}

/** Each folder under the path that the person wrote, and under its real one. */
function grantedPlaces({ scope, given, files, start }: ConfinementSource): readonly Shown[] {
  const folders = [
    ...scope.folders,
    ...given.map((path) => ({ path, access: 'write' as const, target: files.realpath(path) })),
  ];
  return folders.flatMap(({ path, access, target }) => {
    const real = files.realpath(path);
    // Not there now: nothing to show, and nothing made in its place.
    if (real === undefined) return [];
    if (real !== (target ?? path)) throw leadsElsewhere(start.server, path);
    const place: Shown = { from: real, to: path, access, because: 'granted' };
    return real === path ? [place] : [place, { ...place, to: real }];
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
