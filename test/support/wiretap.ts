/** Every message of a client of the contract, in both directions, as text that can be searched. */

export interface Message {
  readonly procedure: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
}

type Call = (input: unknown) => Promise<unknown>;

/** The same client; each input, output, item of a stream and error is also handed to `hear`. */
export function tapApi<T extends object>(api: T, hear: (message: Message) => void): T {
  return tapLevel(api, '', hear);
}

function tapLevel<T extends object>(level: T, path: string, hear: (message: Message) => void): T {
  return new Proxy(level, {
    get(target, name) {
      const inner: unknown = Reflect.get(target, name);
      const procedure = path === '' ? String(name) : `${path}.${String(name)}`;
      if (path === '' && isLevel(inner)) return tapLevel(inner, procedure, hear);
      // The clients of the contract are proxies; its procedures stand on the second level.
      return (input: unknown) => tapCall(inner as Call, procedure, input, hear);
    },
  });
}

function isLevel(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

async function tapCall(
  call: Call,
  procedure: string,
  input: unknown,
  hear: (message: Message) => void,
): Promise<unknown> {
  const say = (direction: Message['direction'], value: unknown) =>
    hear({ procedure, direction, text: describe(value) });
  say('in', input);
  try {
    const output = await call(input);
    if (!isStream(output)) {
      say('out', output);
      return output;
    }
    return tapStream(output, say);
  } catch (thrown) {
    say('out', thrown);
    throw thrown;
  }
}

function isStream(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* tapStream(
  stream: AsyncGenerator<unknown>,
  say: (direction: Message['direction'], value: unknown) => void,
): AsyncGenerator<unknown> {
  try {
    for await (const item of stream) {
      say('out', item);
      yield item;
    }
  } catch (thrown) {
    say('out', thrown);
    throw thrown;
  }
}

/** All of an error too: what a door could hand on although it should not. */
function describe(value: unknown): string {
  if (!(value instanceof Error)) return JSON.stringify(value) ?? '';
  const { name, message, stack, cause } = value;
  const own = JSON.stringify(value, Object.getOwnPropertyNames(value)) ?? '';
  const reason = cause === undefined ? '' : describe(cause);
  return [name, message, stack, own, JSON.stringify(value), reason].join('\n');
}
