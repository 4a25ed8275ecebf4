/**
 * Who is at the other end of a connection from this same computer. The address with the one-time code
 * passes through the arguments of the program that opens the browser, where Linux shows it to every
 * user; and browsers send a cookie to every port of this computer, other users' ports too. So only the
 * person that runs this door may come in by it.
 */
import { readFileSync } from 'node:fs';
import { isIPv4, type Socket } from 'node:net';
import { endianness } from 'node:os';

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

export type Connection = Pick<
  Socket,
  'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'
>;

/**
 * True when the system says that another user has sent this, or, on Linux, when it does not say who.
 * Other systems tell nobody: there it is false.
 */
export function isOtherUser(connection: Connection): boolean {
  const own = process.getuid?.();
  if (process.platform !== 'linux' || own === undefined) return false;
  const uids = tables.flatMap((file) => findUids(readTable(file), connection));
  return uids.length === 0 || uids.some((uid) => uid !== own);
}

/**
 * Who holds the other end of a connection, by a table of the kernel. Both ends must match whole: the
 * same port of another address of this computer can be anybody's. An end that its process has left
 * belongs to nobody, though its line says 0.
 */
export function findUids(table: string, connection: Connection): readonly number[] {
  const { localAddress, localPort, remoteAddress, remotePort } = connection;
  const from = writeEnd(remoteAddress, remotePort);
  const to = writeEnd(localAddress, localPort);
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', , , , , uid, , inode] = line.trim().split(/\s+/);
    return from.includes(local) && to.includes(remote) && inode !== '0' ? [Number(uid)] : [];
  });
}

/** As the tables write it; an IPv4 end in both ways, for a socket of either kind may hold it. */
function writeEnd(address: string | undefined, port: number | undefined): readonly string[] {
  if (address === undefined || port === undefined) return [];
  const end = port.toString(16).toUpperCase().padStart(4, '0');
  const forms = isIPv4(address)
    ? [readIPv4(address), readIPv6(`::ffff:${address}`)]
    : [readIPv6(address)];
  return forms.map((bytes) => `${writeWords(bytes)}:${end}`);
}

/** Words of 32 bits in the byte order of the machine. */
function writeWords(bytes: readonly number[]): string {
  const isLittle = endianness() === 'LE';
  const places = bytes.map((_, index) =>
    isLittle ? index - (index % 4) + 3 - (index % 4) : index,
  );
  const hex = (place: number) => (bytes[place] ?? 0).toString(16).padStart(2, '0');
  return places.map(hex).join('').toUpperCase();
}

function readIPv4(address: string): readonly number[] {
  return address.split('.').map(Number);
}

function readIPv6(address: string): readonly number[] {
  const [before = [], after] = address
    .replace(/%.*$/, '')
    .split('::')
    .map((half) => half.split(':').flatMap(readGroup));
  if (after === undefined) return before;
  const zeros = Array<number>(Math.max(0, 16 - before.length - after.length)).fill(0);
  return [...before, ...zeros, ...after];
}

function readGroup(group: string): readonly number[] {
  if (group === '') return [];
  if (isIPv4(group)) return readIPv4(group);
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not Linux, or a kernel that hides it.
    return '';
  }
}
