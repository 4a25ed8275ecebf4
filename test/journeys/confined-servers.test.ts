/** Real servers at the level *confined*, each with the scope that is suggested for its command line. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fixedMaskedPaths } from '../../core/scope/masked-paths.ts';
import { suggestScope } from '../../core/scope/presets.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import type { StdioLaunch } from '../../shared/models/server.ts';
import { plantedValue, serverRecord } from '../support/launcher.ts';
import { openRealInspect } from '../support/real-inspect.ts';

// Spaces and letters beyond ASCII in every path.
const world = mkdtempSync(join(tmpdir(), 'confined ünï-'));
const home = join(world, 'my home');
const documents = join(home, 'Dokumente & mehr');
mkdirSync(documents, { recursive: true });
mkdirSync(join(home, '.ssh'));
writeFileSync(join(documents, 'note.txt'), 'a note');
writeFileSync(join(home, '.ssh', 'id_rsa'), 'a key');
afterAll(() => rmSync(world, { recursive: true, force: true }));

const roots = { config: join(home, 'c'), data: join(home, 'd'), cache: join(home, 'k') };
const machine = { platform: 'linux', home, env: { PATH: process.env.PATH } } as const;
const sandbox = createSandbox('linux', { roots, path: process.env.PATH });
const masked = fixedMaskedPaths(machine, roots);
const inspect = openRealInspect({
  machine,
  roots,
  sandbox,
});

const programs = join(import.meta.dirname, '..', 'servers', 'node_modules', '.bin');
const key = plantedValue();

interface Row {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly call: readonly [string, Readonly<Record<string, unknown>>];
  /** Part of the answer, where it needs no network. */
  readonly says?: string;
}

