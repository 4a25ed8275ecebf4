/**
 * The quick way to one unlocked item of the Secret Service: five messages over the session bus, spoken
 * here because the launcher's whole time budget is a few milliseconds and the general keychain library
 * takes most of it for an encrypted hand-shake. It only ever says yes: whatever is out of the ordinary
 * (locked, absent, two items, another answer) is left to the general way, which explains it.
 */
import { connect, type Socket } from 'node:net';
import { Secret } from '../../shared/secret.ts';
import { type Reply, readReply, renderCall } from './bus-message.ts';
import { keychainService } from './item-owner.ts';
import { findSessionBus, unescapeAddress } from './session-bus.ts';

const secrets = 'org.freedesktop.secrets';
const service = { destination: secrets, path: '/org/freedesktop/secrets' };

/** Begins a value that lies in several items (`parts.ts`). */
const partsMarker = 'portcullis-parts ';
/** The longest message taken, in bytes: an item is at most a few kilobytes. */
const messageLimit = 4 * 1024 * 1024;

/**
 * The value of the one unlocked item of an account, or undefined when another way must find
 * out. Never rejects; may stay pending as long as the bus does, so callers set a deadline.
 */
export async function readUnlockedItem(
  account: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Secret | undefined> {
  const uid = process.geteuid?.();
  const path = uid === undefined ? undefined : busPath(findSessionBus({ env, uid }));
  if (uid === undefined || path === undefined) return undefined;
  const bus = openBus(path, uid);
  try {
    const hello = bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'Hello',
    });
    const session = bus.call({
      ...service,
      interface: 'org.freedesktop.Secret.Service',
      member: 'OpenSession',
      signature: 'sv',
      body: (write) => write.text('plain').variantText(''),
    });
    const search = bus.call({
      ...service,
      interface: 'org.freedesktop.Secret.Service',
      member: 'SearchItems',
      signature: 'a{ss}',
      body: (write) => write.textMap({ service: keychainService, username: account }),
    });
    bus.flush();
    const [, opened, found] = await Promise.all([hello, session, search]);
    if (opened.signature !== 'vo' || found.signature !== 'aoao') return undefined;
    opened.read.variantText();
    const sessionPath = opened.read.text();
    const unlocked = found.read.texts();
    const [item, ...others] = unlocked;
    if (item === undefined || others.length > 0 || found.read.texts().length > 0) return undefined;
    const secret = await bus.call({
      destination: secrets,
      path: item,
      interface: 'org.freedesktop.Secret.Item',
      member: 'GetSecret',
      signature: 'o',
      body: (write) => write.text(sessionPath),
    });
    if (secret.signature !== '(oayays)') return undefined;
    const value = secret.read.secretValue();
    // A value in parts is put together by the general way.
    return value.startsWith(partsMarker) ? undefined : new Secret(value);
  } catch {
    // The general way tries again and says what is wrong.
    return undefined;
  } finally {
    bus.close();
  }
}

/** The socket in a bus address; undefined for the kinds that are not a path in the file system. */
export function busPath(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  for (const candidate of address.split(';')) {
    const path = /^unix:(?:.*,)?path=([^,]*)/.exec(candidate)?.[1];
    if (path !== undefined) return unescapeAddress(path);
  }
  return undefined;
}

interface Bus {
  call(call: Parameters<typeof renderCall>[1]): Promise<Reply>;
  /** Sends what was held back, so that the first messages travel together. */
  flush(): void;
  close(): void;
}

/**
 * The hand-shake and the first calls go out in one write, as other D-Bus clients do it too: each
 * answer waited for costs as much as reading the secret itself.
 */
function openBus(path: string, uid: number): Bus {
  const socket: Socket = connect({ path });
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  let welcomed = false;
  let held: Buffer = Buffer.alloc(0);
  let serial = 0;

  const fail = (error: Error) => {
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
    socket.destroy();
  };
  const take = () => {
    if (!welcomed) {
      const lineEnd = held.indexOf('\r\n');
      if (lineEnd === -1) return;
      const line = held.toString('latin1', 0, lineEnd);
      held = held.subarray(lineEnd + 2);
      if (!line.startsWith('OK ')) return fail(new Error('The bus refused us.'));
      welcomed = true;
    }
    for (let reply = readReply(held); reply !== undefined; reply = readReply(held)) {
      held = held.subarray(reply.length);
      const call = waiting.get(reply.to);
      if (call === undefined) continue;
      waiting.delete(reply.to);
      if (reply.kind === 'return') call.resolve(reply);
      else call.reject(new Error('The call failed.'));
    }
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The bus hung up.')));
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (held.length > messageLimit) return fail(new Error('The answer is too long.'));
    try {
      take();
    } catch (error) {
      fail(error instanceof Error ? error : new Error('The answer is malformed.'));
    }
  });
  socket.cork();
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\nBEGIN\r\n`);

  return {
    call(call) {
      serial += 1;
      const key = serial;
      return new Promise((resolve, reject) => {
        waiting.set(key, { resolve, reject });
        socket.write(renderCall(key, call));
      });
    },
    flush: () => socket.uncork(),
    close: () => socket.destroy(),
  };
}
