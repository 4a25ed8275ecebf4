/** Config files in the dialects of the clients, from neutral entries. */
import { stringify as toToml } from 'smol-toml';
import { stringify as toYaml } from 'yaml';
import { makeEntry, type NeutralEntry } from './entries.ts';
import type { CorpusFile } from './files.ts';
import type { Dice } from './random.ts';

type Data = Record<string, unknown>;
type Keys = readonly (string | number)[];

interface Dialect {
  readonly file: string;
  readonly format: string;
  readonly root: readonly string[];
  readonly entry: (entry: NeutralEntry) => Data;
  /** Where the neutral place ended up in the entry. */
  readonly move: (at: Keys, entry: NeutralEntry) => Keys;
  readonly render: (data: Data, dice: Dice) => string;
}

const json = (data: Data) => `${JSON.stringify(data, null, 2)}\n`;
const same = (at: Keys) => at;
const full = (map: Record<string, string>) => (Object.keys(map).length === 0 ? undefined : map);

function drop(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

function plain(entry: NeutralEntry): Data {
  return drop({
    command: entry.command,
    args: entry.command === undefined ? undefined : entry.args,
    env: full(entry.env),
    url: entry.url,
    headers: full(entry.headers),
  });
}

const renamed = (from: string, to: string) => (at: Keys) =>
  at[0] === from ? [to, ...at.slice(1)] : at;

const dialects: readonly Dialect[] = [
  {
    file: 'claude_desktop_config.json',
    format: 'json',
    root: ['mcpServers'],
    entry: plain,
    move: same,
    render: json,
  },
  {
    file: '.claude.json',
    format: 'json',
    root: ['projects', '/home/kim/work', 'mcpServers'],
    entry: (entry) => ({ type: entry.url === undefined ? 'stdio' : 'http', ...plain(entry) }),
    move: same,
    render: json,
  },
  {
    file: '.vscode/mcp.json',
    format: 'jsonc',
    root: ['servers'],
    entry: plain,
    move: same,
    render: (data) =>
      `// Servers of this project\n${json(data).replace('"servers"', '/* all */ "servers"')}`,
  },
  {
    file: 'settings.json',
    format: 'jsonc',
    root: ['context_servers'],
    entry: plain,
    move: same,
    render: (data) => json(data).replace(/\n\}\n$/, ',\n}\n'),
  },
  {
    file: 'mcphub.json5',
    format: 'json5',
    root: ['mcpServers'],
    entry: plain,
    move: same,
    render: (data) => json(data).replace('"mcpServers"', 'mcpServers'),
  },
  {
    file: 'config.toml',
    format: 'toml',
    root: ['mcp_servers'],
    entry: (entry) =>
      drop({
        command: entry.command,
        args: entry.command === undefined ? undefined : entry.args,
        env: full(entry.env),
        url: entry.url,
        http_headers: full(entry.headers),
      }),
    move: renamed('headers', 'http_headers'),
    render: (data) => toToml(data),
  },
  {
    file: 'goose/config.yaml',
    format: 'yaml',
    root: ['extensions'],
    entry: (entry) =>
      drop({
        type: entry.url === undefined ? 'stdio' : 'streamable_http',
        cmd: entry.command,
        args: entry.args,
        envs: full(entry.env),
        uri: entry.url,
        headers: full(entry.headers),
        enabled: true,
      }),
    move: (at) => renamed('env', 'envs')(renamed('url', 'uri')(at)),
    render: (data) => toYaml(data),
  },
  {
    file: 'opencode.json',
    format: 'jsonc',
    root: ['mcp'],
    entry: (entry) =>
      drop({
        type: entry.url === undefined ? 'local' : 'remote',
        command: entry.command === undefined ? undefined : [entry.command, ...entry.args],
        environment: full(entry.env),
        url: entry.url,
        headers: full(entry.headers),
      }),
    move: (at) =>
      at[0] === 'args' ? ['command', Number(at[1]) + 1] : renamed('env', 'environment')(at),
    render: json,
  },
  {
    file: 'cline_mcp_settings.json',
    format: 'json',
    root: ['mcpServers'],
    entry: (entry) => ({
      transport: { type: entry.url === undefined ? 'stdio' : 'streamableHttp', ...plain(entry) },
      disabled: false,
    }),
    move: (at) => ['transport', ...at],
    render: json,
  },
];

function toPointer(keys: Keys): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** One file with `count` entries. */
export function makeDocument(dice: Dice, index: number, count: number): CorpusFile {
  const dialect = dialects[index % dialects.length] ?? dialects[0];
  if (dialect === undefined) throw new RangeError('No dialect.');
  const entries = Array.from({ length: count }, (_, number) =>
    makeEntry(dice, index * 100 + number),
  );
  const servers = Object.fromEntries(entries.map((entry) => [entry.name, dialect.entry(entry)]));
  const data = dialect.root.reduceRight<Data>((inner, key) => ({ [key]: inner }), servers);
  const at = (entry: NeutralEntry, keys: Keys) =>
    toPointer([...dialect.root, entry.name, ...dialect.move(keys, entry)]);
  return {
    file: `${index}/${dialect.file}`,
    format: dialect.format,
    text: dialect.render(data, dice),
    labels: entries.flatMap((entry) =>
      entry.labels.map((label) => ({
        pointer: at(entry, label.at),
        kind: label.kind,
        family: label.family,
        place: label.place,
      })),
    ),
    negatives: entries.flatMap((entry) =>
      entry.negatives.map((negative) => ({
        pointer: at(entry, negative.at),
        group: negative.group,
      })),
    ),
    values: entries.flatMap((entry) => entry.labels.map((label) => label.value)),
  };
}
