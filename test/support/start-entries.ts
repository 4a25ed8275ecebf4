/**
 * Starts entries of client files exactly as their client would. The files are read with parsers that
 * the product does not use for them, so that a mistake of ours cannot hide itself.
 */
import { readFileSync } from 'node:fs';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import JSON5 from 'json5';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { LivedInHome } from './client-homes.ts';

export interface StartableEntry {
  readonly client: string;
  readonly name: string;
  readonly command?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Loose = { readonly [key: string]: Loose | string | readonly string[] | undefined };

function asMap(value: unknown): Loose {
  // Test data of our own; what is missing shows as undefined.
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

/** Every server entry of the lived-in home, in the words of its client. */
export function readStartableEntries({ files }: LivedInHome): readonly StartableEntry[] {
  const json = (file: string): Loose => asMap(JSON5.parse(readFileSync(file, 'utf8')));
  const state = json(files.claudeCode ?? '');
  const projects = Object.values(asMap(state.projects)).map((project) => asMap(project).mcpServers);
  const places: readonly (readonly [string, unknown])[] = [
    ['claude-desktop', json(files.claudeDesktop ?? '').mcpServers],
    ['claude-code', state.mcpServers],
    ...projects.map((servers) => ['claude-code', servers] as const),
    ['cursor', json(files.cursor ?? '').mcpServers],
    ['vscode', json(files.vscode ?? '').servers],
    ['zed', json(files.zed ?? '').context_servers],
    ['codex', asMap(parseToml(readFileSync(files.codex ?? '', 'utf8'))).mcp_servers],
    ['goose', asMap(parseYaml(readFileSync(files.goose ?? '', 'utf8'))).extensions],
    ['opencode', asMap(json(files.opencode ?? '').mcp).servers],
    ['cline', json(files.cline ?? '').mcpServers],
  ];
  return places.flatMap(([client, servers]) =>
    Object.entries(asMap(servers))
      .filter(([, entry]) => asMap(entry).type !== 'builtin')
      .map(([name, entry]) => readEntry(client, name, asMap(entry))),
  );
}

function readEntry(client: string, name: string, whole: Loose): StartableEntry {
  const entry = whole.transport === undefined ? whole : asMap(whole.transport);
  const list = Array.isArray(entry.command) ? entry.command.map(String) : undefined;
  const command = list?.[0] ?? entry.command ?? entry.cmd;
  const envFile = typeof entry.envFile === 'string' ? readEnvFile(entry.envFile) : {};
  const own = asMap(entry.env ?? entry.envs ?? entry.environment);
  return {
    client,
    name,
    ...(typeof command === 'string' ? { command } : {}),
    args: list?.slice(1) ?? (Array.isArray(entry.args) ? entry.args.map(String) : []),
    env: { ...envFile, ...Object.fromEntries(Object.entries(own).map(([k, v]) => [k, String(v)])) },
    ...(typeof entry.url === 'string' ? { url: entry.url } : {}),
    headers: Object.fromEntries(
      Object.entries(asMap(entry.headers)).map(([k, v]) => [k, String(v)]),
    ),
  };
}

function readEnvFile(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => /^\w+=/.test(line))
      .map((line) => line.split('=', 2) as [string, string]),
  );
}

export interface StartedServer {
  readonly tools: readonly string[];
  call(tool: string, args?: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}

/** `env` is what the client itself has in its environment. */
export async function startEntry(
  entry: StartableEntry,
  generation: 'v1' | 'v2',
  env: Readonly<Record<string, string>>,
): Promise<StartedServer> {
  const info = { name: 'journey', version: '1.0.0' };
  const client = generation === 'v1' ? new ClientV1(info) : new ClientV2(info);
  if (entry.command === undefined) {
    const remote = new HttpV1(new URL(entry.url ?? ''), {
      requestInit: { headers: entry.headers },
    });
    const old = new ClientV1(info);
    // The SDK's own transport; only its strictness about absent keys differs from its interface.
    await old.connect(remote as Parameters<typeof old.connect>[0]);
    return wrap(old);
  }
  const options = {
    command: entry.command,
    args: [...entry.args],
    env: { ...env, ...entry.env },
    stderr: 'pipe' as const,
  };
  const transport = client instanceof ClientV1 ? new StdioV1(options) : new StdioV2(options);
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  try {
    // Each SDK takes its own transport; the union hides that they match.
    await (client.connect as (own: StdioV1 | StdioV2) => Promise<void>).call(client, transport);
  } catch (cause) {
    throw new Error(`It said: ${said.slice(-2000)}`, { cause });
  }
  return wrap(client);
}

async function wrap(client: ClientV1 | ClientV2): Promise<StartedServer> {
  const { tools } = await client.listTools();
  return {
    tools: tools.map(({ name }) => name),
    call: async (name, args = {}) => {
      const result = await client.callTool({ name, arguments: args });
      return result;
    },
    stop: () => client.close(),
  };
}
