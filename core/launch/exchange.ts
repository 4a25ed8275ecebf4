/** Single HTTP exchanges with a remote MCP server: our headers, redirects, answers and streams. */
import type { AppError } from '../../shared/errors.ts';
import type { RemoteReply } from '../ports.ts';
import { type LinkPorts, ProtocolFailure, statusFailure } from './link.ts';
import { readError } from './message.ts';
import { followableRedirect, isUnsent } from './remote.ts';
import { collect, splitEvents, TooLong } from './split.ts';

const errorBodyLimit = 1024 * 1024;
const redirectLimit = 3;
/** Waits before something is tried again, in milliseconds. */
const retryDelays = [100, 300, 1000, 3000, 10_000, 30_000];
/** A server may ask for a longer pause, not for none. */
const shortestPause = 500;
/** Milliseconds after which a stream was worth opening, even if nothing came. */
const steady = 15_000;
/** How often a message is sent again that certainly never left, as while a server restarts. */
const unsentRetries = 4;
const postHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

export interface Exchange {
  /** Sends one message. `extra` are the headers of its era. */
  post(
    bytes: Uint8Array,
    extra: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RemoteReply>;
  get(extra: Readonly<Record<string, string>>, signal: AbortSignal): Promise<RemoteReply>;
  remove(extra: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
}

export function retryDelay(attempt: number): number {
  return retryDelays[Math.min(attempt, retryDelays.length - 1)] ?? 30_000;
}

/**
 * Before a stream is opened again that ended: as the server asks, else longer with each attempt that
 * brought nothing.
 */
export function reopenDelay(attempt: number, asked: number | undefined): number {
  return Math.max(shortestPause, asked ?? 0, retryDelay(attempt));
}

/** Tells once a stream has been open for long. The answer is called when it ends. */
export function whenSteady(
  { sleep }: Pick<LinkPorts, 'sleep'>,
  signal: AbortSignal,
  tell: () => void,
): () => void {
  const over = new AbortController();
  void sleep(steady, AbortSignal.any([over.signal, signal])).then(() => {
    if (!over.signal.aborted) tell();
  });
  return () => over.abort();
}

export interface LastEvent {
  readonly id: string;
  readonly retry?: number;
}

/** A stream ended by an error; with the id of its last event it can be taken up again. */
export class StreamBroken extends Error {
  readonly lastId: LastEvent | undefined;

  constructor(lastId: LastEvent | undefined) {
    super('The stream broke off.');
    this.lastId = lastId;
  }
}

/**
 * Reads a stream of messages to its end, or until `isDone`. Rejects with `StreamBroken`; with `TooLong`
 * when it must not be taken up again.
 */
export async function readStream(
  reply: RemoteReply,
  { deliver, longest }: Pick<LinkPorts, 'deliver' | 'longest'>,
  isDone: () => boolean = () => false,
): Promise<LastEvent | undefined> {
  let last: LastEvent | undefined;
  try {
    for await (const { event, data, id, retry } of splitEvents(reply.body, longest)) {
      if (id !== undefined) last = { id, ...(retry === undefined ? {} : { retry }) };
      else if (retry !== undefined && last !== undefined) last = { ...last, retry };
      if (data.length > 0 && event === 'message') await deliver(data);
      if (isDone()) break;
    }
  } catch (error) {
    throw error instanceof TooLong ? error : new StreamBroken(last);
  } finally {
    reply.discard();
  }
  return last;
}

/** The error in a reply that is not a success: the server's own JSON-RPC error where it gave one. */
export async function readFailure(
  server: string,
  reply: RemoteReply,
): Promise<AppError | ProtocolFailure> {
  const { status } = reply;
  if (status === 401 || status === 403 || status < 400) {
    reply.discard();
    return statusFailure(server, status);
  }
  const body = await collect(reply.body, errorBodyLimit).catch(() => new Uint8Array());
  const error = readError(body);
  return error === undefined ? statusFailure(server, status) : new ProtocolFailure(error);
}

export function isEventStream(reply: RemoteReply): boolean {
  const type = reply.headers['content-type'] ?? '';
  return reply.status === 200 && /^text\/event-stream\b/i.test(type);
}

/** HTTP with our headers on it, following redirects within the origin. */
export function createExchange({
  http,
  sleep,
  url,
  headers,
  server,
}: Pick<LinkPorts, 'http' | 'sleep' | 'url' | 'headers' | 'server'>): Exchange {
  const send = async (
    method: 'GET' | 'POST' | 'DELETE',
    extra: Readonly<Record<string, string>>,
    signal: AbortSignal,
    body?: Uint8Array,
  ): Promise<RemoteReply> => {
    let to = url;
    for (let hop = 0; hop <= redirectLimit; hop += 1) {
      const reply = await http.send({
        method,
        url: to.href,
        // The protocol's own headers come last, so that none can be taken over.
        headers: { ...headers, ...extra },
        signal,
        ...(body === undefined ? {} : { body }),
      });
      if (reply.status < 300 || reply.status >= 400) return reply;
      reply.discard();
      const next = followableRedirect(reply, to);
      if (next === undefined) throw statusFailure(server, reply.status);
      to = next;
    }
    throw statusFailure(server, 310);
  };
  return {
    async post(bytes, extra, signal) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await send('POST', { ...extra, ...postHeaders }, signal, bytes);
        } catch (error) {
          if (!isUnsent(error) || attempt >= unsentRetries || signal.aborted) throw error;
          await sleep(retryDelay(attempt), signal);
        }
      }
    },
    get: (extra, signal) => send('GET', { ...extra, accept: 'text/event-stream' }, signal),
    remove: async (extra, signal) => {
      const reply = await send('DELETE', extra, signal);
      reply.discard();
    },
  };
}
