/** Finds out which era a server speaks and connects the SDK's client to it. */
import type { Client, PriorDiscovery } from '@modelcontextprotocol/client';
import { pass } from './time-limit.ts';
import type { Wire } from './wire.ts';

/** In milliseconds. Long pauses are normal for a program that starts; no answer by then means the older era. */
const probeTimeout = 8000;
const probeId = 'portcullis-discover';
const newest = '2026-07-28';
const clientInfo = { name: 'portcullis', version: '1' };

/**
 * Asks `server/discover`. Legacy when the server answers with an error of its own; undefined when it
 * stays silent or ends, so that it must be started again before it is asked in the older way.
 */
export async function probeEra(wire: Wire, timeout: number): Promise<PriorDiscovery | undefined> {
  const request = {
    jsonrpc: '2.0',
    id: probeId,
    method: 'server/discover',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': newest,
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/clientInfo': clientInfo,
      },
    },
  } as const;
  const answer = await Promise.race([
    wire.ask(probeId, request),
    pass(Math.min(timeout, probeTimeout)),
  ]);
  if (answer === undefined) return undefined;
  const { result } = answer;
  if (!isDiscoverResult(result)) return { kind: 'legacy' };
  return { kind: 'modern', discover: result };
}

function isDiscoverResult(
  value: unknown,
): value is Extract<PriorDiscovery, { kind: 'modern' }>['discover'] {
  if (typeof value !== 'object' || value === null || !('supportedVersions' in value)) return false;
  return Array.isArray(value.supportedVersions) && value.supportedVersions.includes(newest);
}

/** Connects the client. Errors are the SDK's. */
export async function connectClient(wire: Wire, prior: PriorDiscovery): Promise<Client> {
  // Loaded only now: most commands start no server, and it is half of what there is to load.
  const sdk = await import('@modelcontextprotocol/client');
  const client = new sdk.Client(clientInfo, { capabilities: {} });
  await client.connect(wire.transport, { prior });
  return client;
}
