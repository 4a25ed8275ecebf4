/** A client on stdio that sends what it is told and shows what comes back, byte for byte. */
import type { ChildProcess } from 'node:child_process';

export interface RawMessage {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface StdioClient {
  send(message: object | string): void;
  /** The first message that fits, those included that came before. */
  find(fits: (message: RawMessage) => boolean): Promise<RawMessage>;
  ask(method: string, params?: object): Promise<RawMessage>;
  /** `initialize` and `notifications/initialized`. */
  open(): Promise<RawMessage>;
  readonly messages: readonly RawMessage[];
  readonly lines: readonly string[];
}

export function createStdioClient(child: ChildProcess): StdioClient {
  const messages: RawMessage[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let held = '';
  let next = 100;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (held + text).split('\n');
    held = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      messages.push(JSON.parse(line));
    }
    for (const wake of waiting) wake();
  });
  const send = (message: object | string) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    child.stdin?.write(`${text}\n`);
  };
  const find = (fits: (message: RawMessage) => boolean) =>
    new Promise<RawMessage>((resolve) => {
      const look = () => {
        const found = messages.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const ask = (method: string, params: object = {}) => {
    next += 1;
    const id = next;
    send({ jsonrpc: '2.0', id, method, params });
    return find((message) => message.id === id && message.method === undefined);
  };
  return {
    send,
    find,
    ask,
    async open() {
      const answer = await ask('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: { sampling: {}, elicitation: {}, roots: {} },
        clientInfo: { name: 'raw', version: '1' },
      });
      send({ jsonrpc: '2.0', method: 'notifications/initialized' });
      return answer;
    },
    messages,
    lines,
  };
}
