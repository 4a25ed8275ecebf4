/** What a bridge and its links say to each other, and the failures on the way to a remote server. */
import { AppError } from '../../shared/errors.ts';
import type { RemoteHttp } from '../ports.ts';
import type { Message, MessageId, RequestMessage } from './message.ts';
import type { TooLong } from './split.ts';

/** One request of the client that waits for its answer. */
export interface Pending {
  readonly request: RequestMessage;
  /** Aborts its exchange. */
  readonly controller: AbortController;
  /** Resolves when it no longer waits. */
  readonly settled: Promise<void>;
}

/** What a link needs of the bridge. */
export interface LinkPorts {
  readonly http: RemoteHttp;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly server: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the whole bridge ends. */
  readonly ended: AbortSignal;
  /** Bytes that one message of the server may have. */
  readonly longest: number;
  isPending(id: MessageId): boolean;
  /** Passes a message of the server on to the client. */
  deliver(bytes: Uint8Array): Promise<void>;
  /** Answers every waiting request with an error. */
  refuseAll(error: AppError): Promise<void>;
}

export type PostedMessage = Extract<Message, { kind: 'notification' | 'response' }>;

export interface Link {
  /** Carries a request and its answer. Rejects when there will be none. */
  request(pending: Pending): Promise<void>;
  /** Carries a message that has no answer. */
  post(message: PostedMessage): Promise<void>;
  close(signal: AbortSignal): Promise<void>;
}

/** An error that the server itself gave, to be passed on under the id of the request. */
export class ProtocolFailure extends Error {
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };

  constructor(error: ProtocolFailure['error']) {
    super('The server answered with an error.');
    this.error = error;
  }
}

/** A message that nobody can take, and nobody holds: the rest of it is not read. */
export function tooLong(server: string, { limit }: TooLong): AppError {
  const length = `${limit / 1024 / 1024} MiB`;
  return new AppError('server_protocol', `"${server}" sent a message longer than ${length}.`, {
    hint: 'Nothing that long is taken. Report this to the author of the server.',
    details: { server, limit },
  });
}

export function noAnswer(server: string): AppError {
  return new AppError('remote_unreachable', `"${server}" ended the connection without an answer.`, {
    hint: 'The request may or may not have been carried out. Try again.',
    details: { server },
  });
}

/** What a status that carries no JSON-RPC answer means. The body is neither read out nor kept. */
export function statusFailure(server: string, status: number): AppError {
  if (status === 401 || status === 403)
    return new AppError('remote_refused', `"${server}" refused its credential (HTTP ${status}).`, {
      hint: `Store a valid one with \`portcullis secrets set ${server}\`, then connect again.`,
      details: { server, status },
    });
  if (status >= 300 && status < 400)
    return new AppError('remote_refused', `"${server}" redirects to another place.`, {
      hint: 'A credential is never sent to another origin. Give the record the new address if you trust it.',
      details: { server, status },
    });
  return new AppError('remote_unreachable', `"${server}" answered with HTTP ${status}.`, {
    hint: 'Try again later, or check the address in its record.',
    details: { server, status },
  });
}
