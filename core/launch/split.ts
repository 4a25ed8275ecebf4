/** Cuts byte streams into lines and into server-sent events without copying more than once. */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Lines without their ending. A line that is still open when the stream ends is given as well. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      yield withoutReturn(join([...held, chunk.subarray(from, at)]));
      held = [];
      from = at + 1;
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
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

/** The events of a stream (HTML Standard, "Server-sent events"). An unfinished last one is dropped. */
export async function* splitEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  let data: Uint8Array[] = [];
  let fields: { event?: string; id?: string; retry?: number } = {};
  let first = true;
  for await (const raw of splitLines(chunks)) {
    const line = first && startsWith(raw, [0xef, 0xbb, 0xbf]) ? raw.subarray(3) : raw;
    first = false;
    if (line.length === 0) {
      const { event, ...rest } = fields;
      if (data.length > 0 || rest.id !== undefined || rest.retry !== undefined)
        yield { event: event ?? 'message', data: join(data, lineFeed), ...rest };
      data = [];
      fields = {};
    } else if (startsWith(line, dataField)) {
      data.push(line.subarray(line[5] === 0x20 ? 6 : 5));
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

/** Everything a stream gives, as one. Fails with a RangeError past the limit, in bytes. */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limit) throw new RangeError('The answer is longer than the limit.');
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
