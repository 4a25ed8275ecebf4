/** The texts of an installed launcher: the file that clients start, and the file beside the bundle. */
import type { Processes, Roots } from '../ports.ts';

/** What `scripts/build-launcher.mjs` makes and an install copies. */
export const launcherFiles = [
  'portcullis.cjs',
  'bridge.cjs',
  'vault-item.cjs',
  'confined.cjs',
  'supervisor.cjs',
  'keyring.node',
] as const;

/**
 * Variables that would make our own Node load foreign code or data, write or print what it does, or trust
 * anyone. A client's own library path would give it the client's libraries.
 */
const unwelcome = [
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_PRESERVE_SYMLINKS', 'NODE_PRESERVE_SYMLINKS_MAIN'],
  ...['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'NODE_V8_COVERAGE', 'NODE_REDIRECT_WARNINGS'],
  ...['NODE_ICU_DATA', 'NODE_TEST_CONTEXT', 'NODE_UNIQUE_ID'],
  ...['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'],
  ...['NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA'],
  ...['NODE_USE_ENV_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE', 'CTLOG_FILE'],
  ...['OPENSSL_CONF', 'OPENSSL_CONF_INCLUDE', 'OPENSSL_MODULES', 'OPENSSL_ENGINES'],
  ...['OPENSSL_TRACE', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH', 'LD_DEBUG', 'LD_DEBUG_OUTPUT'],
  ...['LD_PROFILE', 'LD_PROFILE_OUTPUT', 'GLIBC_TUNABLES', 'GCONV_PATH', 'LOCPATH'],
  ...['LOCALDOMAIN', 'RES_OPTIONS', 'RESOLV_HOST_CONF', 'HOSTALIASES'],
  ...['DYLD_INSERT_LIBRARIES', 'DYLD_LIBRARY_PATH', 'DYLD_FRAMEWORK_PATH'],
  ...['DYLD_FALLBACK_LIBRARY_PATH', 'DYLD_FALLBACK_FRAMEWORK_PATH'],
  ...['DYLD_VERSIONED_LIBRARY_PATH', 'DYLD_VERSIONED_FRAMEWORK_PATH'],
];

/** Under what name a variable waits that is for the server only: that of a client's reference. */
const kept = 'PORTCULLIS_REF_';

/** The client's environment as it was before the starter: what a server may get, and no program of ours. */
export function restoreClientEnv(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const away = unwelcome.filter((name) => env[kept + name] !== undefined);
  return { ...env, ...Object.fromEntries(away.map((name) => [name, env[kept + name]])) };
}

/**
 * Makes a shell start as for a set-user-id program: bash takes no function, option or file from the
 * environment then. Only a shell that says it has no such option, as BusyBox's, does without; it takes
 * none from there anyway.
 */
export async function shellOption({ run }: Pick<Processes, 'run'>): Promise<' -p' | ''> {
  try {
    const { exitCode } = await run('/bin/sh', ['-p', '-c', 'exit 3'], { env: {}, timeout: 5000 });
    return exitCode === null || exitCode === 3 ? ' -p' : '';
  } catch {
    return ' -p';
  }
}

/**
 * The starter for Linux and macOS. A shell costs about one millisecond; in return the file is small,
 * can be read, and cleans the environment before Node looks at it. Descriptors that a client left open
 * end here as far as a shell can name them; the launcher closes the rest before the server starts.
 */
export function renderStarter(parts: {
  readonly node: string;
  readonly bundle: string;
  /** Folder for Node's compile cache. */
  readonly compiled: string;
  /** What the system's shell is started with (`shellOption`). */
  readonly option: string;
}): Uint8Array {
  const closed = [3, 4, 5, 6, 7, 8, 9].map((descriptor) => `${descriptor}>&-`).join(' ');
  return new TextEncoder().encode(
    [
      `#!/bin/sh${parts.option}`,
      '# Starts an MCP server for an AI client. Written by Portcullis; changes are overwritten.',
      `for _portcullis in ${unwelcome.join(' ')}; do`,
      String.raw`  eval "[ -z \"\${$_portcullis+x}\" ] || export PORTCULLIS_REF_$_portcullis=\"\$$_portcullis\""`,
      '  unset "$_portcullis"',
      'done',
      // A server holds secrets, and a dump of its memory would be a file with them: none unless it is
      // asked for, and then an empty one. Where a system knows neither, the start goes on.
      '{ ulimit -S -c 0; echo 0 >/proc/self/coredump_filter; } 2>/dev/null',
      // Keeps the bundle compiled from the second start on.
      `export NODE_COMPILE_CACHE=${quote(parts.compiled)}`,
      `exec ${quote(parts.node)} ${quote(parts.bundle)} "$@" ${closed}`,
      '',
    ].join('\n'),
  );
}

export function renderRoots({
  roots,
  home,
}: {
  readonly roots: Roots;
  readonly home: string;
}): Uint8Array {
  const { config, data, cache } = roots;
  return new TextEncoder().encode(`${JSON.stringify({ config, data, cache, home })}\n`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
