/**
 * One session of the older era with a Streamable HTTP server, as the client behind the bridge believes
 * it to be: when the server forgets it, a new one is opened in its place with the client's own first
 * messages, so that the client notices nothing.
 */
import { AppError } from '../../shared/errors.ts';
import type { RemoteReply } from '../ports.ts';
import {
  type Exchange,
  isEventStream,
  type LastEvent,
  readFailure,
  readStream,
  reopenDelay,
  whenSteady,
} from './exchange.ts';
import type { LinkPorts } from './link.ts';
import {
  type Message,
  type MessageId,
  type RequestMessage,
  readError,
  readMessage,
  readResult,
} from './message.ts';
import { collect, TooLong } from './split.ts';

export interface Session {
  /** Counts the sessions, so that two requests that find one lost renew it once. */
  readonly generation: number;
  headers(): Readonly<Record<string, string>>;
  /** Sends the client's `initialize` and passes the answer on. */
  open(request: RequestMessage, signal: AbortSignal): Promise<void>;
  /** Sends a message in the session, after a renewal that is under way. */
  send(bytes: Uint8Array, signal: AbortSignal): Promise<RemoteReply>;
  /** Remembers what a new session must repeat: subscriptions and the log level. */
  note(message: Message): void;
  /** True when the reply says that the server no longer knows the session. */
  isLost(reply: RemoteReply): Promise<boolean>;
  /** Opens a new session in place of the one counted. Rejects when the server is not the same any more. */
  renew(generation: number): Promise<void>;
  close(signal: AbortSignal): Promise<void>;
}

interface Memory {
  initialize?: RequestMessage;
  initialized?: Uint8Array;
  logLevel?: RequestMessage;
  readonly subscriptions: Map<string, RequestMessage>;
}

const answerLimit = 4 * 1024 * 1024;

/** What is known of the stream for the server's own messages, over all sessions. */
interface Listening {
  /** A new session was opened because of the stream, and none has come of it yet. */
  isRenewed: boolean;
}

export function createSession(ports: LinkPorts, exchange: Exchange): Session {
  const memory: Memory = { subscriptions: new Map() };
  let sessionId: string | undefined;
  let version: string | undefined;
  let generation = 0;
  let renewal: Promise<void> | undefined;
  let listening: AbortController | undefined;
  const stream: Listening = { isRenewed: false };

  const headers = (): Readonly<Record<string, string>> => ({
    ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
    ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
  });
  const begin = async (request: RequestMessage, signal: AbortSignal) => {
    const reply = await exchange.post(request.bytes, {}, signal);
    const answer = await readAnswer(ports, request.id, reply);
    const result = readResult(answer);
    if (result === undefined) return answer;
    generation += 1;
    sessionId = reply.headers['mcp-session-id'];
    version = typeof result.protocolVersion === 'string' ? result.protocolVersion : undefined;
    return answer;
  };
  const listen = () => {
    listening?.abort();
    const controller = new AbortController();
    listening = controller;
    const signal = AbortSignal.any([controller.signal, ports.ended]);
    void keepListening(ports, exchange, { headers, isLost, renewNow, stream }, signal);
  };
  const renewNow = () => renew(generation);
  const repeat = async () => {
    const before = version;
    if (memory.initialize === undefined) throw lost(ports.server);
    const answer = await begin(memory.initialize, ports.ended);
    if (readError(answer) !== undefined || version !== before) throw lost(ports.server);
    if (memory.initialized !== undefined)
      (await exchange.post(memory.initialized, headers(), ports.ended)).discard();
    const again = [memory.logLevel, ...memory.subscriptions.values()];
    for (const request of again)
      if (request !== undefined)
        await exchange
          .post(request.bytes, headers(), ports.ended)
          .then((reply) => readAnswer(ports, request.id, reply));
    listen();
  };
  function renew(known: number): Promise<void> {
    if (renewal !== undefined) return renewal;
    if (known !== generation) return Promise.resolve();
    renewal = repeat().finally(() => {
      renewal = undefined;
    });
    return renewal;
  }
  /** 404 by the specification; widely used servers answer 400 instead and name the session. */
  async function isLost(reply: RemoteReply): Promise<boolean> {
    if (sessionId === undefined) return false;
    if (reply.status === 404) {
      reply.discard();
      return true;
    }
    if (reply.status !== 400) return false;
    const failure = await readFailure(ports.server, reply);
    if ('error' in failure && /session/i.test(failure.error.message)) return true;
    throw failure;
  }

  return {
    get generation() {
      return generation;
    },
    headers,
    isLost,
    renew,
    async open(request, signal) {
      memory.initialize = request;
      memory.subscriptions.clear();
      delete memory.logLevel;
      delete memory.initialized;
      await ports.deliver(await begin(request, signal));
    },
    async send(bytes, signal) {
      await renewal;
      return exchange.post(bytes, headers(), signal);
    },
    note(message) {
      remember(memory, message);
      if (message.kind === 'notification' && message.method === 'notifications/initialized')
        listen();
    },
    async close(signal) {
      listening?.abort();
      if (sessionId !== undefined) await exchange.remove(headers(), signal);
    },
  };
}

