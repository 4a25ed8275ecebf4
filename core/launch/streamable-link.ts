/**
 * Carries messages over Streamable HTTP: one POST per message, answers as JSON or as a stream. In the
 * older era (up to 2025-11-25) it also keeps the session: the GET stream for the server's own
 * messages, resumption of broken streams, and a new session when the server has lost the old one.
 */

import type { RemoteReply } from '../ports.ts';
import {
  createExchange,
  type Exchange,
  isEventStream,
  type LastEvent,
  readFailure,
  readStream,
  reopenDelay,
  retryDelay,
  StreamBroken,
} from './exchange.ts';
import { type Link, type LinkPorts, noAnswer, type Pending, ProtocolFailure } from './link.ts';
import { type RequestMessage, readMessage } from './message.ts';
import { createParameterHeaders, mirrorRequest, modernVersionOf } from './mirrored-headers.ts';
import { createSession, type Session } from './session.ts';
import { collect, TooLong } from './split.ts';

/** How often a broken stream is taken up again without any progress. */
const resumeAttempts = 6;

export function createStreamableLink(ports: LinkPorts): Link {
  const exchange = createExchange(ports);
  const parameters = createParameterHeaders();
  const session = createSession(ports, exchange);

  async function requestModern({ request, controller }: Pending, version: string): Promise<void> {
    let announced = false;
    const deliver = async (bytes: Uint8Array) => {
      if (request.method === 'tools/list') learnParameters(bytes);
      if (isAcknowledgement(bytes)) {
        // Taken up again after a break, the stream acknowledges a second time.
        if (announced) return;
        announced = true;
      }
      await ports.deliver(bytes);
    };
    for (let attempt = 0; ; attempt += 1) {
      const headers = mirrorRequest(request, version, parameters);
      const reply = await exchange.post(request.bytes, headers, controller.signal);
      await takeAnswer(ports, request, reply, deliver).catch((error: unknown) => {
        const isFinal = error instanceof ProtocolFailure || error instanceof TooLong;
        if (!isListening(request) || isFinal) throw error;
      });
      if (!ports.isPending(request.id) || !isListening(request) || ports.ended.aborted) return;
      await ports.sleep(retryDelay(attempt), controller.signal);
      if (controller.signal.aborted) return;
    }
  }
  function learnParameters(bytes: Uint8Array) {
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('x-mcp-header'))
      parameters.learn(bytes);
  }

  return {
    async request(pending) {
      const version = modernVersionOf(pending.request.params);
      if (version !== undefined) return requestModern(pending, version);
      return requestInSession(ports, exchange, session, pending);
    },
    async post(message) {
      const reply = await session.send(message.bytes, ports.ended);
      session.note(message);
      reply.discard();
    },
    close: (signal) => session.close(signal),
  };
}

/** A request of the older era: sent again once, under a new session, when the server lost the old one. */
async function requestInSession(
  ports: LinkPorts,
  exchange: Exchange,
  session: Session,
  { request, controller }: Pending,
): Promise<void> {
  const { signal } = controller;
  if (request.method === 'initialize') return session.open(request, signal);
  const generation = session.generation;
  let reply = await session.send(request.bytes, signal);
  if (await session.isLost(reply)) {
    await session.renew(generation);
    reply = await session.send(request.bytes, signal);
  }
  session.note(request);
  const lastId = await takeAnswer(ports, request, reply, ports.deliver).catch((error: unknown) => {
    if (error instanceof StreamBroken) return error.lastId;
    throw error;
  });
  if (ports.isPending(request.id) && lastId !== undefined)
    await resume(ports, exchange, session, { request, controller }, lastId);
}

/** Takes up a broken stream where it ended, as long as it gets further each time. */
async function resume(
  ports: LinkPorts,
  exchange: Exchange,
  session: Session,
  { request, controller }: Pick<Pending, 'request' | 'controller'>,
  from: LastEvent,
): Promise<void> {
  let last = from;
  for (let attempt = 0; attempt < resumeAttempts; attempt += 1) {
    await ports.sleep(reopenDelay(attempt, last.retry), controller.signal);
    if (controller.signal.aborted || ports.ended.aborted) return;
    const headers = { ...session.headers(), 'last-event-id': last.id };
    const reply = await exchange.get(headers, controller.signal).catch(() => undefined);
    if (reply === undefined) continue;
    if (reply.status !== 200) throw noAnswer(ports.server);
    const next = await takeAnswer(ports, request, reply, ports.deliver).catch((error: unknown) => {
      if (error instanceof StreamBroken) return error.lastId;
      throw error;
    });
    if (!ports.isPending(request.id)) return;
    if (next !== undefined && next.id !== last.id) attempt = -1;
    last = next ?? last;
  }
}

/**
 * Passes on everything that a reply to one request holds. Resolves to the id of the stream's last
 * event, when it had one.
 */
async function takeAnswer(
  ports: LinkPorts,
  request: RequestMessage,
  reply: RemoteReply,
  deliver: (bytes: Uint8Array) => Promise<void>,
): Promise<LastEvent | undefined> {
  if (isEventStream(reply))
    return readStream(reply, { ...ports, deliver }, () => !ports.isPending(request.id));
  if (reply.status === 200) {
    const bytes = await collect(reply.body, ports.longest);
    const { kind } = readMessage(bytes);
    if (kind === 'invalid') throw noAnswer(ports.server);
    await deliver(bytes);
    return undefined;
  }
  throw await readFailure(ports.server, reply);
}

function isListening(request: RequestMessage): boolean {
  return request.method === 'subscriptions/listen';
}

function isAcknowledgement(bytes: Uint8Array): boolean {
  if (bytes.length > 4096) return false;
  const message = readMessage(bytes);
  return (
    message.kind === 'notification' && message.method === 'notifications/subscriptions/acknowledged'
  );
}
