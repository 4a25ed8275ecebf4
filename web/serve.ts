/**
 * Door 2: a listener on this computer's own addresses that serves the window and the contract to one
 * person's browser. It translates HTTP and guards the entrance; what a call means is the core's.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { AppError } from '../shared/errors.ts';
import { createDoorToken } from './door-token.ts';
import { hostsOf } from './guard.ts';
import { createPeers } from './peer.ts';
import { createRoutes, type RouteParts, refuse } from './routes.ts';

export interface BrowserDoorOptions extends Omit<RouteParts, 'token' | 'peers'> {
  readonly clock: Parameters<typeof createDoorToken>[0]['clock'];
  readonly random: Parameters<typeof createDoorToken>[0]['random'];
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Milliseconds. */
  readonly limits?: Partial<typeof usualLimits>;
}

export interface BrowserDoor {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** An address that opens the window once, within 60 seconds. Whoever has it may enter. */
  mintAddress(): string;
  /** Ends every stream and connection, then resolves. */
  close(): Promise<void>;
}

const usualLimits = { head: 10_000, request: 60_000, check: 5_000, idle: 65_000 };
/** Bytes. */
const mostHead = 16 * 1024;
/** A free port on one family may be taken on the other. */
const tries = 10;

/** Errors: `conflict` when the port is taken, `bad_input` when it cannot be one. */
export async function openBrowserDoor(options: BrowserDoorOptions): Promise<BrowserDoor> {
  const token = createDoorToken(options);
  const peers = createPeers();
  let answer: RequestListener = (_request, response) =>
    refuse(response, { status: 503, reason: 'Not open yet.' });
  const makeServer = () =>
    createListener(options, (...call) => answer(...call)).on('connection', peers.meet);
  const servers = await listenOnBoth(makeServer, options.port ?? 0);
  const port = portOf(servers[0]);
  answer = createRoutes(
    { ...options, token, peers },
    { hosts: hostsOf(port), cookie: cookieOf(port) },
  );
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    mintAddress: () => `${origin}/#code=${token.mintCode()}`,
    close: async () => void (await Promise.all(servers.map(closeServer))),
  };
}

/** Browsers keep cookies by name of the computer, not by port: two doors must not share one. */
function cookieOf(port: number): string {
  return `portcullis-${port}`;
}

function createListener({ limits }: BrowserDoorOptions, answer: RequestListener): Server {
  const { head, request, check, idle } = { ...usualLimits, ...limits };
  const server = createServer({
    maxHeaderSize: mostHead,
    headersTimeout: head,
    requestTimeout: request,
    connectionsCheckingInterval: check,
    keepAliveTimeout: idle,
  });
  server.on('request', answer);
  // Not answered with "continue": the guard has not seen the request yet.
  const refuseExpectation: RequestListener = (_request, response) =>
    refuse(response, { status: 417, reason: 'Nothing is expected here.' });
  server.on('checkContinue', refuseExpectation);
  server.on('checkExpectation', refuseExpectation);
  return server;
}

async function listenOnBoth(
  makeServer: () => Server,
  port: number,
): Promise<readonly [Server, ...Server[]]> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await listen(makeServer(), '127.0.0.1', port);
    try {
      // Held even if nobody asks for it: `localhost` may mean this address, and whoever held the port
      // there would be taken for us.
      return [first, await listen(makeServer(), '::1', portOf(first))];
    } catch (thrown) {
      if (isWithoutIpv6(thrown)) return [first];
      await closeServer(first);
      if (port !== 0 || attempt === tries) throw thrown;
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(describeFailure(cause, host, port));
    server.once('error', fail);
    try {
      server.listen({ host, port, exclusive: true, ipv6Only: host === '::1' }, () => {
        server.off('error', fail);
        resolve(server);
      });
    } catch (thrown) {
      reject(describeFailure(thrown, host, port));
    }
  });
}

function describeFailure(cause: unknown, host: string, port: number): AppError {
  const code = codeOf(cause);
  const details = { host, port };
  if (code === 'EADDRINUSE')
    return new AppError('conflict', `Port ${port} on ${host} is taken by another program.`, {
      hint: 'Close that program, or choose another port with --port.',
      details,
      cause,
    });
  return new AppError('bad_input', `Portcullis cannot listen on ${host}, port ${port}.`, {
    hint: 'Choose a port from 1024 to 65535, or leave --port out.',
    details,
    cause,
  });
}

function isWithoutIpv6(thrown: unknown): boolean {
  const cause = thrown instanceof AppError ? thrown.cause : undefined;
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(cause));
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new AppError('internal', 'The listener has no port.');
  return address.port;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
