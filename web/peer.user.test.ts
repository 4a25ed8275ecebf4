/** What the kernel of this computer really says of our own connections. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { isOtherUser } from './peer.ts';

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
  expect(isOtherUser(socket)).toBe(false);
  client.destroy();
  server.close();
});
