import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect as netConnect, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { secretTemplate } from '../../shared/template.ts';
import { makeCertificate } from '../../test/support/certificate.ts';
import {
  finish,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../../test/support/launcher.ts';
import {
  freePort,
  startDualEra,
  startEverything,
  startScripted,
} from '../../test/support/remote-servers.ts';
import { createStdioClient, type StdioClient } from '../../test/support/stdio-client.ts';

let world: LauncherWorld;
const token = plantedValue();
const opened: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  world = await openLauncherWorld();
  await world.storeSecrets('remote', { TOKEN: token });
}, 60_000);
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
});
afterAll(() => world.stop());

function point(url: string, transport: 'streamable-http' | 'sse' = 'streamable-http') {
  const headers = { Authorization: `Bearer ${secretTemplate('TOKEN')}` };
  world.writeRecords(serverRecord('remote', { transport, url, headers }));
}

function keep<T extends { stop(): Promise<void> }>(server: T): T {
  opened.push(server);
  return server;
}

function connect(
  env: Readonly<Record<string, string>> = {},
): StdioClient & { readonly child: ChildProcess } {
  const child = world.start('remote', { env });
  opened.push({ stop: async () => void child.kill('SIGKILL') });
  return { ...createStdioClient(child), child };
}

/** A remote that only a proxy leads to, and whose authority nobody knows. */
async function openBehindProxy() {
  const { key, certificate } = makeCertificate(world.keyring.home, ['DNS:far.invalid']);
  const bearers: (string | undefined)[] = [];
  const asked: (string | undefined)[] = [];
  const remote = createSecureServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    async (request, response) => {
      bearers.push(request.headers.authorization);
      if (request.method !== 'POST') return response.writeHead(405).end();
      const { id } = JSON.parse(await text(request));
      if (id === undefined) return response.writeHead(202).end();
      const result = { protocolVersion: '2025-11-25' };
      response.writeHead(200, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    },
  );
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.headers['proxy-authorization'] ?? request.url);
    const onward = netConnect(portOf(remote));
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) end.on('error', () => onward.destroy());
  });
  for (const server of [remote, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({ stop: async () => void server.close() });
  }
  point('https://far.invalid/mcp');
  return { certificate, bearers, asked, address: `127.0.0.1:${portOf(proxy)}` };
}

/** A server on TCP has an address with a port. */
const portOf = (server: Server) => (server.address() as AddressInfo).port;

function noteLogin(login: object) {
  writeFileSync(join(world.roots.data, 'path.json'), JSON.stringify({ path: '/bin', ...login }));
}

test('a proxy and an authority that only the client names get no credential', async () => {
  const { certificate, bearers, asked, address } = await openBehindProxy();
  noteLogin({ network: {} });
  const proxy = `http://${address}`;
  const client = connect({
    ...{ HTTPS_PROXY: proxy, https_proxy: proxy, ALL_PROXY: proxy },
    NODE_EXTRA_CA_CERTS: certificate,
  });
  const said = once(client.child.stderr ?? client.child, 'data');
  const { error } = await client.open();
  expect(error?.message).toContain('cannot be reached');
  expect({ bearers, asked }).toEqual({ bearers: [], asked: [] });
  expect(String(await said)).toContain('portcullis doctor');
});

test('those that the person has are used, whatever the client has; it may add the password', async () => {
  const { certificate, bearers, asked, address } = await openBehindProxy();
  noteLogin({ network: { HTTPS_PROXY: `http://${address}/`, NODE_EXTRA_CA_CERTS: certificate } });
  for (const env of [{}, { HTTPS_PROXY: `http://ada:pw@${address}` }]) {
    expect((await connect(env).open()).error).toBeUndefined();
  }
  const bearer = `Bearer ${token}`;
  expect(new Set(bearers)).toEqual(new Set([bearer]));
  expect(asked[0]).toBe('far.invalid:443');
  expect(asked.at(-1)).toBe(`Basic ${btoa('ada:pw')}`);
});

test('the login shell is asked once where nothing was noted yet, and no password is written down', async () => {
  const { certificate, bearers, address } = await openBehindProxy();
  const shell = join(world.keyring.home, 'proxied-shell');
  const script = `#!/bin/sh\nexport HTTPS_PROXY=http://ada:secret-word@${address} NODE_EXTRA_CA_CERTS=${certificate}\neval "$2"\n`;
  writeFileSync(shell, script, { mode: 0o755 });
  noteLogin({ shell });
  expect((await connect().open()).error).toBeUndefined();
  expect(bearers[0]).toBe(`Bearer ${token}`);
  const noted = readFileSync(join(world.roots.data, 'path.json'), 'utf8');
  expect(JSON.parse(noted).network).toEqual({
    HTTPS_PROXY: `http://${address}/`,
    NODE_EXTRA_CA_CERTS: certificate,
  });
  expect(noted).not.toContain('secret-word');
});

