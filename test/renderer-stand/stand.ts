/**
 * A stand for the window: the built bundle and a fixture of the contract on a loopback port, with
 * the content policy that every door must send. For screenshots and browser tests.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, resolve, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RPCHandler } from '@orpc/server/node';
import type { AppEvent } from '../../shared/models/health.ts';
import type { World } from './build-world.ts';
import { createFixtureApi } from './fixture-api.ts';
import { type Scene, type SceneName, scenes } from './scenes.ts';

export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Another build of the window than the one in `out/` may be shown. */
const bundle = resolve(
  process.env.PORTCULLIS_WINDOW ?? join(import.meta.dirname, '../../out/renderer'),
);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.png': 'image/png',
};

export interface Stand {
  readonly url: string;
  readonly world: World;
  readonly tell: (event: AppEvent) => void;
  /** Cuts every connection and refuses new ones until it is raised again. */
  readonly fall: () => void;
  readonly rise: () => void;
  readonly close: () => Promise<void>;
}

export interface StandOptions {
  readonly scene: SceneName;
  /** Milliseconds between the steps of a run. */
  readonly stepTime?: number;
  readonly port?: number;
}

export async function openStand({ scene, stepTime = 15, port = 0 }: StandOptions): Promise<Stand> {
  const { make, mood = 'works', clipboard = true }: Scene = scenes[scene];
  const world = make();
  const news = createNews();
  const rpc = new RPCHandler(
    createFixtureApi({
      world,
      mood,
      tell: news.tell,
      listen: news.listen,
      pace: () => wait(stepTime),
    }),
  );
  const sockets = new Set<Socket>();
  let isDown = false;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://stand').pathname;
    if (path.startsWith('/rpc/')) {
      if (request.headers['x-portcullis'] !== '1') return refuse(response);
      await rpc.handle(request, response, { prefix: '/rpc' });
      return;
    }
    if (path === '/door/shell') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ clipboard, openExternal: true }));
      return;
    }
    serveFile(request, response, path);
  });
  server.on('connection', (socket) => {
    if (isDown) socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // A server that listens on TCP has such an address.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    world,
    tell: news.tell,
    fall: () => {
      isDown = true;
      cut();
    },
    rise: () => {
      isDown = false;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        cut();
      }),
  };
}

function refuse(response: ServerResponse): void {
  response.statusCode = 403;
  response.end();
}

function serveFile(_request: IncomingMessage, response: ServerResponse, path: string): void {
  const file = resolve(bundle, `.${path === '/' ? '/index.html' : path}`);
  const isInside = file.startsWith(bundle + sep);
  if (!isInside || !existsSync(file)) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-security-policy', policy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
  createReadStream(join(file)).pipe(response);
}

function createNews() {
  const listeners = new Set<(event: AppEvent) => void>();
  async function* listen(signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
    const queue: AppEvent[] = [{ type: 'hello', at: new Date(Date.now()).toISOString() }];
    let wake: () => void = () => undefined;
    const hear = (event: AppEvent) => {
      queue.push(event);
      wake();
    };
    listeners.add(hear);
    signal?.addEventListener('abort', () => wake());
    try {
      while (signal?.aborted !== true) {
        const next = queue.shift();
        if (next === undefined) {
          await new Promise<void>((resolveWait) => {
            wake = resolveWait;
          });
        } else {
          yield next;
        }
      }
    } finally {
      listeners.delete(hear);
    }
  }
  return {
    listen,
    tell: (event: AppEvent) => {
      for (const hear of listeners) hear(event);
    },
  };
}
