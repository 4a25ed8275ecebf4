/**
 * The headers that repeat parts of a request for whoever routes it (MCP 2026-07-28, HTTP transport).
 * A server refuses a request whose headers and body differ.
 */
import { isMap, type RequestMessage, readResult } from './message.ts';

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const headerKey = 'x-mcp-header';

/** What names the subject of a method that has one. */
const subjects: Readonly<Record<string, 'name' | 'uri'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

interface ParameterHeader {
  readonly path: readonly string[];
  readonly header: string;
}

/** The revision a request speaks by itself; undefined for the older ones, which have sessions. */
export function modernVersionOf(params: Readonly<Record<string, unknown>>): string | undefined {
  const version = isMap(params._meta) ? params._meta[versionKey] : undefined;
  return typeof version === 'string' ? version : undefined;
}

export interface ParameterHeaders {
  /** Remembers what a `tools/list` result asks to be mirrored. */
  learn(response: Uint8Array): void;
  headersFor(request: RequestMessage): Readonly<Record<string, string>>;
}

/** All headers that mirror a modern request. */
export function mirrorRequest(
  request: RequestMessage,
  version: string,
  parameters: ParameterHeaders,
): Readonly<Record<string, string>> {
  const key = subjects[request.method];
  const subject = key === undefined ? undefined : request.params[key];
  return {
    'mcp-protocol-version': version,
    'mcp-method': encodeHeaderValue(request.method),
    ...(typeof subject === 'string' ? { 'mcp-name': encodeHeaderValue(subject) } : {}),
    ...parameters.headersFor(request),
  };
}

export function createParameterHeaders(): ParameterHeaders {
  const byTool = new Map<string, readonly ParameterHeader[]>();
  return {
    learn(response) {
      const tools = readResult(response)?.tools;
      for (const tool of Array.isArray(tools) ? tools : [])
        if (isMap(tool) && typeof tool.name === 'string')
          byTool.set(tool.name, findHeaders(tool.inputSchema, []));
    },
    headersFor({ method, params }) {
      const asked = method === 'tools/call' ? byTool.get(String(params.name)) : undefined;
      const values = (asked ?? []).flatMap(({ path, header }) => {
        const value = path.reduce<unknown>(
          (at, key) => (isMap(at) ? at[key] : undefined),
          params.arguments,
        );
        const shown = typeof value === 'boolean' || typeof value === 'number' ? `${value}` : value;
        return typeof shown === 'string'
          ? [[`mcp-param-${header.toLowerCase()}`, encodeHeaderValue(shown)] as const]
          : [];
      });
      return Object.fromEntries(values);
    },
  };
}

function findHeaders(schema: unknown, path: readonly string[]): readonly ParameterHeader[] {
  if (!isMap(schema) || path.length > 16) return [];
  const header = schema[headerKey];
  const own = typeof header === 'string' && /^[!#$%&'*+.^_`|~\w-]+$/.test(header);
  const properties = isMap(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...(own && path.length > 0 ? [{ path, header }] : []),
    ...properties.flatMap(([key, child]) => findHeaders(child, [...path, key])),
  ];
}

/** As it is when it is plain, else in the wrapper that the revision defines. */
export function encodeHeaderValue(value: string): string {
  const plain = /^[\x20-\x7e]*$/.test(value) && value === value.trim();
  if (plain && !/^=\?base64\?.*\?=$/i.test(value)) return value;
  return `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