test('an authority that nobody knows: nothing is sent, and the remedy is named', async () => {
  const { bearers, address } = await openBehindProxy();
  noteLogin({ network: { HTTPS_PROXY: `http://${address}/` } });
  const { error } = await connect().open();
  expect(JSON.stringify(error)).toMatch(/did not prove who it is.*NODE_USE_SYSTEM_CA=1.*doctor/);
  expect(bearers).toEqual([]);
});

test('the authorities of the system are trusted where the person’s own shell says so', async () => {
  const { certificate } = await openBehindProxy();
  const script = `
    import { takeOwnNetwork } from ${JSON.stringify(new URL('network.ts', import.meta.url).href)};
    import { getCACertificates } from 'node:tls';
    import { readFileSync } from 'node:fs';
    takeOwnNetwork({ roots: ${JSON.stringify(world.roots)} });
    const known = readFileSync(${JSON.stringify(certificate)}, 'utf8').trim();
    console.log(getCACertificates('default').some((one) => one.trim() === known));`;
  // The file that the system keeps its authorities in.
  const env = { PATH: process.env.PATH, SSL_CERT_FILE: certificate, NODE_USE_SYSTEM_CA: '0' };
  const knows = async () => {
    const args = ['--input-type=module', '--eval', script];
    return (await finish(spawn(process.execPath, args, { env }))).stdout;
  };
  noteLogin({ network: {} });
  expect(await knows()).toBe('false\n');
  noteLogin({ network: { NODE_USE_SYSTEM_CA: '1' } });
  expect(await knows()).toBe('true\n');
});

const launch = () => ({
  command: world.launcher.path,
  args: ['run', 'remote'],
  env: { ...world.keyring.env },
});

test('a credential goes neither over plain HTTP, nor to another origin, nor into an error', async () => {
  point('http://server.example/mcp');
  const plain = await world.run('remote');
  expect({ exitCode: plain.exitCode, stdout: plain.stdout }).toEqual({ exitCode: 2, stdout: '' });

  const thief = keep(await startScripted((_, response) => response.end('{}')));
  const moved = keep(
    await startScripted((_, response) =>
      response.writeHead(307, { location: `${thief.origin}/mcp` }).end(),
    ),
  );
  point(moved.url);
  const redirected = connect();
  const { error } = await redirected.open();
  expect(error?.message).toContain('redirects to another place');
  expect(thief.seen).toEqual([]);

  const refusing = keep(await startDualEra('Bearer something else'));
  point(refusing.url);
  const refused = connect();
  const answer = await refused.open();
  expect(answer.error).toEqual({
    code: -32001,
    message:
      '"remote" refused its credential (HTTP 401). Store a valid one with `portcullis secrets set remote`, then connect again.',
    data: { portcullis: 'remote_refused' },
  });
  expect([...redirected.lines, ...refused.lines].join()).not.toContain(token);
});

test('the reference server through a client of SDK v1: progress, sampling, elicitation', async () => {
  const remote = keep(await startEverything('streamableHttp', await freePort()));
  point(remote.url);
  const client = new ClientV1(
    { name: 'v1', version: '1' },
    { capabilities: { sampling: {}, elicitation: {} } },
  );
  client.setRequestHandler(CreateMessageRequestSchema, async () => ({
    model: 'none',
    role: 'assistant',
    content: { type: 'text', text: 'sampled by the client' },
  }));
  client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'decline' }));
  await client.connect(new StdioV1(launch()));
  opened.push({ stop: () => client.close() });
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(12);
  const progress: number[] = [];
  // The SDK drops a step that it reads together with the answer, from any server.
  const long = await client.callTool(
    { name: 'trigger-long-running-operation', arguments: { duration: 0.3, steps: 3 } },
    undefined,
    { onprogress: (step) => progress.push(step.progress) },
  );
  expect(progress.slice(0, 2)).toEqual([1, 2]);
  expect(long.isError).not.toBe(true);
  const sampled = await client.callTool({
    name: 'trigger-sampling-request',
    arguments: { prompt: 'anything', maxTokens: 5 },
  });
  expect(JSON.stringify(sampled.content)).toContain('sampled by the client');
  const asked = await client.callTool({ name: 'trigger-elicitation-request', arguments: {} });
  expect(JSON.stringify(asked.content)).toContain('decline');
});

