/** Whole files in the dialects of the clients, from neutral entries, with labels by pointer. */
import { stringify as toToml } from 'smol-toml';
import { stringify as toYaml } from 'yaml';
import { makeEntry, type NeutralEntry } from './entries.ts';
import { makeNegative } from './negatives.ts';
import { createDice, type Dice } from './random.ts';
import { shapes } from './shapes.ts';

export interface FileLabel {
  readonly pointer: string;
  readonly kind: string;
  readonly family: string;
  readonly place: string;
}

export interface CorpusFile {
  readonly file: string;
  readonly format: string;
  readonly text: string;
  readonly labels: readonly FileLabel[];
  readonly negatives: readonly { readonly pointer: string; readonly group: string }[];
  readonly values: readonly string[];
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly entries: number;
}

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

function makeDocument(dice: Dice, index: number, count: number): CorpusFile {
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

interface Line {
  readonly text: string;
  readonly label?: Omit<FileLabel, 'pointer'>;
  readonly group?: string;
  readonly name: string;
  readonly value: string;
}

function oneLine(dice: Dice): Line {
  if (dice.chance(0.4)) {
    const fragment = makeNegative(dice);
    const [name, value] = Object.entries(fragment.env ?? { LOG_LEVEL: 'debug' })[0] ?? [
      'LOG_LEVEL',
      'debug',
    ];
    return { text: `${name}=${value}`, name, value, group: fragment.group };
  }
  const shape = dice.pick(shapes);
  const name = dice.pick(shape.names);
  const value = shape.make(dice);
  return {
    text: `${name}=${value}`,
    name,
    value,
    label: { kind: shape.kind, family: shape.family, place: '' },
  };
}

const simple = (line: Line) =>
  !/[\n'"`$\\]/.test(line.value) && !line.value.includes(' ') && !/^[-#]/.test(line.value);

type LineForm = {
  readonly file: string;
  readonly format: string;
  readonly write: (line: Line, dice: Dice) => string;
  readonly pointer: (line: Line, number: number) => string;
};

const lineForms: readonly LineForm[] = [
  {
    file: '.env',
    format: 'dotenv',
    write: (line, dice) =>
      dice.pick([line.text, `export ${line.name}="${line.value}"`, `${line.name}='${line.value}'`]),
    pointer: (line) => `/${line.name}`,
  },
  {
    file: '.bash_history',
    format: 'history',
    write: (line, dice) =>
      dice.pick([
        `export ${line.text}`,
        `${line.name}='${line.value}' npx -y some-mcp`,
        `claude mcp add thing -e ${line.text} -- npx thing`,
      ]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: '.zsh_history',
    format: 'history',
    write: (line) => `: 17000${line.name.length}0000:0;export ${line.name}="${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'fish_history',
    format: 'history',
    write: (line) => `- cmd: set -gx ${line.name} ${line.value}`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'ConsoleHost_history.txt',
    format: 'history',
    write: (line) => `$env:${line.name} = "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'mcp-server.log',
    format: 'log',
    write: (line, dice) =>
      dice.pick([
        `2026-01-02T03:04:05Z [info] env {"${line.name}":"${line.value}"}`,
        `[debug] spawn ${line.text}`,
      ]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'notes.toml',
    format: 'toml-comment',
    write: (line) => `# ${line.name} = "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'mcp.jsonc',
    format: 'jsonc-comment',
    write: (line, dice) =>
      dice.pick([`  // "${line.name}": "${line.value}",`, `  /* ${line.text} */`]),
    pointer: (_, number) => `#L${number}`,
  },
  {
    file: 'broken.json',
    format: 'broken',
    write: (line) => `  "${line.name}": "${line.value}"`,
    pointer: (_, number) => `#L${number}`,
  },
];

function makeLines(dice: Dice, index: number, count: number): CorpusFile {
  const form = lineForms[index % lineForms.length] ?? lineForms[0];
  if (form === undefined) throw new RangeError('No form.');
  const used = new Set<string>();
  const lines = Array.from({ length: count }, () => oneLine(dice)).filter((line) => {
    if (!simple(line) || used.has(line.name)) return false;
    used.add(line.name);
    return true;
  });
  const [open, close] =
    form.format === 'jsonc-comment' || form.format === 'broken'
      ? ['{', form.format === 'broken' ? '' : '  "mcpServers": {}\n}']
      : ['# made by the corpus', ''];
  const place = form.format;
  return {
    file: `t${index}/${form.file}`,
    format: form.format,
    text: `${[open, ...lines.map((line) => form.write(line, dice)), close].join('\n')}\n`,
    labels: lines.flatMap((line, at) =>
      line.label === undefined
        ? []
        : [{ ...line.label, place, pointer: form.pointer(line, at + 2) }],
    ),
    negatives: lines.flatMap((line, at) =>
      line.group === undefined ? [] : [{ group: line.group, pointer: form.pointer(line, at + 2) }],
    ),
    values: lines.flatMap((line) => (line.label === undefined ? [] : [line.value])),
  };
}

/** About `count` entries in documents, and half as many lines in text files. */
export function generateCorpus(seed: number, count: number): Corpus {
  const dice = createDice(seed);
  const perFile = 5;
  const documents = Array.from({ length: Math.ceil(count / perFile) }, (_, index) =>
    makeDocument(dice, index, perFile),
  );
  const lines = Array.from({ length: Math.ceil(count / 16) }, (_, index) =>
    makeLines(dice, index, 10),
  );
  return { files: [...documents, ...lines], entries: documents.length * perFile };
}