function remember(memory: Memory, message: Message): void {
  if (message.kind === 'notification') {
    if (message.method === 'notifications/initialized') memory.initialized = message.bytes;
    return;
  }
  if (message.kind !== 'request') return;
  const uri = String(message.params.uri);
  if (message.method === 'logging/setLevel') memory.logLevel = message;
  if (message.method === 'resources/subscribe') memory.subscriptions.set(uri, message);
  if (message.method === 'resources/unsubscribe') memory.subscriptions.delete(uri);
}

/** The one answer to a request, from JSON or from a stream whose other messages are passed on. */
async function readAnswer(
  ports: LinkPorts,
  id: MessageId,
  reply: RemoteReply,
): Promise<Uint8Array> {
  if (isEventStream(reply)) {
    let answer: Uint8Array | undefined;
    const take = async (bytes: Uint8Array) => {
      const message = readMessage(bytes);
      if (message.kind === 'response' && message.id === id) answer = bytes;
      else await ports.deliver(bytes);
    };
    await readStream(reply, { ...ports, deliver: take }, () => answer !== undefined);
    if (answer !== undefined) return answer;
    throw lost(ports.server);
  }
  if (reply.status !== 200) throw await readFailure(ports.server, reply);
  return collect(reply.body, answerLimit);
}

interface Listener extends Pick<Session, 'headers' | 'isLost'> {
  renewNow(): Promise<void>;
  readonly stream: Listening;
}

/**
 * Keeps the stream for the server's own messages open, where it offers one, until the signal. A server
 * that ends it each time, or loses the session over it, must not keep us busy.
 */
async function keepListening(
  ports: LinkPorts,
  exchange: Exchange,
  { headers, isLost, renewNow, stream }: Listener,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | undefined;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    let asked: number | undefined;
    const takeUp = () => {
      attempt = 0;
    };
    try {
      const resumed = lastId === undefined ? {} : { 'last-event-id': lastId };
      const reply = await exchange.get({ ...headers(), ...resumed }, signal);
      if (isEventStream(reply)) {
        stream.isRenewed = false;
        const last = await readSteadily(ports, reply, takeUp, signal);
        lastId = last?.id ?? lastId;
        asked = last?.retry;
      } else if (await isLost(reply)) {
        // Some answer so who offer no stream at all.
        if (stream.isRenewed) return;
        stream.isRenewed = true;
        // A successful renewal starts a stream of its own and ends this one.
        await renewNow();
        return;
      } else {
        reply.discard();
        if (reply.status < 500) return;
      }
    } catch (error) {
      if (error instanceof TooLong) return;
      // Gone for now; the next attempt tells more.
    }
    await ports.sleep(reopenDelay(attempt, asked), signal);
  }
}

/** Calls `takeUp` when the stream was worth opening. */
async function readSteadily(
  ports: LinkPorts,
  reply: RemoteReply,
  takeUp: () => void,
  signal: AbortSignal,
): Promise<LastEvent | undefined> {
  const end = whenSteady(ports, signal, takeUp);
  const deliver = (bytes: Uint8Array) => {
    takeUp();
    return ports.deliver(bytes);
  };
  try {
    return await readStream(reply, { ...ports, deliver });
  } finally {
    end();
  }
}

function lost(server: string): AppError {
  return new AppError('remote_unreachable', `"${server}" has lost the session.`, {
    hint: 'Connect to it again in your client.',
    details: { server },
  });
}
