/**
 * Carries messages over the first HTTP transport (2024-11-05): one stream for everything the server
 * says, and POSTs to an address that the stream names. A broken stream is opened anew and the client's
 * first messages are repeated; what waited for an answer is told so.
 */
import { AppError } from '../../shared/errors.ts';
import {
  createExchange,
  isEventStream,
  readFailure,
  reopenDelay,
  retryDelay,
  whenSteady,
} from './exchange.ts';
import { type Link, type LinkPorts, noAnswer, statusFailure, tooLong } from './link.ts';
import { type RequestMessage, readMessage } from './message.ts';
import { splitEvents, TooLong } from './split.ts';

interface Stream {
  readonly endpoint: URL;
  /** Resolves with the reason. */
  readonly broken: Promise<AppError>;
}

const decoder = new TextDecoder();
const reopenAttempts = 4;

export function createSseLink(ports: LinkPorts): Link {
  let stream: Promise<Stream> | undefined;
  let initialize: RequestMessage | undefined;
  let initialized: Uint8Array | undefined;
  /** Settled when the stream brings the answer to a repeated `initialize`, which nobody waits for. */
  let swallow: { readonly id: RequestMessage['id']; done(): void } | undefined;

  /** Streams that were opened again by ourselves and brought nothing. */
  let fruitless = 0;
  let isReopening = false;

  const deliver = async (bytes: Uint8Array) => {
    const message = readMessage(bytes);
    if (swallow !== undefined && message.kind === 'response' && message.id === swallow.id)
      return swallow.done();
    fruitless = 0;
    await ports.deliver(bytes);
  };
  const post = async (bytes: Uint8Array, signal: AbortSignal, { endpoint }: Stream) => {
    const reply = await createExchange({ ...ports, url: endpoint }).post(bytes, {}, signal);
    if (reply.status >= 300) throw await readFailure(ports.server, reply);
    reply.discard();
  };
  const repeat = async (opened: Stream) => {
    const request = initialize;
    if (request === undefined || initialized === undefined) return;
    const answered = new Promise<void>((done) => {
      swallow = { id: request.id, done };
    });
    await post(request.bytes, ports.ended, opened);
    await Promise.race([answered, opened.broken]);
    swallow = undefined;
    await post(initialized, ports.ended, opened);
  };
  const open = async (): Promise<Stream> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const opened = await openStream(ports, deliver);
        const end = whenSteady(ports, ports.ended, () => {
          fruitless = 0;
        });
        void opened.broken.then((reason) => {
          end();
          return onBroken(reason);
        });
        await repeat(opened);
        return opened;
      } catch (error) {
        const final = !(error instanceof AppError) || error.code !== 'remote_unreachable';
        if (final || attempt >= reopenAttempts || ports.ended.aborted) throw error;
        await ports.sleep(retryDelay(attempt), ports.ended);
      }
    }
  };
  const onBroken = async (reason: AppError) => {
    stream = undefined;
    await ports.refuseAll(reason);
    if (initialized === undefined || isReopening) return;
    isReopening = true;
    await ports.sleep(reopenDelay(fruitless, undefined), ports.ended);
    isReopening = false;
    fruitless += 1;
    // The server may have something to say by itself.
    if (!ports.ended.aborted) await current().catch(() => undefined);
  };
  const current = (): Promise<Stream> => {
    if (stream === undefined) {
      stream = open();
      stream.catch(() => {
        stream = undefined;
      });
    }
    return stream;
  };

  return {
    async request({ request, controller, settled }) {
      if (request.method === 'initialize') {
        initialize = request;
        initialized = undefined;
      }
      const opened = await current();
      await post(request.bytes, controller.signal, opened);
      await Promise.race([settled, opened.broken]);
    },
    async post(message) {
      await post(message.bytes, ports.ended, await current());
      if (message.kind === 'notification' && message.method === 'notifications/initialized')
        initialized = message.bytes;
    },
    // The stream ends with the bridge, and the session with the stream.
    close: async () => undefined,
  };
}

async function openStream(
  ports: LinkPorts,
  deliver: (bytes: Uint8Array) => Promise<void>,
): Promise<Stream> {
  const reply = await createExchange(ports).get({}, ports.ended);
  if (!isEventStream(reply)) {
    if (reply.status !== 200) throw await readFailure(ports.server, reply);
    reply.discard();
    throw statusFailure(ports.server, reply.status);
  }
  const events = splitEvents(reply.body, ports.longest);
  const endpoint = await readEndpoint(ports, events).catch((error: unknown) => {
    reply.discard();
    throw error;
  });
  const read = async () => {
    for await (const { event, data } of events)
      if (event === 'message' && data.length > 0) await deliver(data);
  };
  const broken = read()
    .catch((error: unknown) => error)
    .then((error) => {
      reply.discard();
      return error instanceof TooLong ? tooLong(ports.server, error) : noAnswer(ports.server);
    });
  return { endpoint, broken };
}

/** The address for POSTs. It must be of the same origin: the credential goes there. */
async function readEndpoint(
  ports: LinkPorts,
  events: AsyncGenerator<{ readonly event: string; readonly data: Uint8Array }>,
): Promise<URL> {
  // Not a for loop, which would close the stream on leaving.
  for (let next = await events.next(); next.done !== true; next = await events.next()) {
    if (next.value.event !== 'endpoint') continue;
    const text = decoder.decode(next.value.data);
    const endpoint = URL.canParse(text, ports.url.href) ? new URL(text, ports.url.href) : undefined;
    if (endpoint?.origin === ports.url.origin) return endpoint;
    throw statusFailure(ports.server, 310);
  }
  throw noAnswer(ports.server);
}
