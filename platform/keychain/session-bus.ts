/**
 * Where the desktop's session bus listens when nobody told us: clients started by a service, over
 * SSH or in a sandbox often lack `DBUS_SESSION_BUS_ADDRESS`. Only sockets that are ours count, and
 * never abstract names, which any user could have taken first.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface BusSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
}

/** The address, or undefined when there is no bus. */
export function findSessionBus({ env, uid }: BusSurroundings): string | undefined {
  const given = env.DBUS_SESSION_BUS_ADDRESS;
  if (given !== undefined && given !== '' && !isGone(given)) return given;
  const path = join(env.XDG_RUNTIME_DIR || `/run/user/${uid}`, 'bus');
  return isOwnSocket(path, uid) ? `unix:path=${escapeAddress(path)}` : undefined;
}

/** A terminal that outlived its login session still carries that session's address. */
function isGone(address: string): boolean {
  const [, path] = /^unix:path=([^,;]+)[^;]*$/.exec(address) ?? [];
  return path !== undefined && !existsSync(unescapeAddress(path));
}

function isOwnSocket(path: string, uid: number): boolean {
  try {
    const stats = statSync(path);
    return stats.isSocket() && stats.uid === uid;
  } catch {
    return false;
  }
}

/** The file name behind an address; one that is not written correctly stands for itself. */
export function unescapeAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** D-Bus addresses write all but these characters as `%xx`. */
function escapeAddress(path: string): string {
  return [...Buffer.from(path)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[-0-9A-Za-z_/.*\\]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
