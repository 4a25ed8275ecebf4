/** Where a bridge may send what. */
import { AppError } from '../../shared/errors.ts';
import type { RemoteReply } from '../ports.ts';

/** Names that the protocol sets itself; a record's own value for one would break it. */
const reserved = new Set([
  'accept',
  'connection',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'transfer-encoding',
]);

/**
 * Checks a remote server's address. Plain HTTP is for this computer, or for a server without secrets.
 * Errors: `bad_input`, which names neither URL nor header values: both may hold a secret.
 */
export function requireSafeRemote(
  server: string,
  remote: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly carriesSecret: boolean;
  },
): URL {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new AppError('bad_input', `The address of "${server}" is not an http or https URL.`, {
      hint: `Look at it with \`portcullis servers show ${server}\`.`,
      details: { server },
    });
  if (url.username !== '' || url.password !== '')
    throw new AppError('bad_input', `The address of "${server}" holds a user name or password.`, {
      hint: 'Give the server an Authorization header instead.',
      details: { server },
    });
  if (url.protocol === 'http:' && remote.carriesSecret && !isLoopback(url.hostname))
    throw new AppError('bad_input', `"${server}" would get its secret over plain HTTP.`, {
      hint: 'Use its https address. Plain HTTP is allowed only to this computer.',
      details: { server },
    });
  for (const [name, value] of Object.entries(remote.headers)) requireHeader(server, name, value);
  return url;
}

function requireHeader(server: string, name: string, value: string): void {
  const sound = /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  if (!sound || reserved.has(name.toLowerCase()))
    throw new AppError('bad_input', `The header "${name}" of "${server}" cannot be sent.`, {
      hint: 'A header is one line without control characters, and not one of the protocol itself.',
      details: { server, header: name },
    });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Where a redirect leads, when it may be followed: the same method to the same origin. Undefined
 * otherwise, for no credential may reach another origin.
 */
export function followableRedirect(reply: RemoteReply, from: URL): URL | undefined {
  const { location } = reply.headers;
  if ((reply.status !== 307 && reply.status !== 308) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from.href);
  return to.origin === from.origin ? to : undefined;
}

/** True when a request certainly never left, so that sending it again cannot do anything twice. */
export function isUnsent(error: unknown): boolean {
  return (
    error instanceof AppError && error.code === 'remote_unreachable' && error.details.sent === false
  );
}
