/** Which places are more than a folder for a server: the disk, the kernel's, the home, what others keep there. */
import { posix } from 'node:path';
import { isInside } from './masked-paths.ts';
import { isSystem } from './programs.ts';

/** Nobody can grant it: it would lie over what the sandbox itself puts there. */
export function isWholeMachine(path: string): boolean {
  return path === '/' || /^\/(?:dev|proc|sys)(?:\/|$)/.test(path);
}

/** The whole home or disk is never suggested, nor a place that only holds credentials or the kernel's. */
export function isTooWide(path: string, home: string, masked: readonly string[]): boolean {
  if (isSystem(path) || isWholeMachine(path)) return true;
  return isInside(home, path) || masked.some((one) => isInside(path, one));
}

/**
 * Whether a client may give it with nobody asked, as its open workspace: a file or folder among the
 * person's work. Folders of settings are not (`~/.local/bin`, `~/Library`): what stands there is started.
 */
export function isWork(path: string, home: string, masked: readonly string[]): boolean {
  if (isTooWide(path, home, masked) || masked.some((one) => isInside(one, path))) return false;
  return !/^(?:\.(?!\.(?:\/|$))|Library(?:\/|$))/.test(posix.relative(home, path));
}
