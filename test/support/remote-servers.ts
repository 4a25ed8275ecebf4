/** Remote MCP servers on loopback for the bridge: a real one, a dual-era one, and scripted ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export interface Remote {
  readonly url: string;
  stop(): Promise<void>;
}

const everything = join(
  import.meta.dirname,
  '../servers/node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);

/** A port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}

/** The reference server `everything`. `log` collects what it prints. */
export async function startEverything(
  kind: 'streamableHttp' | 'sse',
  port: number,
): Promise<Remote & { readonly log: string[] }> {
  const child = spawn(process.execPath, [everything, kind], {
    env: { PORT: String(port), PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => log.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const url = `http://127.0.0.1:${port}`;
  await untilListening(child, url);
  return {
    url: `${url}/${kind === 'sse' ? 'sse' : 'mcp'}`,
    log,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function untilListening(child: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error('The server ended.');
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) return;
    await sleep(50);
  }
  throw new Error('The server did not start.');
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers every request with `answer`, and remembers what came. */
export async function startScripted(
  answer: (request: Seen, response: ServerResponse) => void,
  port = 0,
): Promise<Remote & { readonly seen: Seen[]; readonly origin: string }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(one);
    answer(one, response);
  });
  await listen(server, port);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/mcp`, origin, seen, stop: () => close(server) };
}

/** Both eras by the SDK, behind a check of the credential. `cancelled` counts cut calls. */
export async function startDualEra(
  authorization: string,
): Promise<Remote & { readonly cancelled: () => number; changeTools(): void }> {
  let cancelled = 0;
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'dual', version: '1.0.0' });
    server.registerTool(
      'large',
      { inputSchema: z.object({ bytes: z.number() }) },
      async ({ bytes }) => ({ content: [{ type: 'text', text: 'x'.repeat(bytes) }] }),
    );
    server.registerTool('steps', { inputSchema: z.object({}) }, async (_, context) => {
      const { _meta: meta } = context.mcpReq;
      const progressToken = meta?.progressToken;
      for (const progress of [1, 2, 3])
        if (progressToken !== undefined)
          await context.mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress, total: 3 },
          });
      // The SDK's clients drop steps that they read in one go with the answer.
      await sleep(progressToken === undefined ? 0 : 200);
      return { content: [{ type: 'text', text: 'done' }] };
    });
    server.registerTool('forever', { inputSchema: z.object({}) }, async (_, context) => {
      await new Promise<void>((resolve) => {
        context.mcpReq.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      cancelled += 1;
      return { content: [] };
    });
    return server;
  });
  // Node's own request type; only the strictness about absent keys differs.
  const node = toNodeHandler(handler) as (
    request: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void>;
  const server = createServer((request, response) => {
    if (request.headers.authorization === authorization) void node(request, response);
    else response.writeHead(401, { 'content-type': 'text/plain' }).end(`not ${authorization}`);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    cancelled: () => cancelled,
    changeTools: () => handler.notify.toolsChanged(),
    async stop() {
      await handler.close();
      await close(server);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
