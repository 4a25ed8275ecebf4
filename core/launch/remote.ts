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

/** Where a bridge sends to, and with which headers. */
export interface SafeRemote {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Checks a remote server's address. Plain HTTP is for this computer, or for a server without secrets.
 * A user name and password in the address become the header that they mean.
 * Errors: `bad_input`, which names neither URL nor header values: both may hold a secret.
 */
export function requireSafeRemote(
  server: string,
  remote: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly carriesSecret: boolean;
  },
): SafeRemote {
  const url = URL.canParse(remote.url) ? new URL(remote.url) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new AppError('bad_input', `The address of "${server}" is not an http or https URL.`, {
      hint: `Look at it with \`portcullis servers show ${server}\`.`,
      details: { server },
    });
  const headers = moveCredentials(server, url, remote.headers);
  if (url.protocol === 'http:' && remote.carriesSecret && !isLoopback(url.hostname))
    throw new AppError('bad_input', `"${server}" would get its secret over plain HTTP.`, {
      hint: 'Use its https address. Plain HTTP is allowed only to this computer.',
      details: { server },
    });
  for (const [name, value] of Object.entries(headers)) requireHeader(server, name, value);
  return { url, headers };
}

/** Takes them out of the address, which `fetch` would refuse and which stands in messages. */
function moveCredentials(
  server: string,
  url: URL,
  headers: SafeRemote['headers'],
): SafeRemote['headers'] {
  if (url.username === '' && url.password === '') return headers;
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'))
    throw new AppError(
      'bad_input',
      `The address of "${server}" holds a user name or password beside an Authorization header.`,
      { hint: 'Keep one of the two.', details: { server } },
    );
  const pair = `${decodePart(url.username)}:${decodePart(url.password)}`;
  url.username = '';
  url.password = '';
  return { ...headers, Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that escapes nothing stands for itself.
    return text;
  }
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
