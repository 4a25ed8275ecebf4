/** HTTP for the bridge: Node's own client, since `fetch` would cut a stream that is silent for long. */
import type { IncomingMessage } from 'node:http';
import type { RemoteHttp, RemoteReply } from '../core/ports.ts';
import { AppError } from '../shared/errors.ts';

/** Idle connections are dropped before most servers drop them, in milliseconds. */
const idleTimeout = 3000;
/** A rest of this size, in bytes, is read to keep the connection. */
const smallRest = 65_536;

const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Opens the client. `server` is what errors call the other side. */
export function createRemoteHttp(
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): RemoteHttp {
  // An import would load the whole of `fetch` with it, in every command, a third of its start.
  const http = process.getBuiltinModule('node:http');
  const https = process.getBuiltinModule('node:https');
  const options = { keepAlive: true, timeout: idleTimeout };
  const direct = new http.Agent(options);
  const proxied = new http.Agent({ ...options, proxyEnv: { ...env } });
  const secure = new https.Agent({ ...options, proxyEnv: { ...env }, rejectUnauthorized: true });
  return {
    send: ({ method, url, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const to = new URL(url);
        const isSecure = to.protocol === 'https:';
        // A credential for this computer must not travel through a proxy.
        const plain = isLoopback(to.hostname) ? direct : proxied;
        const call = (isSecure ? https : http).request(to, {
          method,
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-length': String(body.length) }),
          },
          agent: isSecure ? secure : plain,
          ...(signal === undefined ? {} : { signal }),
        });
        call.on('response', (response) => resolve(describeReply(response)));
        call.on('error', (error) => reject(describeError(server, error)));
        call.end(body);
      }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function describeReply(response: IncomingMessage): RemoteReply {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return {
    status: response.statusCode ?? 0,
    headers,
    body: response,
    discard() {
      const rest = Number(headers['content-length'] ?? Number.NaN);
      // After this nobody listens for the error that a destroyed stream may still emit.
      response.on('error', () => undefined);
      if (rest <= smallRest) response.resume();
      else if (!response.complete) response.destroy();
    },
  };
}

/** What went wrong, without the text of the error, which may quote the address and its secrets. */
function describeError(server: string, error: Error): AppError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (/CERT|SIGNED|ALTNAME|ISSUER/.test(code))
    return new AppError('remote_unreachable', `"${server}" did not prove who it is (${code}).`, {
      hint: 'Nothing was sent. Check its address. If your network has an authority of its own, set NODE_EXTRA_CA_CERTS to its file, or NODE_USE_SYSTEM_CA=1 where the system knows it, in a start-up file of your login shell; then run `portcullis doctor`.',
      details: { server, sent: true },
    });
  return new AppError('remote_unreachable', `"${server}" cannot be reached (${code}).`, {
    hint: 'Check that it runs and that this computer is online.',
    details: { server, sent: !unsentCodes.has(code) },
  });
}
