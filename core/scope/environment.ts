/**
 * The environment a server starts with, built from nothing: a short list of variables that say where
 * the person's home, language and proxy are, and what the server's own record gives it. This keeps
 * foreign credentials out of a server by default; keeping a hostile server from fetching them itself
 * is the business of confinement.
 */
import { AppError } from '../../shared/errors.ts';
import type { Platform } from '../ports.ts';

export type Environment = Readonly<Record<string, string>>;

interface InheritanceRow {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
}

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'];
const unixRow: InheritanceRow = {
  names: ['HOME', 'LANG', 'TZ', 'TMPDIR', ...proxies, ...proxies.map((name) => name.toLowerCase())],
  prefixes: ['LC_'],
};

/** What may be taken over from the client's environment. PATH is not here: it is handed in apart. */
const inheritance: Readonly<Record<Platform, InheritanceRow>> = {
  linux: unixRow,
  macos: unixRow,
  windows: {
    names: [
      'USERPROFILE',
      'LANG',
      'TZ',
      'TEMP',
      'TMP',
      'SystemRoot',
      'ComSpec',
      'PATHEXT',
      'APPDATA',
      'LOCALAPPDATA',
      ...proxies,
    ],
    prefixes: ['LC_'],
  },
};

export interface EnvironmentSource {
  readonly platform: Platform;
  /** The environment of whoever starts the server. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The server's own variables, filled. They win, whatever their name: the record is the person's. */
  readonly serverEnv: Environment;
  /** The search path for programs. */
  readonly path?: string | undefined;
  /** The person's real home, where the client's own `HOME` is a sandbox's. */
  readonly home?: string | undefined;
  /** What the server's scope lets through beside the usual few. */
  readonly also?: readonly string[] | undefined;
}

/** Never taken over, whatever a scope says: they change programs, or lead to the keychain and agents. */
const neverInherited =
  /^(?:ELECTRON_|LD_|DYLD_|NODE_OPTIONS$|NODE_EXTRA_CA_CERTS$|DBUS_SESSION_BUS_ADDRESS$|XDG_RUNTIME_DIR$)/i;

export function mayInherit(name: string): boolean {
  return !neverInherited.test(name);
}

/**
 * Builds the whole environment of a server.
 * Errors: `bad_input` when a variable of the server cannot exist (empty name, `=` or a zero byte).
 */
export function buildEnvironment(source: EnvironmentSource): Environment {
  const { platform, env, serverEnv, path, home } = source;
  const also = (source.also ?? []).filter(mayInherit);
  const ignoreCase = platform === 'windows';
  const fold = (name: string) => (ignoreCase ? name.toUpperCase() : name);
  const own = new Set(Object.keys(serverEnv).map(fold));
  const built: Record<string, string> = Object.create(null);
  const offer = (name: string, value: string | undefined) => {
    if (value !== undefined && !own.has(fold(name))) built[name] = value;
  };

  for (const [name, value] of Object.entries(env)) {
    const listed = inheritedName(
      { ...inheritance[platform], names: [...inheritance[platform].names, ...also] },
      name,
      fold,
    );
    if (listed !== undefined) offer(listed, value);
  }
  offer('PATH', path);
  offer(ignoreCase ? 'USERPROFILE' : 'HOME', home);
  for (const [name, value] of Object.entries(serverEnv)) {
    requireVariable(name, value);
    built[name] = value;
  }
  return built;
}

/** The name under which a variable is passed on, or undefined when it is not. */
function inheritedName(
  row: InheritanceRow,
  name: string,
  fold: (name: string) => string,
): string | undefined {
  const listed = row.names.find((candidate) => fold(candidate) === fold(name));
  if (listed !== undefined) return listed;
  return row.prefixes.some((prefix) => fold(name).startsWith(prefix)) ? name : undefined;
}

function requireVariable(name: string, value: string): void {
  if (name === '' || /[=\0]/.test(name))
    throw new AppError('bad_input', 'A variable of this server has a name that cannot exist.', {
      hint: 'A name is not empty and holds neither `=` nor a zero byte.',
      details: { name: name.replaceAll('\0', '\\0') },
    });
  if (value.includes('\0'))
    throw new AppError('bad_input', `The variable ${name} of this server holds a zero byte.`, {
      hint: 'No program can be given such a value. Store the secret again, or mend the record.',
      details: { name },
    });
}
