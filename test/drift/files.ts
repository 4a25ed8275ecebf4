/** Files in the five formats as other programs see them: read and written with other libraries than ours. */
import json5 from 'json5';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';

export type Raw = Record<string, unknown>;

export interface FormatRow {
  readonly client: string;
  readonly path: string;
  readonly container: string;
  /** The file is a link to one elsewhere. */
  readonly linked?: true;
  /** Folder of the project that it belongs to. */
  readonly project?: string;
  /** Other clients that are here and read the file too. */
  readonly readers?: readonly string[];
  /** In front of a comment line; absent where the client takes none. */
  readonly comment?: string;
  readonly read: (text: string) => Raw;
  readonly write: (data: Raw) => string;
  /** An entry in the client's own words. */
  readonly entry: (launch: Launch) => Raw;
  readonly launch: (entry: Raw) => Launch;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function plainEntry({ command, args, env }: Launch): Raw {
  return { command, args: [...args], ...(Object.keys(env).length === 0 ? {} : { env }) };
}

// What stands in these files was written by this test or by the code under test in this shape.
function plainLaunch(entry: Raw): Launch {
  const { command, args, env } = entry as Partial<Launch>;
  return { command: command ?? '', args: args ?? [], env: env ?? {} };
}

const indented = (data: Raw): string => `${JSON.stringify(data, null, 2)}\n`;

export const formats: readonly FormatRow[] = [
  {
    client: 'claude-desktop',
    path: '.config/Claude/claude_desktop_config.json',
    container: 'mcpServers',
    read: (text) => JSON.parse(text),
    write: indented,
    entry: plainEntry,
    launch: plainLaunch,
  },
  {
    client: 'vscode',
    path: '.config/Code/User/mcp.json',
    container: 'servers',
    linked: true,
    comment: '//',
    read: (text) => parseJsonc(text, [], { allowTrailingComma: true }),
    write: indented,
    entry: (launch) => ({ type: 'stdio', ...plainEntry(launch) }),
    launch: plainLaunch,
  },
  {
    client: 'mcphub-nvim',
    path: '.config/mcphub/servers.json',
    container: 'mcpServers',
    comment: '//',
    read: (text) => json5.parse(text),
    write: (data) => `${json5.stringify(data, null, 2)}\n`,
    entry: plainEntry,
    launch: plainLaunch,
  },
  {
    client: 'codex',
    path: '.codex/config.toml',
    container: 'mcp_servers',
    comment: '#',
    read: (text) => parseToml(text),
    write: (data) => stringifyToml(data),
    entry: plainEntry,
    launch: plainLaunch,
  },
  {
    client: 'goose',
    path: '.config/goose/config.yaml',
    container: 'extensions',
    comment: '#',
    read: (text) => parseYaml(text) ?? {},
    write: (data) => stringifyYaml(data),
    entry: ({ command, args, env }) => ({
      name: 'any',
      type: 'stdio',
      cmd: command,
      args: [...args],
      envs: env,
      enabled: true,
    }),
    launch: (entry) => {
      const { cmd, args, envs } = entry as { cmd?: string; args?: string[]; envs?: Launch['env'] };
      return { command: cmd ?? '', args: args ?? [], env: envs ?? {} };
    },
  },
  {
    client: 'claude-code',
    path: 'project/.mcp.json',
    container: 'mcpServers',
    project: 'project',
    readers: ['cursor'],
    read: (text) => JSON.parse(text),
    write: indented,
    entry: plainEntry,
    launch: plainLaunch,
  },
];
