/** Clients' files that a granted folder would show: hidden from every confined server. */
import { posix, win32 } from 'node:path';
import { locateFiles } from '../clients/locate-files.ts';
import { clientTable } from '../clients/table.ts';
import type { Machine, ProgramFiles } from '../ports.ts';
import { isInside } from '../scope/masked-paths.ts';

/**
 * Files in which clients keep servers, on this machine and inside of these folders, with the backups
 * beside them; those that exist.
 */
export function listClientFiles(
  machine: Machine,
  folders: readonly string[],
  files: ProgramFiles,
): readonly string[] {
  const { basename, dirname, join } = machine.platform === 'windows' ? win32 : posix;
  const located = clientTable
    .flatMap((row) => locateFiles(row, machine, folders))
    .map(({ path, glob }) => (glob === undefined ? path : glob.base))
    .filter((path) => folders.some((folder) => isInside(path, folder)));
  const wanted = [...new Set(located)];
  const namesIn = new Map<string, readonly string[]>();
  return wanted.flatMap((path) => {
    const folder = dirname(path);
    if (!namesIn.has(folder)) namesIn.set(folder, files.names(folder));
    const own = basename(path);
    return (namesIn.get(folder) ?? [])
      .filter((name) => name === own || isBackupName(name, own))
      .map((name) => join(folder, name));
  });
}

/** `mcp.json.bak`, `mcp.json~`, `.mcp.json.swp`, `mcp.corrupted.123.json`. */
function isBackupName(name: string, own: string): boolean {
  if (name.startsWith(own) || name.startsWith(`.${own}.`)) return true;
  const dot = own.lastIndexOf('.');
  const stem = dot > 0 ? own.slice(0, dot) : own;
  return name.startsWith(`${stem}.`) && /backup|bak|old|orig|corrupt|copy/i.test(name);
}
