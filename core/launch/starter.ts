/** The texts of an installed launcher: the file that clients start, and the file beside the bundle. */
import type { Roots } from '../ports.ts';

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
 * Variables that would make our own Node load foreign code, print what it sends, or trust anyone. A
 * client's own library path would give it the client's libraries.
 */
const unwelcome = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_V8_COVERAGE',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
  'DYLD_LIBRARY_PATH',
];

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
}): Uint8Array {
  const closed = [3, 4, 5, 6, 7, 8, 9].map((descriptor) => `${descriptor}>&-`).join(' ');
  return new TextEncoder().encode(
    [
      '#!/bin/sh',
      '# Starts an MCP server for an AI client. Written by Portcullis; changes are overwritten.',
      `unset ${unwelcome.join(' ')}`,
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
