import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { startKeyring } from '../../test/support/keyring.ts';
import { busPath, readUnlockedItem } from './secret-service-read.ts';
import { createSystemKeychain } from './system-keychain.ts';

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
});

test('reads what the general way wrote, and leaves all else to it', async () => {
  const keyring = await startKeyring();
  opened.push(keyring);
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  const keychain = createSystemKeychain({ machine });
  opened.push({ stop: () => keychain.close() });
  const read = async (account: string) => (await readUnlockedItem(account, keyring.env))?.reveal();
  const value = `ünïcode 😀 "quoted"\n${'long '.repeat(20_000)}`;
  await keychain.set('server', new Secret(value));
  await keychain.set('server-2', new Secret('other'));
  expect(await read('server')).toBe(value);
  expect(await read('server-2')).toBe('other');
  expect(await read('absent')).toBe(undefined);
  await keyring.lock();
  expect(await read('server')).toBe(undefined);
  await keyring.kill();
  expect(await read('server')).toBe(undefined);
});

test('a bus that refuses, hangs up or talks nonsense ends in "ask the general way"', async () => {
  const header = Buffer.alloc(16);
  header[0] = 0x6c;
  header.writeUInt32LE(0xffff_fff0, 4);
  const answers = [
    'REJECTED\r\n',
    '',
    'OK 1234\r\nnot a message at all',
    Buffer.concat([Buffer.from('OK 1\r\n'), header, Buffer.alloc(5 * 1024 * 1024)]),
    Buffer.concat([Buffer.from('OK 1\r\n'), Buffer.from([0x6c, 2, 0, 1]), Buffer.alloc(60, 0xff)]),
  ];
  for (const answer of answers) {
    const folder = mkdtempSync(join(tmpdir(), 'pq-'));
    const path = join(folder, 'bus');
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(answer);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` };
    expect(await readUnlockedItem('server', env)).toBe(undefined);
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  [undefined, undefined],
  ['unix:abstract=/tmp/x', undefined],
  ['tcp:host=localhost,port=1', undefined],
  ['unix:path=/run/user/1/bus', '/run/user/1/bus'],
  ['unix:guid=1,path=/a%20b/bus,x=y', '/a b/bus'],
  ['tcp:host=x;unix:path=/b', '/b'],
])('the socket in the address %j', (address, path) => {
  expect(busPath(address)).toBe(path);
});
