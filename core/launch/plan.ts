/**
 * Job "launch", the deciding part: from a record and its secrets to the exact program, arguments,
 * environment and folder. Doing it (reading files and the keychain, replacing the process) is left to
 * the launcher in `cli/run` and to `core/inspect`, so that both start a server alike.
 */
import { posix, win32 } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Platform, ProgramFiles } from '../ports.ts';
import { buildEnvironment, type Environment } from '../scope/environment.ts';
import type { FilledStdio } from './fill.ts';
import { joinPaths } from './login-path.ts';
import { isRelative, startsFromFolder } from './relative-paths.ts';
import { findCommand, resolveCommand } from './resolve-command.ts';

/** Holds secrets: never print it. */
export interface LaunchPlan {
  readonly server: string;
  /** Absolute path of the program. */
  readonly file: string;
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** Absolute. */
  readonly cwd: string;
}

export interface LaunchCircumstances {
  readonly platform: Platform;
  /** The environment of whoever starts the server. */
  readonly clientEnv: Readonly<Record<string, string | undefined>>;
  /** The search path of the login shell, when it is known. */
  readonly loginPath: string | undefined;
  /** The folder we were started in. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly files: ProgramFiles;
  /** Variables that the server's scope lets through beside the usual few. */
  readonly also?: readonly string[] | undefined;
}

/** The longest single argument or variable that Linux takes, in bytes. */
const textLimit = 131_071;

/** True when the command is found on neither search path, so that asking the shell anew may help. */
export function isCommandMissing(
  server: string,
  launch: FilledStdio,
  circumstances: LaunchCircumstances,
): boolean {
  if (/[\\/]/.test(launch.command)) return false;
  return findCommand(launch.command, searchFor(server, launch, circumstances)) === undefined;
}

/**
 * Decides everything about one start.
 * Errors: `command_not_found`, `server_start_failed`, `bad_input`.
 */
export function planLaunch(
  server: string,
  launch: FilledStdio,
  circumstances: LaunchCircumstances,
): LaunchPlan {
  const { platform, clientEnv, home } = circumstances;
  requireKnownProgram(server, launch);
  const search = searchFor(server, launch, circumstances);
  const command = resolveCommand(launch.command, search);
  const args = [...command.firstArgs, ...launch.args];
  const env = buildEnvironment({
    platform,
    env: clientEnv,
    serverEnv: launch.env,
    path: search.path,
    home,
    also: circumstances.also,
  });
  requireStartable(server, platform, args, env);
  return { server, file: command.file, args, env, cwd: search.cwd };
}

/** Whoever owns the folder that a client was opened in would get the secret with the place of the program. */
function requireKnownProgram(server: string, launch: FilledStdio): void {
  const hasFolder = launch.cwd !== undefined && !isRelative(launch.cwd);
  if (!launch.carriesSecret || hasFolder || !startsFromFolder(launch)) return;
  throw new AppError(
    'server_start_failed',
    `"${server}" gets a secret, and its program is named relative to whatever folder it is started in.`,
    {
      hint: `Take it back with \`portcullis leave ${server}\`, write the full path of its program or script into the client’s entry, and protect it again; or add it with \`portcullis servers add --cwd FOLDER\`.`,
      details: { server },
    },
  );
}

function searchFor(server: string, launch: FilledStdio, circumstances: LaunchCircumstances) {
  const { platform, clientEnv, loginPath, files } = circumstances;
  const windows = platform === 'windows';
  const cwd = (windows ? win32 : posix).resolve(circumstances.cwd, launch.cwd ?? '.');
  if (launch.cwd !== undefined && files.probe(cwd).kind !== 'folder')
    throw new AppError('server_start_failed', `The working folder of "${server}" is not there.`, {
      hint: `Create the folder its record names, or change it with \`portcullis servers show ${server}\` at hand.`,
      details: { server },
    });
  // The person's own PATH in the record wins, as it does in the environment.
  const own = lookUp(launch.env, 'PATH', windows);
  // An entry can set the client's: it only adds what the login shell does not have.
  const inherited = joinPaths(windows ? ';' : ':', loginPath, lookUp(clientEnv, 'PATH', windows));
  const pathExtensions = windows ? lookUp(clientEnv, 'PATHEXT', true) : undefined;
  return { platform, path: own ?? inherited, cwd, pathExtensions, files };
}

function lookUp(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  ignoreCase: boolean,
): string | undefined {
  if (!ignoreCase) return env[name];
  const found = Object.keys(env).find((candidate) => candidate.toUpperCase() === name);
  return found === undefined ? undefined : env[found];
}

/** What the system would refuse is refused here: a failed replacement would crash the process. */
function requireStartable(
  server: string,
  platform: Platform,
  args: readonly string[],
  env: Environment,
): void {
  if (args.some((argument) => argument.includes('\0')))
    throw new AppError('bad_input', `An argument of "${server}" holds a zero byte.`, {
      hint: 'No program can be given such an argument. Mend the record or store the secret again.',
      details: { server },
    });
  const texts = [...args, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  if (platform === 'linux' && texts.some((text) => Buffer.byteLength(text) > textLimit))
    throw new AppError(
      'bad_input',
      `An argument or variable of "${server}" is too long to start.`,
      {
        hint: 'The system takes 128 KiB at most. Put the text into a file, and give the server its path.',
        details: { server },
      },
    );
}
