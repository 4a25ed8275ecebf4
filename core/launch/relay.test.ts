/** The small pieces of the bridge: cutting streams, reading ids, mirroring headers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { type RequestMessage, readMessage, toOneLine } from './message.ts';
import { createParameterHeaders, encodeHeaderValue, mirrorRequest } from './mirrored-headers.ts';
import { splitEvents, splitLines, TooLong } from './split.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

test('lines and events come out the same however the stream is cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
  await fc.assert(
    fc.asyncProperty(fc.array(line), pieces, async (lines, sizes) => {
      const bytes = encoder.encode(lines.map((text) => `${text}\r\n`).join(''));
      const found = await gather(splitLines(inPieces(bytes, sizes), 100_000));
      expect(found.map((one) => decoder.decode(one))).toEqual(lines);
      const stream = lines
        .map((text, id) => `id: ${id}\n:note\ndata: ${text}\ndata: b\n\n`)
        .join('');
      const events = await gather(splitEvents(inPieces(encoder.encode(stream), sizes), 100_000));
      expect(events.map(({ data, ...rest }) => ({ ...rest, data: decoder.decode(data) }))).toEqual(
        lines.map((text, id) => ({ event: 'message', id: `${id}`, data: `${text}\nb` })),
      );
    }),
    { numRuns: runs(200, 5000) },
  );
});

test('fields of an event, odd and unfinished ones', async () => {
  const stream =
    '\ufeffevent: endpoint\ndata:/post\n\nretry: 20\nid\n\nretry: x\nid: a\0b\n\nevent: lost\ndata: x';
  const events = await gather(splitEvents(inPieces(encoder.encode(stream), [3]), 100_000));
  expect(events.map(({ data, ...rest }) => ({ ...rest, data: decoder.decode(data) }))).toEqual([
    { event: 'endpoint', data: '/post' },
    { event: 'message', data: '', id: '', retry: 20 },
  ]);
});

/** Without end, as from a server that never ends its line. Counts what was read of it. */
function endless(text: string) {
  const source = { read: 0, chunks: give() };
  async function* give(): AsyncGenerator<Uint8Array> {
    for (;;) {
      source.read += text.length;
      yield encoder.encode(text);
    }
  }
  return source;
}

test('nothing is held past the limit', async () => {
  const zeros = endless('0'.repeat(10));
  await expect(gather(splitLines(zeros.chunks, 100))).rejects.toMatchObject({ limit: 100 });
  expect(zeros.read).toBe(110);
  for (const text of ['data: 0', 'data: 123456789\n', 'data:\n', 'id:']) {
    const events = endless(text);
    await expect(gather(splitEvents(events.chunks, 100))).rejects.toBeInstanceOf(TooLong);
    expect(events.read).toBeLessThan(1000);
  }
  const just = encoder.encode(`${'1'.repeat(100)}\n${'2'.repeat(100)}`);
  const lines = await gather(splitLines(inPieces(just, [7]), 100));
  expect(lines.map((one) => one.length)).toEqual([100, 100]);
  const event = encoder.encode(`data: ${'1'.repeat(49)}\ndata: ${'2'.repeat(50)}\n\n`);
  const [found] = await gather(splitEvents(inPieces(event, [7]), 100));
  expect(found?.data.length).toBe(100);
});

test('the id of an answer is found at any size and in any order of members', () => {
  const filler = ['x'.repeat(10), 'y'.repeat(70_000), '},"id":9}'.repeat(9000)];
  const member = fc.constantFrom(...filler);
  const id = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(member, id, fc.boolean(), fc.boolean(), (text, given, first, inner) => {
      const result = { text, ...(inner ? { id: 'inner', deep: { id: 4 } } : {}) };
      const value = first
        ? { jsonrpc: '2.0', id: given, result }
        : { result, jsonrpc: '2.0', id: given };
      const message = readMessage(encoder.encode(JSON.stringify(value)));
      expect([message.kind, 'id' in message && message.id]).toEqual(['response', given]);
    }),
    { numRuns: runs(100, 2000) },
  );
  const request = { jsonrpc: '2.0', id: 1, method: 'x', params: { result: 'z'.repeat(70_000) } };
  expect(readMessage(encoder.encode(JSON.stringify(request))).kind).toBe('request');
});

test('line feeds between tokens become spaces, and the text means the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const pretty = JSON.stringify(JSON.parse(text), null, '\r\n');
      const line = decoder.decode(toOneLine(encoder.encode(pretty.replaceAll('\r\n', '\n'))));
      expect(line).not.toMatch(/[\r\n]/);
      expect(JSON.parse(line)).toEqual(JSON.parse(text));
    }),
    { numRuns: runs(200, 5000) },
  );
});

test('headers mirror a request', () => {
  const parameters = createParameterHeaders();
  const schema = {
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      nested: { properties: { deep: { type: 'integer', 'x-mcp-header': 'Deep' } } },
      broken: { type: 'string', 'x-mcp-header': 'a b' },
    },
  };
  const tools = [{ name: 'q', inputSchema: schema }];
  parameters.learn(encoder.encode(JSON.stringify({ id: 1, result: { tools } })));
  const request = readMessage(
    encoder.encode(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'q', arguments: { region: 'zürich', nested: { deep: 3 }, broken: 'x' } },
      }),
    ),
  ) as RequestMessage;
  expect(mirrorRequest(request, '2026-07-28', parameters)).toEqual({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'q',
    'mcp-param-region': `=?base64?${Buffer.from('zürich').toString('base64')}?=`,
    'mcp-param-deep': '3',
  });
});

test('a header value is plain or wrapped, never split', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const encoded = encodeHeaderValue(value.toWellFormed());
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      const wrapped = /^=\?base64\?(.*)\?=$/.exec(encoded)?.[1];
      const back = wrapped === undefined ? encoded : Buffer.from(wrapped, 'base64').toString();
      expect(back).toBe(value.toWellFormed());
    }),
    { numRuns: runs(100, 5000) },
  );
});
