/** Reads what a page sends to exchange its one-time code. */
import type { IncomingMessage } from 'node:http';

/** Bytes; a code and its frame need a fraction. */
const mostBytes = 1024;

/** The code in `{"code": "…"}`, with nothing beside it. Undefined for anything else. */
export async function readCode(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // Without an encoding set, a request's chunks are buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > mostBytes) return undefined;
    chunks.push(bytes);
  }
  return parseCode(Buffer.concat(chunks).toString('utf8'));
}

function parseCode(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Object.keys(body).join() !== 'code')
    return undefined;
  const code: unknown = Reflect.get(body, 'code');
  return typeof code === 'string' ? code : undefined;
}
