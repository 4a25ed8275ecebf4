/**
 * The bridge from a client on stdio to a remote server: messages pass as they are, both ways, in both
 * protocol eras; the server's credential is added on the way and never shown. This file keeps the
 * books (which requests wait for an answer, what goes to the client, in which order); a link carries
 * the messages over one of the HTTP transports.
 */
import { toAppError } from '../../shared/errors.ts';
import type { RemoteHttp } from '../ports.ts';
import type { FilledRemote } from './fill.ts';
import { type Link, noAnswer, type Pending, ProtocolFailure, tooLong } from './link.ts';
import {
  type Message,
  type MessageId,
  type RequestMessage,
  readMessage,
  renderError,
  toOneLine,
} from './message.ts';
import { modernVersionOf } from './mirrored-headers.ts';
import { requireSafeRemote } from './remote.ts';
import { TooLong } from './split.ts';
import { createSseLink } from './sse-link.ts';
import { createStreamableLink } from './streamable-link.ts';

export interface BridgePorts {
  readonly http: RemoteHttp;
  /** Writes one line to the client; resolves when more may come. */
  readonly write: (line: Uint8Array) => Promise<void>;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Bytes that one message may have, either way. */
  readonly longest: number;
}

export interface Bridge {
  /** Takes one line of the client. Resolves when the next one may be taken. */
  receive(line: Uint8Array): Promise<void>;
  /** Ends the session at the server, within `grace` milliseconds, and drops everything else. */
  end(grace: number): Promise<void>;
}

/** JSON-RPC codes for failures on the way; the specification gives this range no meaning. */
const errorCodes = { remote_unreachable: -32000, remote_refused: -32001 } as const;
const parseErrorCode = -32700;

/** Opens a bridge. Nothing is sent before the first message. Errors: `bad_input`. */
export function createBridge(server: string, remote: FilledRemote, ports: BridgePorts): Bridge {
  const waiting = new Map<MessageId, Waiting>();
  const ended = new AbortController();
  const { url, headers } = requireSafeRemote(server, remote);
  let writing = Promise.resolve();

  const write = (line: Uint8Array): Promise<void> => {
    writing = writing.then(() => ports.write(line));
    return writing;
  };
  const settle = (id: MessageId): boolean => {
    waiting.get(id)?.settle();
    return waiting.delete(id);
  };
  const deliver = async (bytes: Uint8Array): Promise<void> => {
    const message = readMessage(bytes);
    if (message.kind === 'batch') {
      for (const item of message.items) await deliver(item);
    } else if (message.kind !== 'invalid') {
      if (message.kind === 'response' && message.id !== null) settle(message.id);
      await write(toOneLine(bytes));
    }
  };
  const refuse = async (id: MessageId, error: unknown) => {
    const told = error instanceof TooLong ? tooLong(server, error) : error;
    if (settle(id) && !ended.signal.aborted) await write(describeFailure(id, told));
  };
  const link = (remote.transport === 'sse' ? createSseLink : createStreamableLink)({
    server,
    url,
    headers,
    http: ports.http,
    sleep: ports.sleep,
    longest: ports.longest,
    ended: ended.signal,
    isPending: (id) => waiting.has(id),
    deliver,
    async refuseAll(error) {
      for (const id of [...waiting.keys()]) await refuse(id, error);
    },
  });

  return {
    receive: createReceiver(link, waiting, { server, write, refuse, settle }),
    async end(grace) {
      ended.abort();
      for (const { controller } of waiting.values()) controller.abort();
      // The server may be gone: there is nobody left to tell.
      await link.close(AbortSignal.timeout(grace)).catch(() => undefined);
    },
  };
}

interface Waiting extends Pending {
  settle(): void;
}

interface Books {
  readonly server: string;
  write(line: Uint8Array): Promise<void>;
  refuse(id: MessageId, error: unknown): Promise<void>;
  settle(id: MessageId): boolean;
}

/** The way from the client to the link. */
function createReceiver(
  link: Link,
  waiting: Map<MessageId, Waiting>,
  { server, write, refuse, settle }: Books,
): Bridge['receive'] {
  const startRequest = async (request: RequestMessage) => {
    const { promise: settled, resolve } = Promise.withResolvers<void>();
    const entry = { request, controller: new AbortController(), settled, settle: resolve };
    waiting.set(request.id, entry);
    const isWaiting = () => waiting.get(request.id) === entry;
    try {
      await link.request(entry);
      if (isWaiting()) await refuse(request.id, noAnswer(server));
    } catch (error) {
      if (isWaiting()) await refuse(request.id, error);
    }
  };
  const receive = async (line: Uint8Array): Promise<void> => {
    if (line.length === 0) return;
    const message = readMessage(line);
    if (message.kind === 'batch') {
      for (const item of message.items) await receive(item);
    } else if (message.kind === 'invalid') {
      await write(renderError(null, { code: parseErrorCode, message: 'This is not JSON-RPC.' }));
    } else if (message.kind === 'request') {
      const answered = startRequest(message);
      // Everything after it depends on the session that it opens.
      if (message.method === 'initialize') await answered;
    } else if (!cancelModern(message, waiting, settle)) {
      // Without an answer a failure reaches nobody; the next request will tell.
      const posted = link.post(message).catch(() => undefined);
      // A notification may change what the next message means.
      if (message.kind === 'notification') await posted;
    }
  };
  return receive;
}

/** In the newer era closing the response stream is the cancellation: nothing is posted. */
function cancelModern(
  message: Message,
  waiting: ReadonlyMap<MessageId, Waiting>,
  settle: (id: MessageId) => boolean,
): boolean {
  if (message.kind !== 'notification' || message.method !== 'notifications/cancelled') return false;
  const { requestId } = message.params;
  if (typeof requestId !== 'string' && typeof requestId !== 'number') return false;
  const entry = waiting.get(requestId);
  if (entry === undefined || modernVersionOf(entry.request.params) === undefined) return false;
  settle(requestId);
  entry.controller.abort();
  return true;
}

function describeFailure(id: MessageId, thrown: unknown): Uint8Array {
  if (thrown instanceof ProtocolFailure) return renderError(id, thrown.error);
  const error = toAppError(thrown);
  const code =
    error.code === 'remote_refused' ? errorCodes.remote_refused : errorCodes.remote_unreachable;
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return renderError(id, { code, message, data: { portcullis: error.code } });
}
