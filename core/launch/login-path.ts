/**
 * The search path that the person's own login shell has. Clients with a window often start with a
 * much shorter one, on which `npx` or `uvx` is not found.
 */
import { AppError } from '../../shared/errors.ts';
import type { Clock, Files, Machine, Processes, Roots } from '../ports.ts';
import { type Network, networkNames, noteNetwork, readNetwork } from './network.ts';

/** How long a login shell may take, in milliseconds: some people's start-up files are slow. */
const shellTimeout = 5000;
const begin = markOf('path_begin');
const end = markOf('path_end');

export interface LoginPath {
  readonly path: string;
  readonly shell: string;
  readonly at: string;
  /** Proxies and authorities (`network.ts`); absent when an older version noted the rest. */
  readonly network?: Network;
}

/** The program and arguments that print the search path of a login shell, and its network, between marks. */
export function loginPathCommand(shell: string): readonly [string, readonly string[]] {
  // `printenv` instead of `echo $PATH`: some shells keep the path as a list and print it with spaces.
  const asked = [['PATH', begin] as const, ...networkNames.map((name) => [name, markOf(name)])];
  const questions = asked.map(([name, mark]) => `printf '%s\\n' ${mark}; printenv ${name}`);
  return [shell, ['-ilc', [...questions, `printf '%s\\n' ${end}`].join('; ')]];
}

function markOf(name: string): string {
  return `__portcullis_${name}__`;
}

/** Where a shell begins whose person we know and whose surroundings we do not. */
export const usualPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

/** The environment of that shell: enough for its start-up files, and nothing else of ours. */
export function loginPathEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const names = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'PATH'];
  const kept = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TERM: 'dumb' };
}

/** What stands between the marks, or undefined. Start-up files may print anything around them. */
export function parseLogin(
  output: string,
): { readonly path: string; readonly network: Network } | undefined {
  const from = output.lastIndexOf(begin);
  const to = output.indexOf(end, from);
  if (from === -1 || to === -1) return undefined;
  const lines = output.slice(from, to).split(/\r?\n/);
  const answers = new Map<string, string>();
  let mark = '';
  for (const line of lines) {
    if (/^__portcullis_\w+__$/.test(line)) mark = line;
    else if (line !== '') answers.set(mark, line);
  }
  const path = answers.get(begin);
  if (path?.includes('/') !== true) return undefined;
  const told = networkNames.map((name) => [name, answers.get(markOf(name))] as const);
  return { path, network: noteNetwork(Object.fromEntries(told)) };
}

/** Several paths as one, without repeats: the first that has a program wins. */
export function joinPaths(delimiter: ':' | ';', ...paths: readonly (string | undefined)[]): string {
  const folders = paths.flatMap((path) => splitPath(delimiter, path ?? ''));
  return [...new Set(folders)].join(delimiter);
}

/** Its absolute folders: any other would be looked for where the client happens to be. */
export function splitPath(delimiter: ':' | ';', path: string): readonly string[] {
  const absolute = delimiter === ':' ? /^\// : /^(?:[A-Za-z]:[\\/]|[\\/]{2})/;
  return path.split(delimiter).filter((folder) => absolute.test(folder));
}

/** What is cached, from the text of `path.json`; nothing when it is missing or damaged. */
export function parseCachedPath(
  text: string | undefined,
): Partial<Pick<LoginPath, 'path' | 'shell' | 'network'>> {
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return {};
    const network = 'network' in parsed ? readNetwork(parsed.network) : undefined;
    return {
      ...('path' in parsed && typeof parsed.path === 'string' ? { path: parsed.path } : {}),
      ...('shell' in parsed && typeof parsed.shell === 'string' ? { shell: parsed.shell } : {}),
      ...(network === undefined ? {} : { network }),
    };
  } catch {
    // A cache: captured again when a command is not found.
    return {};
  }
}

export function renderCachedPath(captured: Partial<LoginPath>): string {
  return `${JSON.stringify(captured)}\n`;
}

/**
 * Asks the login shell and caches the answer in the data folder. Undefined on Windows, where the
 * client's path is the person's own.
 * Errors: `server_timeout` when the shell does not come back, `unsupported` when it tells no path.
 */
export async function captureLoginPath({
  machine,
  processes,
  files,
  clock,
  roots,
}: {
  machine: Machine;
  processes: Pick<Processes, 'run'>;
  files: Pick<Files, 'makeFolder' | 'createExclusive' | 'rename' | 'remove'>;
  clock: Pick<Clock, 'now'>;
  roots: Roots;
}): Promise<LoginPath | undefined> {
  if (machine.platform === 'windows') return undefined;
  // What is noted holds for every launch from now on: nothing of it comes from where we happen to run.
  const shell = machine.shell ?? (machine.platform === 'macos' ? '/bin/zsh' : '/bin/sh');
  const own = { ...machine.env, HOME: machine.home, SHELL: shell, PATH: usualPath };
  const [command, args] = loginPathCommand(shell);
  const env = loginPathEnvironment(own);
  // Start-up files may add what lies in the folder they run in.
  const cwd = machine.home;
  const result = await processes.run(command, args, { env, cwd, timeout: shellTimeout });
  const login = parseLogin(result.stdout);
  if (login === undefined)
    throw new AppError('unsupported', `The shell ${shell} did not tell its search path.`, {
      hint: 'Portcullis goes on with the path of each client. Name commands with their full path where that is not enough.',
      details: { shell },
    });
  const path = joinPaths(':', login.path);
  const { network } = login;
  const captured = { path, shell, at: clock.now(), network };
  const file = `${roots.data}/path.json`;
  await files.makeFolder(roots.data);
  await files.remove(`${file}.new`);
  await files.createExclusive(
    `${file}.new`,
    new TextEncoder().encode(renderCachedPath(captured)),
    0o600,
  );
  await files.rename(`${file}.new`, file);
  return captured;
}
