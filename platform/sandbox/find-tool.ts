/** Finds a program of the system, on the usual search path when there is none. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The last is where NixOS has them. */
export const systemPath = '/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin';

export function findTool(name: string, path: string | undefined): string | undefined {
  // The system's own folders first: a sandbox program from a person's folder is not what was meant.
  const folders = [...systemPath.split(':'), ...(path ?? '').split(':')].filter((one) =>
    one.startsWith('/'),
  );
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
