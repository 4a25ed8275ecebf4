/**
 * Cuts byte streams into lines and into server-sent events without copying more than once. Whoever is
 * at the other end decides when a line ends, and so how much of it would have to be held: each reader
 * says how much that may be.
 */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Something came that is longer than its reader takes. */
export class TooLong extends Error {
  /** Bytes. */
  readonly limit: number;

  constructor(limit: number) {
    super('Longer than the limit.');
    this.limit = limit;
  }
}

/**
 * Lines without their ending. A line that is still open when the stream ends is given as well. Fails
 * with `TooLong` as soon as a line is longer than the limit, in bytes.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  const hold = (part: Uint8Array) => {
    length += part.length;
    if (length > limit) throw new TooLong(limit);
    held.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, at));
      yield withoutReturn(join(held));
      held = [];
      length = 0;
      from = at + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (held.length > 0) yield withoutReturn(join(held));
}

export interface ServerSentEvent {
  readonly event: string;
  /** All `data` lines of the event, joined with line feeds. */
  readonly data: Uint8Array;
  readonly id?: string;
  /** Milliseconds to wait before connecting again. */
  readonly retry?: number;
}

const decoder = new TextDecoder();
const dataField = new TextEncoder().encode('data:');

/**
 * The events of a stream (HTML Standard, "Server-sent events"). An unfinished last one is dropped.
 * Fails with `TooLong` when a line, or the data of one event, are longer than the limit, in bytes.
 */
export async function* splitEvents(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<ServerSentEvent> {
  let data: Uint8Array[] = [];
  let length = 0;
  let fields: { event?: string; id?: string; retry?: number } = {};
  let first = true;
  for await (const raw of splitLines(chunks, limit)) {
    const line = first && startsWith(raw, [0xef, 0xbb, 0xbf]) ? raw.subarray(3) : raw;
    first = false;
    if (line.length === 0) {
      const { event, ...rest } = fields;
      if (data.length > 0 || rest.id !== undefined || rest.retry !== undefined)
        yield { event: event ?? 'message', data: join(data, lineFeed), ...rest };
      data = [];
      length = 0;
      fields = {};
    } else if (startsWith(line, dataField)) {
      const part = line.subarray(line[5] === 0x20 ? 6 : 5);
      // With the line feed before it: empty lines must not come for nothing.
      length += part.length + (data.length === 0 ? 0 : 1);
      if (length > limit) throw new TooLong(limit);
      data.push(part);
    } else {
      fields = { ...fields, ...readField(decoder.decode(line)) };
    }
  }
}

function readField(line: string): { event?: string; id?: string; retry?: number } {
  const [, name, value = ''] = /^([^:]+):? ?(.*)$/s.exec(line) ?? [];
  if (name === 'event') return { event: value };
  if (name === 'id' && !value.includes('\0')) return { id: value };
  if (name === 'retry' && /^\d{1,9}$/.test(value)) return { retry: Number(value) };
  return {};
}

/** Everything a stream gives, as one. Fails with `TooLong` past the limit, in bytes. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limit) throw new TooLong(limit);
    parts.push(chunk);
  }
  return join(parts);
}

function join(parts: readonly Uint8Array[], separator?: number): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const gaps = separator === undefined ? 0 : Math.max(0, parts.length - 1);
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, gaps));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (separator !== undefined && index > 0) joined[at++] = separator;
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

function startsWith(bytes: Uint8Array, start: ArrayLike<number>): boolean {
  for (let index = 0; index < start.length; index += 1)
    if (bytes[index] !== start[index]) return false;
  return true;
}
