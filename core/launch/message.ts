/**
 * What a relay must know of a JSON-RPC message, and no more. Requests are parsed, since the way to
 * send them depends on their content; of a large answer only the id is sought, and its bytes go on
 * as they came.
 */

export type MessageId = string | number;

export type Message =
  | {
      readonly kind: 'request';
      readonly id: MessageId;
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'response'; readonly id: MessageId | null; readonly bytes: Uint8Array }
  /** Several at once, as revision 2025-03-26 allowed; each rendered by itself. */
  | { readonly kind: 'batch'; readonly items: readonly Uint8Array[] }
  | { readonly kind: 'invalid'; readonly bytes: Uint8Array };

export type RequestMessage = Extract<Message, { kind: 'request' }>;

/** From this size on, in bytes, an answer's id is looked for at both ends before it is parsed. */
const largeSize = 65_536;
const endSize = 256;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Reads one message of any size. */
export function readMessage(bytes: Uint8Array): Message {
  if (bytes.length >= largeSize) {
    const id = findLargeResponseId(bytes);
    if (id !== undefined) return { kind: 'response', id, bytes };
  }
  const value = parseJson(decoder.decode(bytes));
  if (Array.isArray(value)) return { kind: 'batch', items: value.map(render) };
  if (!isMap(value)) return { kind: 'invalid', bytes };
  const { id, method } = value;
  const params = isMap(value.params) ? value.params : {};
  if (typeof method === 'string') {
    if (id === undefined) return { kind: 'notification', method, params, bytes };
    if (isId(id)) return { kind: 'request', id, method, params, bytes };
    return { kind: 'invalid', bytes };
  }
  const answers = Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error');
  if (answers && (isId(id) || id === null || id === undefined))
    return { kind: 'response', id: id ?? null, bytes };
  return { kind: 'invalid', bytes };
}

/** One line for stdio: a line feed in JSON text can only stand between tokens, where a space does. */
export function toOneLine(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x0a) && !bytes.includes(0x0d)) return bytes;
  return bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte));
}

/** An error answer of our own. */
export function renderError(
  id: MessageId | null,
  error: { readonly code: number; readonly message: string; readonly data?: unknown },
): Uint8Array {
  return render({ jsonrpc: '2.0', id, error });
}

/** The `error` member of an answer, or undefined. */
export function readError(
  bytes: Uint8Array,
): { readonly code: number; readonly message: string; readonly data?: unknown } | undefined {
  const value = parseJson(decoder.decode(bytes));
  if (!isMap(value) || !isMap(value.error)) return undefined;
  const { code, message, data } = value.error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return { code, message, ...(data === undefined ? {} : { data }) };
}

/** The `result` member of an answer when it is a map, or undefined. */
export function readResult(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(decoder.decode(bytes));
  return isMap(value) && isMap(value.result) ? value.result : undefined;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The id of a compact answer, at the head or the tail of its text. Undefined when it is anywhere
 * else, or when the text could be a request, so that it must be parsed.
 */
function findLargeResponseId(bytes: Uint8Array): MessageId | undefined {
  const head = decoder.decode(bytes.subarray(0, endSize));
  const first = /^\{"jsonrpc":"2\.0","id":(\d{1,15}|"[^"\\]{0,100}"),"(?:result|error)":/.exec(
    head,
  );
  if (first?.[1] !== undefined) return JSON.parse(first[1]);
  if (!/^\{(?:"jsonrpc":"2\.0",)?"result":\{/.test(head)) return undefined;
  const tail = decoder.decode(bytes.subarray(-endSize));
  // After the result's closing brace nothing but these members can follow in a compact answer.
  const last =
    /\},(?:"jsonrpc":"2\.0",)?"id":(\d{1,15}|"[^"\\]{0,100}")(?:,"jsonrpc":"2\.0")?\}\s*$/;
  const found = last.exec(tail)?.[1];
  return found === undefined ? undefined : JSON.parse(found);
}

function render(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function isId(value: unknown): value is MessageId {
  return typeof value === 'string' || typeof value === 'number';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
