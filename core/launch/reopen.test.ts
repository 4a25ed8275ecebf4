/** A remote server that ends its stream at once: how soon and how often it is asked again. */
import { expect, test } from 'vitest';
import type { RemoteReply, RemoteRequest } from '../ports.ts';
import { createBridge } from './bridge.ts';

const encoder = new TextEncoder();
const usualWaits = [500, 500, 1000, 3000, 10_000, 30_000, 30_000];

function reply(status: number, type: string, text: string): RemoteReply {
  async function* give() {
    yield encoder.encode(text);
  }
  const headers = { 'content-type': type, 'mcp-session-id': 's' };
  return { status, headers, body: give(), discard: () => undefined };
}

/** Opens a session; answers each GET with the next text, the last one for ever, and notes every wait. */
async function listen(
  transport: 'streamable-http' | 'sse',
  answer: (call: RemoteRequest, count: number) => RemoteReply,
) {
  const calls: RemoteRequest[] = [];
  const waits: number[] = [];
  const enough = Promise.withResolvers<void>();
  const bridge = createBridge(
    'far',
    { transport, url: 'https://far.example/mcp', headers: {}, carriesSecret: false },
    {
      http: {
        send: async (call) => {
          calls.push(call);
          return answer(call, calls.filter(({ method }) => method === call.method).length);
        },
      },
      write: async () => undefined,
      longest: 1000,
      sleep: (milliseconds, signal) => {
        const isOver = new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
        });
        // As long as a stream is open, which here is no time.
        if (milliseconds === 15_000) return isOver;
        waits.push(milliseconds);
        if (waits.length < usualWaits.length) return Promise.resolve();
        enough.resolve();
        return isOver;
      },
    },
  );
  const send = (message: object) => bridge.receive(encoder.encode(JSON.stringify(message)));
  await send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
  await send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return { calls, waits, enough: enough.promise };
}

const initialized = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { protocolVersion: '2025-11-25' },
});
const message = 'data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n';

function answerPost({ body }: RemoteRequest): RemoteReply {
  const isRequest = Buffer.from(body ?? []).includes('"id"');
  return isRequest ? reply(200, 'application/json', initialized) : reply(202, 'text/plain', '');
}

test('a stream that ends at once is opened again later and later, whatever it asks for', async () => {
  const { waits, enough } = await listen('streamable-http', (call, count) =>
    call.method === 'POST'
      ? answerPost(call)
      : reply(200, 'text/event-stream', `id: ${count}\nretry: 0\n\n`),
  );
  await enough;
  expect(waits).toEqual(usualWaits);
});

test('a message makes it worth while again, and a longer pause is kept', async () => {
  const { waits, enough } = await listen('streamable-http', (call, count) => {
    if (call.method === 'POST') return answerPost(call);
    return reply(
      200,
      'text/event-stream',
      count === 4 ? `id: 1\nretry: 2000\n${message}` : ':\n\n',
    );
  });
  await enough;
  expect(waits).toEqual([500, 500, 1000, 2000, 500, 1000, 3000]);
});

test('a server that answers 404 to the stream loses one session over it, not all', async () => {
  const { calls, waits } = await listen('streamable-http', (call) =>
    call.method === 'POST' ? answerPost(call) : reply(404, 'text/plain', ''),
  );
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  expect(calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'POST', 'POST', 'GET']);
  expect(waits).toEqual([]);
});

test('the older stream, too, is opened again later and later', async () => {
  const { waits, enough } = await listen('sse', (call, count) => {
    if (call.method === 'POST') return reply(202, 'text/plain', '');
    // The first one lives until the session is open.
    const first = count === 1 ? `data: ${initialized}\n\n` : '';
    return reply(200, 'text/event-stream', `event: endpoint\ndata: /post\n\n${first}`);
  });
  await enough;
  expect(waits).toEqual(usualWaits);
});
