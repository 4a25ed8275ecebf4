/**
 * Who is at the other end of a connection from this same computer. The address with the one-time code
 * passes through the arguments of the program that opens the browser, where Linux shows it to every
 * user; and browsers send a cookie to every port of this computer, other users' ports too. So only the
 * person that runs this door may come in by it.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/** True when the system says that another user has sent this; unknown is not another. */
export function isOtherUser(socket: Pick<Socket, 'localPort' | 'remotePort'>): boolean {
  const own = process.getuid?.();
  const { localPort, remotePort } = socket;
  if (own === undefined || localPort === undefined || remotePort === undefined) return false;
  const uids = tables.map((file) => findUid(readTable(file), remotePort, localPort));
  return uids.some((uid) => uid !== undefined && uid !== own);
}

/** The user of the connection between these ports in a table of the kernel. */
export function findUid(table: string, from: number, to: number): number | undefined {
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/);
    if (portOf(local) === from && portOf(remote) === to) return Number(uid);
  }
  return undefined;
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16);
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not Linux, or a kernel that hides it.
    return '';
  }
}
