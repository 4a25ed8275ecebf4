/**
 * Calls that do nothing to anybody, to see more of a server than its start: tools that say of themselves
 * that they only read, and that need no argument.
 */
import type { Client } from '@modelcontextprotocol/client';
import type { InspectedTool } from '../../shared/models/inspection.ts';

/** Enough to see whom it talks to; each may wait for a network that is not there. */
const mostCalls = 3;
/** Milliseconds. */
const callTime = 8000;

/** As the protocol wants names of tools: the answer goes into sentences. */
const plainName = /^[\w./-]{1,128}$/;

export function isHarmless({ name, annotations, inputSchema }: InspectedTool): boolean {
  if (!plainName.test(name)) return false;
  if (annotations?.readOnlyHint !== true || annotations.destructiveHint === true) return false;
  const { required } = inputSchema;
  return required === undefined || (Array.isArray(required) && required.length === 0);
}

/** The names of those that answered, be it with an error of their own. */
export async function callHarmless(
  client: Client,
  tools: readonly InspectedTool[],
): Promise<readonly string[]> {
  const { ProtocolError } = await import('@modelcontextprotocol/client');
  const answered: string[] = [];
  for (const { name } of tools.filter(isHarmless).slice(0, mostCalls)) {
    const call = client.callTool({ name, arguments: {} }, { timeout: callTime });
    const didAnswer = await call.then(
      () => true,
      (thrown: unknown) => thrown instanceof ProtocolError,
    );
    if (didAnswer) answered.push(name);
  }
  return answered;
}
