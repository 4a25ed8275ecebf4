/** What the kernel of this computer really says of our own connections. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createPeers } from './peer.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.0.0.1', '::ffff:127.0.0.1'],
  ['::1', '::1'],
])('a connection of our own to %s, by %s', async (host, by) => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect(port, by);
  const [socket] = (await once(server, 'connection')) as [Socket];
  expect(createPeers().isStranger(socket)).toBe(false);
  client.destroy();
  server.close();
});

test('one reading serves all that were there before it, and none that came after', () => {
  const ends = (remotePort: number) => ({
    localAddress: '127.0.0.1',
    localPort: 0x1234,
    remoteAddress: '127.0.0.1',
    remotePort,
  });
  let lines: readonly string[] = [];
  let readings = 0;
  const peers = createPeers(() => {
    readings += 1;
    return lines;
  });
  const lineOf = (port: number, uid = process.getuid?.()) =>
    ` 1: 0100007F:${port.toString(16).toUpperCase()} 0100007F:1234 01 0:0 0:0 0 ${uid} 0 7 1\n`;
  const early = Array.from({ length: 1000 }, (_, index) => ends(40_000 + index));
  for (const each of early) peers.meet(each);
  lines = [early.map(({ remotePort }) => lineOf(remotePort)).join('')];
  expect(early.filter(peers.isStranger)).toEqual([]);
  expect(readings).toBe(1);
  // The same port, taken over by somebody else since.
  const late = ends(40_000);
  peers.meet(late);
  lines = [lineOf(40_000, 4_000_000)];
  expect([peers.isStranger(late), peers.isStranger(late), readings]).toEqual([true, true, 2]);
  expect([peers.isStranger(ends(40_000)), readings]).toEqual([true, 3]);
});
