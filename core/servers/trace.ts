/** What a traced program looked for and did not find, though it is there outside of its sandbox. Pure. */
import { posix } from 'node:path';
import type { Bind } from '../ports.ts';
import { isInside } from '../scope/masked-paths.ts';
import { isSystem } from '../scope/programs.ts';

const { basename, dirname, normalize } = posix;

export interface TraceSurroundings {
  /** What the sandbox showed. */
  readonly binds: readonly Pick<Bind, 'to' | 'access'>[];
  readonly home: string;
  readonly innerHome: string;
  readonly masked: readonly string[];
  readonly exists: (path: string) => boolean;
}

export interface WantedPath {
  readonly path: string;
  readonly access: 'read' | 'write';
  readonly masked: boolean;
}

/** `openat(AT_FDCWD, "/x", O_RDONLY) = -1 ENOENT (No such file or directory)`, as strace writes it. */
const line = /^(?:\d+ +)?(?:[\d.]+ )?(\w+)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"(.*)\) += -1 (E\w+)/;
const refusals = new Set(['ENOENT', 'EACCES', 'EROFS', 'EPERM']);
const writers = /^(?:mkdir|mkdirat|unlink|unlinkat|rename|renameat2?|creat|truncate|symlink|link)$/;
/** Looked for by runtimes in every folder upwards: nobody misses them. */
const habits = new Set([
  'package.json',
  'node_modules',
  'tsconfig.json',
  '.git',
  'pyvenv.cfg',
  'pyproject.toml',
  'deno.json',
  '.env',
]);
const most = 40;
/** Different places that are weighed against each other: a hostile server looks for any number. */
const mostWeighed = 1000;

export function readWanted(text: string, surroundings: TraceSurroundings): readonly WantedPath[] {
  const found = new Map<string, 'read' | 'write'>();
  for (const one of text.split('\n')) {
    if (found.size >= mostWeighed) break;
    const [, call = '', quoted = '', flags = '', error = ''] = line.exec(one) ?? [];
    if (!refusals.has(error) || !quoted.startsWith('/')) continue;
    const path = outside(normalize(unquote(quoted)), surroundings);
    const writes =
      writers.test(call) || /O_(?:WRONLY|RDWR|CREAT)|W_OK/.test(flags) || error === 'EROFS';
    if (!isMissed(path, writes, surroundings)) continue;
    if (writes || !found.has(path)) found.set(path, writes ? 'write' : 'read');
  }
  const paths = [...found.keys()];
  return paths
    .filter((path) => !paths.some((other) => other !== path && isInside(path, other)))
    .slice(0, most)
    .map((path) => ({
      path,
      access: found.get(path) ?? 'read',
      // A folder around such a place shows more of its kind than anybody has listed.
      masked: surroundings.masked.some((place) => isInside(path, place) || isInside(place, path)),
    }));
}

function outside(path: string, { home, innerHome }: TraceSurroundings): string {
  return isInside(path, innerHome) ? home + path.slice(innerHome.length) : path;
}

function isMissed(path: string, writes: boolean, surroundings: TraceSurroundings): boolean {
  const { binds, home, exists } = surroundings;
  const common = isSystem(path) || /^\/(?:dev|proc|sys|etc|run|tmp|var)(?:\/|$)/.test(path);
  if (common && !isInside(path, home)) return false;
  // Home itself and what is above it.
  if (isInside(home, path) || habits.has(basename(path))) return false;
  const seen = binds.filter(({ to }) => isInside(path, to));
  if (seen.some(({ access }) => access === 'write' || !writes)) return false;
  return exists(path) || (writes && exists(dirname(path)) && dirname(path) !== home);
}

function unquote(text: string): string {
  const bytes = text.replace(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code)
      ? String.fromCharCode(Number.parseInt(code, 8))
      : ({ n: '\n', t: '\t' }[code] ?? code),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
