/**
 * The only two messages that a page of ours sends over its port: a call, and the end of one. What the
 * reader behind it cannot take would fail where nobody catches it, and that ends the main process.
 */

/** The mark of the message that ends a call; a call has none. */
const end = 4;

/** Whether a message is JSON text of one of the two forms. What the call means is for the contract. */
export function isCall(data: unknown): boolean {
  const message = typeof data === 'string' ? parse(data) : undefined;
  if (!isMap(message) || typeof message.i !== 'string') return false;
  if (message.t === end) return true;
  const call = message.p;
  if (message.t !== undefined || !isMap(call)) return false;
  // Headers would choose another form of the body: files, forms, streams.
  const hasBodyOnly = Object.keys(call).every((key) => key === 'u' || key === 'b');
  return hasBodyOnly && typeof call.u === 'string' && /^(\/[A-Za-z][A-Za-z0-9]*)+$/.test(call.u);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