test('the reference server restarts: the client notices nothing but the wait', async () => {
  const port = await freePort();
  const first = await startEverything('streamableHttp', port);
  point(first.url);
  const client = connect();
  await client.open();
  expect((await client.ask('tools/list')).result).toHaveProperty('tools');
  await first.stop();
  const down = client.ask('tools/call', { name: 'echo', arguments: { message: 'in between' } });
  const second = keep(await startEverything('streamableHttp', port));
  expect((await down).result).toEqual({ content: [{ type: 'text', text: 'Echo: in between' }] });
  client.child.stdin?.end();
  expect((await finish(client.child)).exitCode).toBe(0);
  await vi.waitFor(() => expect(second.log.join('')).toContain('session termination'));
});

test('the older SSE transport, both ways, and after a restart', async () => {
  const port = await freePort();
  const first = await startEverything('sse', port);
  point(first.url, 'sse');
  const client = connect();
  await client.open();
  const echo = () => client.ask('tools/call', { name: 'echo', arguments: { message: 'hello' } });
  const expected = { content: [{ type: 'text', text: 'Echo: hello' }] };
  expect((await echo()).result).toEqual(expected);
  await first.stop();
  keep(await startEverything('sse', port));
  expect((await echo()).result).toEqual(expected);
});

test('the newer era: pinned client, progress, 10 MB, cancellation, listening', async () => {
  const remote = keep(await startDualEra(`Bearer ${token}`));
  point(remote.url);
  const client = new Client(
    { name: 'v2', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  let changes = 0;
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes += 1;
  });
  await client.connect(new StdioClientTransport({ ...launch(), maxBufferSize: 64 * 1024 * 1024 }));
  opened.push({ stop: () => client.close() });
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  const progress: number[] = [];
  await client.callTool(
    { name: 'steps', arguments: {} },
    { onprogress: (step) => progress.push(step.progress) },
  );
  expect(progress).toContain(1);
  const large = await client.callTool({ name: 'large', arguments: { bytes: 10_000_000 } });
  expect(large.content).toEqual([{ type: 'text', text: 'x'.repeat(10_000_000) }]);
  const cut = new AbortController();
  const forever = client.callTool({ name: 'forever', arguments: {} }, { signal: cut.signal });
  setImmediate(() => setTimeout(() => cut.abort(), 100));
  await expect(forever).rejects.toThrow();
  await vi.waitFor(() => expect(remote.cancelled()).toBe(1));
  await client.listen({ toolsListChanged: true });
  remote.changeTools();
  await vi.waitFor(() => expect(changes).toBe(1));
});

test('messages of the newer era come in the order and with the tokens that they had', async () => {
  const remote = keep(await startDualEra(`Bearer ${token}`));
  point(remote.url);
  const client = connect();
  const _meta = {
    progressToken: 'tok-1',
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const calls = ['one', 'two'].map((id) => {
    const params = {
      name: 'steps',
      arguments: {},
      _meta: { ..._meta, progressToken: `tok-${id}` },
    };
    client.send({ jsonrpc: '2.0', id, method: 'tools/call', params });
    return client.find((message) => message.id === id);
  });
  await Promise.all(calls);
  for (const id of ['one', 'two']) {
    const own = client.messages.filter(
      (message) => message.id === id || message.params?.progressToken === `tok-${id}`,
    );
    expect(own.map(({ params, id: answered }) => answered ?? params?.progress)).toEqual([
      1,
      2,
      3,
      id,
    ]);
  }
});

test('a session lost with 404 is renewed once for many, with what the client had set', async () => {
  let session = 0;
  const remote = keep(
    await startScripted(({ method, headers, body }, response) => {
      if (method === 'GET') return response.writeHead(405).end();
      const message = JSON.parse(body || '{}');
      if (message.method === 'initialize') {
        session += 1;
        const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} };
        return response
          .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': `s${session}` })
          .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
      }
      if (headers['mcp-session-id'] !== `s${session}`) return response.writeHead(404).end();
      if (message.id === undefined) return response.writeHead(202).end();
      const result = { session, version: headers['mcp-protocol-version'] };
      // Spread over lines, as a server may write it.
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }, null, 2));
    }),
  );
  point(remote.url);
  const client = connect();
  await client.open();
  await client.ask('logging/setLevel', { level: 'debug' });
  await client.ask('resources/subscribe', { uri: 'file:///a' });
  session = 7;
  const answers = await Promise.all(['a', 'b', 'c'].map((method) => client.ask(method)));
  expect(answers.map(({ result }) => result)).toEqual(
    Array(3).fill({ session: 8, version: '2025-11-25' }),
  );
  const repeated = remote.seen
    .filter(({ method, headers }) => method === 'POST' && headers['mcp-session-id'] === 's8')
    .map(({ body }) => JSON.parse(body).method);
  expect(repeated.slice(0, 3)).toEqual([
    'notifications/initialized',
    'logging/setLevel',
    'resources/subscribe',
  ]);
  expect(client.messages.filter(({ result }) => result?.serverInfo)).toHaveLength(1);
});

