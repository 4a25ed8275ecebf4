/** HTTP as bytes on a socket: what no client library would send. */
import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly text: string;
}

/** Sends the bytes and reads until the other side closes, which it must. */
export function sendRaw(
  port: number,
  bytes: string | readonly string[],
  { host = '127.0.0.1' }: { host?: string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    // A refusal may close while we are still sending.
    socket.on('error', (error) => {
      if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) return;
      reject(error);
    });
    socket.on('close', () => resolve(readAnswer(text)));
    for (const part of [bytes].flat()) socket.write(part, 'latin1');
  });
}

/** A request with the given head; `connection: close` makes the answer end. */
export function requestText(
  line: string,
  headers: readonly (readonly [name: string, value: string])[],
  body = '',
): string {
  const all = [...headers, ['connection', 'close']];
  return `${line}\r\n${all.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`;
}

function readAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const headers = fields.map((field) => {
    const at = field.indexOf(':');
    return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()] as const;
  });
  const sent = rest.join('\r\n\r\n');
  const isChunked = headers.some(
    ([name, value]) => name === 'transfer-encoding' && value === 'chunked',
  );
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: isChunked ? joinChunks(sent) : sent,
    text,
  };
}

function joinChunks(sent: string): string {
  const size = Number.parseInt(sent, 16);
  if (!(size > 0)) return '';
  const start = sent.indexOf('\r\n') + 2;
  return sent.slice(start, start + size) + joinChunks(sent.slice(start + size + 2));
}
