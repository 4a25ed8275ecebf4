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
/** What of a line after its two ends holds the user and the inode, generously. */
const lineRest = 120;

export type Connection = Pick<
  Socket,
  'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'
>;

export interface Peers {
  /** Notes that a connection is there from now on. */
  meet(connection: Connection): void;
  /**
   * True when the system says that another user is at its other end, or, on Linux, when it does not
   * say who. Other systems tell nobody: there it is false. Asked once for each connection.
   */
  isStranger(connection: Connection): boolean;
}

/**
 * The tables of a thousand connections take the system long to write, and it is asked for each of
 * them: so one reading serves all connections that were there before it.
 */
export function createPeers(read: () => readonly string[] = readTables): Peers {
  const own = process.platform === 'linux' ? process.getuid?.() : undefined;
  const metAt = new WeakMap<Connection, number>();
  const answers = new WeakMap<Connection, boolean>();
  let readings = 0;
  let texts: readonly string[] = [];
  const judge = (connection: Connection): boolean => {
    if (own === undefined) return false;
    if ((metAt.get(connection) ?? readings) === readings) {
      texts = read();
      readings += 1;
    }
    const uids = texts.flatMap((text) => findUids(text, connection));
    return uids.length === 0 || uids.some((uid) => uid !== own);
  };
  return {
    meet: (connection) => void metAt.set(connection, readings),
    isStranger(connection) {
      const answer = answers.get(connection) ?? judge(connection);
      answers.set(connection, answer);
      return answer;
    },
  };
}

function readTables(): readonly string[] {
  return tables.map(readTable);
}

/**
 * Who holds the other end of a connection, by a table of the kernel. Both ends must match whole: the
 * same port of another address of this computer can be anybody's. An end that its process has left
 * belongs to nobody, though its line says 0.
 */
export function findUids(table: string, connection: Connection): readonly number[] {
  const { localAddress, localPort, remoteAddress, remotePort } = connection;
  const to = writeEnd(localAddress, localPort);
  return writeEnd(remoteAddress, remotePort).flatMap((from, form) =>
    readUids(table, `: ${from} ${to[form]} `),
  );
}

/** Sought as text: with a thousand connections, to take every line apart for each is too slow. */
function readUids(table: string, ends: string): readonly number[] {
  const uids: number[] = [];
  for (let at = table.indexOf(ends); at !== -1; at = table.indexOf(ends, at + 1)) {
    const line = table.slice(at + ends.length, at + ends.length + lineRest);
    const [, , , , uid, , inode] = line.split(/\s+/);
    if (inode !== '0') uids.push(Number(uid));
  }
  return uids;
}

/** As the tables write it; an IPv4 end in two forms, for a socket of either kind may hold it. */
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
