/** Files of clients around a place: they hold the secrets of every server. */
import { dirname } from 'node:path';
import { listClientFiles } from '../launch/client-files.ts';
import type { Machine, ProgramFiles } from '../ports.ts';
import { isInside } from '../scope/masked-paths.ts';

/** A client's file lies some folders deep in its project. */
export function clientFilesNear(
  names: readonly string[],
  machine: Machine,
  files: ProgramFiles,
): readonly string[] {
  const around = names.flatMap((name) => {
    const folders = [name, dirname(name), dirname(dirname(name)), dirname(dirname(dirname(name)))];
    return folders.filter((folder) => folder === machine.home || !isInside(machine.home, folder));
  });
  const found = listClientFiles(machine, [...new Set(around)], files);
  // Some clients are looked for in every project folder, which the home may be.
  return found.filter((path) => !isInside(machine.home, path));
}