const rows: readonly Row[] = [
  {
    name: 'mcp-server-everything',
    args: ['stdio'],
    call: ['echo', { message: 'hello' }],
    says: 'hello',
  },
  {
    name: 'mcp-server-filesystem',
    args: [documents],
    call: ['read_text_file', { path: join(documents, 'note.txt') }],
    says: 'a note',
  },
  {
    name: 'mcp-server-memory',
    call: ['create_entities', { entities: [{ name: 'a', entityType: 'b', observations: ['c'] }] }],
  },
  {
    name: 'mcp-server-sequential-thinking',
    call: [
      'sequentialthinking',
      { thought: 'a', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
    ],
    says: 'thoughtNumber',
  },
  {
    name: 'mcp-server-github',
    env: { GITHUB_PERSONAL_ACCESS_TOKEN: key },
    call: ['search_repositories', { query: 'x' }],
  },
  {
    name: 'mcp-server-postgres',
    args: ['postgresql://nobody@127.0.0.1:1/none'],
    call: ['query', { sql: 'select 1' }],
  },
  {
    name: 'brave-search-mcp-server',
    args: ['--transport', 'stdio'],
    env: { BRAVE_API_KEY: key },
    call: ['brave_web_search', { query: 'x' }],
  },
  { name: 'notion-mcp-server', env: { NOTION_TOKEN: key }, call: ['API-get-self', {}] },
  { name: 'airtable-mcp-server', env: { AIRTABLE_API_KEY: key }, call: ['list_bases', {}] },
  { name: 'exa-mcp-server', env: { EXA_API_KEY: key }, call: ['web_search_exa', { query: 'x' }] },
  { name: 'tavily-mcp', env: { TAVILY_API_KEY: key }, call: ['tavily_search', { query: 'x' }] },
  {
    name: 'figma-developer-mcp',
    args: ['--stdio', `--figma-api-key=${key}`],
    call: ['get_figma_data', { fileKey: 'x' }],
  },
];

const confined = (id: string, launch: StdioLaunch) =>
  serverRecord(id, launch, {
    scope: suggestScope(launch, {
      machine,
      files: programFiles,
      masked,
      isClientFile: () => false,
    }),
  });

test.each(rows)('$name starts, lists its tools and answers a call', async (row) => {
  const launch = {
    transport: 'stdio',
    command: join(programs, row.name),
    args: row.args ?? [],
    env: row.env ?? {},
  } as const;
  const record = confined(row.name, launch);
  expect(record.scope?.level).toBe('confined');
  const { tools } = await inspect.inspect(record);
  expect(tools.map(({ name }) => name)).toContain(row.call[0]);
  // Without a network most can only say that they failed; they say it themselves.
  const answer = await inspect.call(record, ...row.call).catch((thrown: unknown) => thrown);
  expect(JSON.stringify(answer) + String(answer)).toContain(row.says ?? '');
  expect(String(answer)).not.toContain('ended with');
});

test('a file server sees its folder and nothing beside it', async () => {
  const launch = {
    transport: 'stdio',
    command: join(programs, 'mcp-server-filesystem'),
    args: [documents],
    env: {},
  } as const;
  const record = confined('files', launch);
  expect(record.scope?.folders).toEqual([{ path: documents, access: 'write' }]);
  const wrote = await inspect.call(record, 'write_file', {
    path: join(documents, 'new.txt'),
    content: 'x',
  });
  expect(wrote.isError).toBe(false);
  const outside = await inspect.call(record, 'read_text_file', {
    path: join(home, '.ssh', 'id_rsa'),
  });
  expect(outside.isError).toBe(true);
});

test('a Python server: its script, its home, a file that it was given', async () => {
  const script = join(import.meta.dirname, '..', 'fixtures', 'python-server.py');
  const given = join(documents, 'note.txt');
  const launch = {
    transport: 'stdio',
    command: '/usr/bin/python3',
    args: [script, given],
    env: {},
  } as const;
  const record = confined('python', launch);
  expect(record.scope).toMatchObject({
    runtime: 'python',
    folders: [{ path: given, access: 'write' }],
  });
  const read = async (path: string) => (await inspect.call(record, 'read', { path })).content;
  expect(await read(given)).toEqual([{ type: 'text', text: 'a note /home/mcp' }]);
  expect(await read(join(home, '.ssh', 'id_rsa'))).toEqual([
    { type: 'text', text: 'FileNotFoundError /home/mcp' },
  ]);
});

const graph = { entities: [{ name: 'ada', entityType: 'person', observations: ['counts'] }] };
const memory = (value: string) =>
  ({
    transport: 'stdio',
    command: join(programs, 'mcp-server-memory'),
    args: [],
    env: { MEMORY_FILE_PATH: value },
  }) as const;

test.each([
  ['by its full path', join(home, 'Notizen ü', 'memory.json')],
  ['from `~` on', '~/Notizen ü/memory.json'],
])('a memory server saves where its variable says, and again: %s', async (_, value) => {
  const folder = join(home, 'Notizen ü');
  const file = join(folder, 'memory.json');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const record = confined('memory', memory(value));
  expect(record.scope?.folders).toEqual([{ path: folder, access: 'write' }]);
  for (const entities of [graph.entities, [{ ...graph.entities[0], name: 'bob' }]]) {
    const answer = await inspect.call(record, 'create_entities', { entities });
    expect(answer.isError, JSON.stringify(answer)).toBe(false);
  }
  expect(readFileSync(file, 'utf8')).toMatch(/"ada"[\s\S]*"bob"/);
  // Suggested anew now that the file is there: it is still the folder.
  expect(confined('memory', memory(value)).scope?.folders).toEqual(record.scope?.folders);
});

test('without that folder it cannot save, and no other place is suggested for the file', async () => {
  const file = join(home, 'memory.json');
  const record = confined('memory', memory(file));
  expect(record.scope?.folders).toEqual([]);
  const answer = await inspect.call(record, 'create_entities', graph);
  expect(JSON.stringify(answer)).toContain('ENOENT');
  expect(existsSync(file)).toBe(false);
});
