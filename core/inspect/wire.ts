/** A running server as the MCP SDK's client sees it: messages in, messages out, and what went wrong. */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { TooLong } from '../launch/split.ts';
import { pass } from './time-limit.ts';

export interface WireEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface Wire {
  readonly transport: Transport;
  /** Sends one request by itself, before the client takes over. Undefined when the wire ends first. */
  ask(id: string, request: JSONRPCMessage): Promise<Record<string, unknown> | undefined>;
  /** The end of the server's stderr, as it came; what the server has said by its end is all there. */
  stderr(): Promise<StderrEnd>;
  /** Set when the server was ended for a message that is too long to be held. */
  tooLong(): TooLong | undefined;
  /** Resolves when the server is gone. */
  readonly ended: Promise<WireEnd | undefined>;
  /** Ends the server and everything it has started. */
  stop(): Promise<void>;
}

export interface StderrEnd {
  readonly text: string;
  /** More came before it, so that it may begin in the middle of anything. */
  readonly isEndOnly: boolean;
}

export interface WireEnds {
  send(line: Uint8Array): Promise<void>;
  readonly lines: AsyncIterable<Uint8Array>;
  readonly errors?: ReadableStream<Uint8Array>;
  readonly ended: Promise<WireEnd | undefined>;
  stop(): Promise<void>;
}

const stderrLimit = 16_384;
/** Milliseconds in which stderr may still come from what a server left behind. */
const lateStderr = 200;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opens a wire over a server's streams. */
export function createWire(ends: WireEnds): Wire {
  let waiting: { readonly id: string; resolve(message: Record<string, unknown>): void } | undefined;
  let excess: TooLong | undefined;
  const errors = keepEnd(ends.errors);
  const transport: Transport = {
    start: async () => undefined,
    send: (message) => {
      // Nobody would hear the answer.
      if (excess !== undefined) return Promise.reject(excess);
      return ends.send(encoder.encode(JSON.stringify(message)));
    },
    close: async () => {
      await ends.stop();
      transport.onclose?.();
    },
  };
  const read = async () => {
    for await (const line of ends.lines) {
      const message = parse(line);
      if (message === undefined) continue;
      if (waiting !== undefined && 'id' in message && message.id === waiting.id)
        waiting.resolve({ ...message });
      else transport.onmessage?.(message);
    }
  };
  const finished = read()
    .catch(async (error: unknown) => {
      if (!(error instanceof TooLong)) return;
      excess = error;
      await ends.stop();
    })
    .then(() => transport.onclose?.());

  return {
    transport,
    async ask(id, request) {
      const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
      waiting = { id, resolve };
      // A server that is gone cannot be written to; its end tells.
      await ends.send(encoder.encode(JSON.stringify(request))).catch(() => undefined);
      const answer = await Promise.race([promise, finished.then(() => undefined)]);
      waiting = undefined;
      return answer;
    },
    stderr: errors,
    tooLong: () => excess,
    ended: ends.ended,
    stop: ends.stop,
  };
}

/** Keeps the end of what a stream says, and gives it once the stream is over. */
function keepEnd(stream: WireEnds['errors']): () => Promise<StderrEnd> {
  // Of its own: a decoder remembers half a character.
  const characters = new TextDecoder();
  let text = '';
  let isEndOnly = false;
  const read = async () => {
    for await (const chunk of stream ?? []) {
      text += characters.decode(chunk, { stream: true });
      isEndOnly ||= text.length > stderrLimit;
      text = text.slice(-stderrLimit);
    }
  };
  const over = read().catch(() => undefined);
  return async () => {
    await Promise.race([over, pass(lateStderr)]);
    return { text, isEndOnly };
  };
}

function parse(line: Uint8Array): JSONRPCMessage | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(line));
    // Whether it is a sound message is for the SDK's client to judge.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JSONRPCMessage)
      : undefined;
  } catch {
    // Not a message: some servers print greetings on stdout.
    return undefined;
  }
}
