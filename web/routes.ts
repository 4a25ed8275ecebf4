/** The table of what the browser door answers, and the steps that every request takes through it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { AppRouter } from '../core/handlers.ts';
import type { Bundle } from './bundle.ts';
import type { DoorToken } from './door-token.ts';
import { readCode } from './exchange.ts';
import { type Head, judgeHead, type Refusal, readHeader } from './guard.ts';
import { guardHeaders, immutable } from './headers.ts';
import type { Peers } from './peer.ts';

export interface ShellFacts {
  readonly clipboard: boolean;
  readonly openExternal: boolean;
}

export interface RouteParts {
  readonly router: AppRouter;
  readonly bundle: Bundle;
  readonly token: DoorToken;
  readonly shell: ShellFacts;
  readonly peers: Peers;
}

/** Known once the port is. */
export interface Address {
  readonly hosts: ReadonlySet<string>;
  readonly cookie: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

interface Route {
  readonly method: 'GET' | 'POST';
  /** `nothing`: the answer is nobody’s. `page`: only a page of ours may send it. */
  readonly needs: 'nothing' | 'page' | 'door token';
  readonly answer: Answer;
}

/** Bytes. */
const mostBody = 4 * 1024 * 1024;
/** Milliseconds between signs of life on a silent stream. */
const keepAlive = 20_000;
const call = /^\/rpc(\/[A-Za-z][A-Za-z0-9]*)+$/;

/** Answers every request; never rejects and never tells what went wrong inside. */
export function createRoutes(parts: RouteParts, address: Address): Answer {
  const findRoute = createTable(parts, address);
  return async (request, response) => {
    setGuardHeaders(response);
    try {
      const head = headOf(request);
      const route = findRoute(head.target);
      const refusal = judgeHead(head, address.hosts) ?? judgeRoute(head, route, parts, address);
      if (
        refusal === undefined &&
        route?.needs !== 'nothing' &&
        parts.peers.isStranger(request.socket)
      )
        return refuse(response, { status: 403, reason: 'This door is somebody else’s.' });
      if (refusal !== undefined) return refuse(response, refusal);
      await route?.answer(request, response);
    } catch {
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 500, reason: 'Something went wrong.' });
    }
  };
}

/** Ends the connection too: the rest of what was refused is not worth reading. */
export function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  setGuardHeaders(response);
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('connection', 'close');
  response.end(reason);
}

function setGuardHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(guardHeaders)) response.setHeader(name, value);
}

function createTable(parts: RouteParts, address: Address): (target: string) => Route | undefined {
  const table = new Map<string, Route>([
    ['/healthz', { method: 'GET', needs: 'nothing', answer: answerHealth }],
    ['/door/exchange', { method: 'POST', needs: 'page', answer: exchangeWith(parts, address) }],
    ['/door/shell', { method: 'GET', needs: 'door token', answer: answerJson(parts.shell) }],
  ]);
  for (const path of parts.bundle.keys())
    table.set(path, { method: 'GET', needs: 'nothing', answer: answerFile(parts.bundle, path) });
  const contract: Route = { method: 'POST', needs: 'door token', answer: callWith(parts.router) };
  return (target) => table.get(target) ?? (call.test(target) ? contract : undefined);
}

function judgeRoute(
  head: Head,
  route: Route | undefined,
  { token }: RouteParts,
  { cookie }: Address,
): Refusal | undefined {
  if (route === undefined) return { status: 404, reason: 'Nothing here.' };
  if (head.method !== route.method) return { status: 405, reason: `${route.method} only.` };
  if (route.needs === 'nothing') return undefined;
  // A form can send neither, and other origins may not without asking first, which is never granted.
  if (readHeader(head, 'x-portcullis') !== '1')
    return { status: 403, reason: 'Only pages of Portcullis may ask this.' };
  if (route.method === 'POST' && !isJson(readHeader(head, 'content-type')))
    return { status: 415, reason: 'JSON only.' };
  if (route.needs === 'door token' && !token.isValid(readCookie(head, cookie)))
    return { status: 401, reason: 'Run `portcullis open` again.' };
  return undefined;
}

function isJson(type: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset=utf-8\s*)?$/i.test(type ?? '');
}

function readCookie(head: Head, name: string): string | undefined {
  const pairs = (readHeader(head, 'cookie') ?? '').split(';').map((pair) => pair.trim());
  const values = pairs.filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
}

function headOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Head {
  return { method, target: url, version: httpVersion, rawHeaders };
}

const answerHealth: Answer = (_request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end('ok');
};

function answerJson(value: ShellFacts): Answer {
  return (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };
}

function answerFile(bundle: Bundle, path: string): Answer {
  return (_request, response) => {
    const file = bundle.get(path);
    if (file === undefined) return refuse(response, { status: 404, reason: 'Nothing here.' });
    response.setHeader('content-type', file.type);
    if (file.isImmutable) response.setHeader('cache-control', immutable);
    response.end(file.bytes);
  };
}

function exchangeWith({ token }: RouteParts, { cookie }: Address): Answer {
  return async (request, response) => {
    const code = await readCode(request);
    const value = code === undefined ? undefined : token.exchange(code);
    if (value === undefined)
      return refuse(response, { status: 401, reason: 'Run `portcullis open` again.' });
    response.setHeader('set-cookie', `${cookie}=${value}; HttpOnly; SameSite=Strict; Path=/`);
    response.statusCode = 204;
    response.end();
  };
}

function callWith(router: AppRouter): Answer {
  const handler = new RPCHandler(router, {
    eventIteratorKeepAliveInterval: keepAlive,
    plugins: [new BodyLimitPlugin({ maxBodySize: mostBody })],
  });
  return async (request, response) => {
    response.setHeader('x-accel-buffering', 'no');
    const { matched } = await handler.handle(request, response, { prefix: '/rpc' });
    if (!matched) refuse(response, { status: 404, reason: 'Nothing here.' });
  };
}