test('a broken stream is taken up again where it ended', async () => {
  const remote = keep(
    await startScripted(({ method, headers, body }, response) => {
      const stream = { 'content-type': 'text/event-stream' };
      const event = (id: number, message: object) =>
        `id: ${id}\nretry: 20\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
      const last = headers['last-event-id'];
      if (method === 'GET' && last === undefined) return response.writeHead(405).end();
      if (method === 'GET')
        return response
          .writeHead(200, stream)
          .end(last === '1' ? event(2, { id: 'call', result: { from: last } }) : '');
      const message = JSON.parse(body);
      if (message.id === undefined) return response.writeHead(202).end();
      if (message.method === 'initialize')
        return response
          .writeHead(200, { ...stream, 'mcp-session-id': 's' })
          .end(event(0, { id: message.id, result: { protocolVersion: '2025-11-25' } }));
      response.writeHead(200, stream);
      response.write(event(1, { method: 'notifications/message', params: {} }), () =>
        response.destroy(),
      );
      return response;
    }),
  );
  point(remote.url);
  const client = connect();
  await client.open();
  client.send({ jsonrpc: '2.0', id: 'call', method: 'tools/call', params: { name: 'x' } });
  expect((await client.find(({ id }) => id === 'call')).result).toEqual({ from: '1' });
});

test('a server that talks nonsense gets every request an error, and nothing else through', async () => {
  const answers: readonly ((response: import('node:http').ServerResponse) => void)[] = [
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'),
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    (response) => response.writeHead(202).end(),
    (response) => response.writeHead(500).end(`Bearer ${token}`),
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': hi\n\n'),
    (response) => response.destroy(),
    (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"jsonrpc":"2.0","id":"other","result":{}}'),
  ];
  let index = 0;
  const remote = keep(
    await startScripted(({ method, body }, response) => {
      if (method !== 'POST') return void response.writeHead(405).end();
      const message = JSON.parse(body);
      if (message.method !== 'initialize') return answers[index++]?.(response);
      const result = { protocolVersion: '2025-11-25' };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
    }),
  );
  point(remote.url);
  const client = connect();
  await client.ask('initialize', { protocolVersion: '2025-11-25' });
  for (const each of answers) expect((await client.ask('x')).error?.code, `${each}`).toBe(-32000);
  client.send('not json');
  expect((await client.find(({ id }) => id === null)).error?.code).toBe(-32700);
  expect(client.lines.join()).not.toContain(token);
});

test('a server that never ends its answer is cut off, and the request told so', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const cut: string[] = [];
  const remote = keep(
    await startScripted(({ method, body }, response) => {
      if (method !== 'POST') return void response.writeHead(405).end();
      const message = JSON.parse(body);
      if (message.id === undefined) return response.writeHead(202).end();
      const type = message.method === 'stream' ? 'text/event-stream' : 'application/json';
      response.writeHead(200, { 'content-type': type });
      if (message.method === 'initialize') {
        const result = { protocolVersion: '2025-11-25' };
        return response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
      }
      response.write('id: 1\ndata: ');
      const more = () => response.write(chunk, (error) => error == null && more());
      more();
      return response.on('close', () => cut.push(message.method));
    }),
  );
  point(remote.url);
  const client = connect();
  await client.open();
  for (const method of ['stream', 'plain']) {
    const { error } = await client.ask(method);
    expect(error?.message).toContain('"remote" sent a message longer than 64 MiB.');
  }
  await vi.waitFor(() => expect(cut).toEqual(['stream', 'plain']));
  client.send('x'.repeat(64 * 1024 * 1024 + 1));
  const { exitCode, stderr } = await finish(client.child);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr:
      'portcullis: The client of "remote" sent a message longer than 64 MiB. Nothing that long is passed on.\n',
  });
});

test('nobody listens; and a signal ends the bridge at once', async () => {
  point(`http://127.0.0.1:${await freePort()}/mcp`);
  const client = connect();
  const answer = await client.open();
  expect(answer.error?.data).toEqual({ portcullis: 'remote_unreachable' });
  const started = performance.now();
  const ended = finish(client.child);
  client.child.kill('SIGTERM');
  expect((await ended).signal).toBe('SIGTERM');
  expect(performance.now() - started).toBeLessThan(1500);
});
