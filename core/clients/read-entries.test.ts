import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import type { DocumentFormat } from '../documents/document.ts';
import { plainAt } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Entry } from './entry.ts';
import { readEntries } from './read-entries.ts';
import type { ClientRow } from './row.ts';
import { clientTable, findClient } from './table.ts';

function read(
  id: string,
  content: unknown,
  where: Partial<Pick<ClientRow, 'containers' | 'format'>> = {},
): readonly Entry[] {
  const row = findClient(id);
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const document = parseDocument(new TextEncoder().encode(text), where.format ?? row.format, 'f');
  const place = {
    containers: where.containers ?? row.containers,
    firstContainerWins: row.firstContainerWins ?? false,
    writable: true,
  };
  return readEntries(row, place, document);
}

const stdio = (command: string, args: readonly string[] = [], more: object = {}): unknown => ({
  transport: 'stdio',
  command,
  args,
  env: {},
  ...more,
});

describe('malformed entries are entries with a problem', () => {
  test.each([
    ['text', 'npx', 'The entry is not a map of fields.'],
    ['null', null, 'The entry is not a map of fields.'],
    ['list', ['npx'], 'The entry is not a map of fields.'],
    ['nothing', {}, 'It has neither a command nor a URL.'],
    ['both', { command: 'a', url: 'https://b.example' }, 'It has both a command and a URL.'],
    ['empty command', { command: '' }, 'Its command is empty.'],
    ['number', { command: 5 }, 'Its command is not written the way this client reads it.'],
    ['args text', { command: 'a', args: '-y' }, 'Its arguments are not a list of texts.'],
    ['args map', { command: 'a', args: [{}] }, 'Its arguments are not a list of texts.'],
    ['env list', { command: 'a', env: ['A=1'] }, 'Its variables are not a map of texts.'],
    ['env map', { command: 'a', env: { A: {} } }, 'Its variables are not a map of texts.'],
    ['no url', { type: 'http' }, 'It has no URL.'],
    ['empty url', { type: 'http', url: '' }, 'It has no URL.'],
    [
      'headers',
      { url: 'https://b.example', headers: 'A: b' },
      'Its headers are not a map of texts.',
    ],
    ['type', { type: 'grpc', url: 'x' }, 'Its type is not one that this client is known to have.'],
  ])('%s', (_, entry, problem) => {
    const [first, ...rest] = read('claude-code', { mcpServers: { it: entry } });
    expect(rest).toEqual([]);
    expect({ launch: first?.launch, problem: first?.problem }).toEqual({
      launch: { transport: 'other' },
      problem,
    });
  });

  test('a container of the wrong kind is one broken entry, an empty one is none', () => {
    expect(read('claude-code', { mcpServers: 'x' })).toMatchObject([
      { name: 'mcpServers', problem: '"mcpServers" is not a map of servers.', writable: false },
    ]);
    expect(read('continue', 'mcpServers:\n  a: {command: b}\n')).toMatchObject([
      { problem: '"mcpServers" is not a list of servers.', writable: false },
    ]);
    expect(read('continue', 'mcpServers:\n')).toEqual([]);
    expect(read('claude-code', {})).toEqual([]);
    expect(read('claude-code', [])).toEqual([]);
  });

  test('its texts are listed all the same', () => {
    const [first] = read('claude-code', { mcpServers: { it: { env: { A: 'x' }, args: 'y' } } });
    expect(first?.fields).toEqual([
      { path: ['mcpServers', 'it', 'env', 'A'], place: 'env', name: 'A', value: 'x' },
      { path: ['mcpServers', 'it', 'args'], place: 'args', value: 'y' },
    ]);
  });

  test('a name that stands twice is read as the client reads it, and not written', () => {
    const text = '{"mcpServers": {"a": {"command": "one"}, "a": {"command": "two"}}}';
    expect(read('claude-code', text)).toMatchObject([{ name: 'a', writable: false }]);
  });

  test('a list item without a name is shown by its place', () => {
    expect(read('continue', 'mcpServers:\n  - command: a\n')).toMatchObject([
      { name: '#0', path: ['mcpServers', 0], problem: 'The entry has no "name".', writable: false },
    ]);
  });

  test('whatever stands in a file, no row throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...clientTable), fc.jsonValue({ maxDepth: 4 }), (row, value) => {
        const path = row.containers[0]?.path ?? [];
        const content = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
        const format: DocumentFormat = row.format === 'toml' ? 'json' : row.format;
        for (const entry of read(row.id, content, { format }))
          expect(entry.launch.transport).toBeTypeOf('string');
      }),
      { numRuns: runs(300, 20_000) },
    );
  });
});

describe('names are only names', () => {
  const names = [
    '__proto__',
    'constructor',
    'a.b c',
    '"quoted"',
    'line\nbreak',
    '<b>&amp;',
    '~/x',
    '*',
  ];

  test('in JSON', () => {
    const entries = names.map((name) => `${JSON.stringify(name)}: {"command": "c"}`);
    const found = read('claude-code', `{"mcpServers": {${entries.join(',')}}}`);
    expect(found.map(({ name }) => name)).toEqual(names);
    expect(found.map(({ path }) => path)).toEqual(names.map((name) => ['mcpServers', name]));
    expect(found.every(({ launch }) => launch.transport === 'stdio')).toBe(true);
  });

  test('in TOML', () => {
    const entries = names.map((name) => `[mcp_servers.${JSON.stringify(name)}]\ncommand = "c"\n`);
    expect(read('codex', entries.join('\n')).map(({ name }) => name)).toEqual(names);
  });

  test('in YAML', () => {
    const entries = names.map((name) => `- name: ${JSON.stringify(name)}\n  command: c\n`);
    expect(read('continue', `mcpServers:\n${entries.join('')}`).map(({ name }) => name)).toEqual(
      names,
    );
  });

  test('variables and headers too', () => {
    const entry = '{"command": "c", "env": {"__proto__": "x"}}';
    const [first] = read('claude-code', `{"mcpServers": {"a": ${entry}}}`);
    const { launch } = first ?? {};
    expect(launch?.transport === 'stdio' && Object.entries(launch.env)).toEqual([
      ['__proto__', 'x'],
    ]);
  });
});

describe('stdio dialects', () => {
  test.each([
    [
      'claude-code',
      { type: 'stdio', command: 'c', args: ['a', 1, true] },
      stdio('c', ['a', '1', 'true']),
    ],
    ['cursor', { command: 'c', envFile: '.env' }, stdio('c', [], { envFile: '.env' })],
    [
      'vscode',
      { command: 'c', cwd: '/d', env: { A: 1, B: null } },
      stdio('c', [], { env: { A: '1' }, cwd: '/d' }),
    ],
    ['cline', { transport: { type: 'stdio', command: 'c', args: ['a'] } }, stdio('c', ['a'])],
    ['cline', { transportType: 'stdio', command: 'c' }, stdio('c')],
    [
      'opencode',
      { type: 'local', command: ['c', 'a'], environment: { A: 'x' } },
      stdio('c', ['a'], { env: { A: 'x' } }),
    ],
    ['copilot-cli', { type: 'local', command: 'c' }, stdio('c')],
    ['warp', { command: 'c', working_directory: '/d' }, stdio('c', [], { cwd: '/d' })],
    [
      'mcphub-nvim',
      { command: 'c', env: { A: null, B: '', C: 'x' } },
      stdio('c', [], { env: { C: 'x' }, suppliedEnv: ['A', 'B'] }),
    ],
    [
      'goose',
      { type: 'stdio', cmd: 'c', args: [], envs: { A: 'x' }, env_keys: ['K'] },
      stdio('c', [], { env: { A: 'x' }, suppliedEnv: ['K'] }),
    ],
    [
      'codex',
      { command: 'c', env_vars: ['A', { name: 'B', source: 'local' }] },
      stdio('c', [], { suppliedEnv: ['A', 'B'] }),
    ],
    [
      'mistral-vibe',
      { name: 'it', transport: 'stdio', command: `c --x 'a b' "d\\"e"`, args: ['f'] },
      stdio('c', ['--x', 'a b', 'd"e', 'f']),
    ],
    [
      'mistral-vibe',
      { name: 'it', transport: 'stdio', command: ['c', 'a b'], args: ['f'] },
      stdio('c', ['a b', 'f']),
    ],
    ['5ire', { name: 'It', type: 'local', command: 'c' }, stdio('c')],
    ['antigravity', { type: 'http', command: 'c' }, stdio('c')],
  ])('%s', (id, entry, launch) => {
    expect(readFirst(id, entry)?.launch).toEqual(launch);
  });

  test('a command line with an open quote is a problem', () => {
    const entry = { name: 'it', transport: 'stdio', command: "c 'a" };
    expect(readFirst('mistral-vibe', entry)).toMatchObject({ launch: { transport: 'other' } });
  });
});

/** The only entry, put where the row keeps its servers; read as JSON, which every format can hold. */
function readFirst(id: string, entry: unknown): Entry | undefined {
  const row = findClient(id);
  const container = row.containers.find((candidate) => candidate.existingOnly === undefined);
  const held = container?.kind === 'list' ? [entry] : { it: entry };
  const content = (container?.path ?? []).reduceRight<unknown>(
    (inner, key) => ({ [key]: inner }),
    held,
  );
  const [first] = read(id, content, { format: 'json' });
  return first === undefined ? undefined : { ...first, launch: structuredClone(first.launch) };
}

describe('remote dialects', () => {
  const url = 'https://mcp.example.com/mcp';
  const http = (headers: object = {}): unknown => ({ transport: 'streamable-http', url, headers });
  const sse = { transport: 'sse', url, headers: {} };
  const h = { Authorization: 'x' };
  test.each([
    ['claude-code', { type: 'http', url, headers: h }, http(h)],
    ['claude-code', { type: 'streamable-http', url }, http()],
    ['claude-code', { type: 'sse', url }, sse],
    ['claude-code', { type: 'ws', url }, { transport: 'other' }],
    ['cursor', { url }, http()],
    ['devin-desktop', { url, transport: 'sse' }, sse],
    ['windsurf', { serverUrl: url }, http()],
    ['zed', { url, headers: h }, http(h)],
    ['codex', { url, http_headers: h }, http(h)],
    ['gemini-cli', { httpUrl: url }, http()],
    ['gemini-cli', { tcp: 'ws://x' }, { transport: 'other' }],
    ['qwen-code', { url }, sse],
    ['qwen-code', { httpUrl: url, headers: h }, http(h)],
    ['cline', { transport: { type: 'streamableHttp', url, headers: h } }, http(h)],
    ['cline', { transportType: 'http', url }, http()],
    ['cline', { url }, sse],
    ['goose', { type: 'streamable_http', uri: url, headers: h }, http(h)],
    ['goose', { type: 'sse', uri: url }, sse],
    ['opencode', { type: 'remote', url, headers: h }, http(h)],
    ['continue', { name: 'it', url, requestOptions: { headers: h } }, http(h)],
    [
      'mistral-vibe',
      { name: 'it', transport: 'http', url, auth: { type: 'static', headers: h } },
      http(h),
    ],
    ['mistral-vibe', { name: 'it', transport: 'streamable-http', url, headers: h }, http(h)],
    ['roo-code', { type: 'streamable-http', url }, http()],
    ['anythingllm', { type: 'streamable', url }, http()],
    ['copilot-other-ides', { url, requestInit: { headers: h } }, http(h)],
    ['mcporter', { baseUrl: url }, http()],
    ['librechat', { type: 'websocket', url }, { transport: 'other' }],
  ])('%s', (id, entry, launch) => {
    expect(readFirst(id, entry)?.launch).toEqual(launch);
  });

  test('what only the client understands is named', () => {
    expect(
      readFirst('codex', { url, http_headers: h, bearer_token_env_var: 'T' })?.clientOnly,
    ).toEqual(['bearer_token_env_var']);
    expect(readFirst('claude-code', { type: 'http', url, headersHelper: 'x' })?.clientOnly).toEqual(
      ['headersHelper'],
    );
    const auth = { type: 'static', headers: h };
    const vibe = { name: 'it', transport: 'http', url, auth };
    expect(readFirst('mistral-vibe', vibe)?.clientOnly).toEqual([]);
    expect(
      readFirst('mistral-vibe', { ...vibe, auth: { ...auth, api_key_env: 'K' } })?.clientOnly,
    ).toEqual(['auth']);
    expect(readFirst('cline', { transport: { type: 'sse', url }, oauth: {} })?.clientOnly).toEqual([
      'oauth',
    ]);
    expect(readFirst('codex', { command: 'c', oauth: {} })?.clientOnly).toEqual([]);
  });
});

describe('other kinds are left alone', () => {
  test.each([
    ['goose', { type: 'builtin', name: 'developer', enabled: true }],
    ['goose', { type: 'platform', name: 'todo' }],
    ['zed', { settings: { database_url: 'x' } }],
  ])('%s', (id, entry) => {
    expect(readFirst(id, entry)).toMatchObject({ launch: { transport: 'other' } });
    expect(readFirst(id, entry)?.problem).toBeUndefined();
  });
});

test('on and off', () => {
  const states = [
    readFirst('cline', { command: 'c', disabled: true }),
    readFirst('cline', { command: 'c' }),
    readFirst('zed', { command: 'c', enabled: false }),
    readFirst('zed', { command: 'c' }),
    readFirst('goose', { type: 'stdio', cmd: 'c', args: [], enabled: false }),
    readFirst('anythingllm', { command: 'c', anythingllm: { autoStart: false } }),
    readFirst('claude-code', { command: 'c', disabled: true }),
  ].map((entry) => entry?.enabled);
  expect(states).toEqual([false, true, false, true, false, false, true]);
});

describe('variants', () => {
  const server = { type: 'local', command: ['c'] };
  const paths = (id: string, content: unknown): unknown =>
    read(id, content).map(({ path }) => path);

  test('OpenCode: version 2, version 1, and a version 1 server called "servers"', () => {
    expect(paths('opencode', { mcp: { timeout: 5, servers: { a: server } } })).toEqual([
      ['mcp', 'servers', 'a'],
    ]);
    expect(paths('opencode', { mcp: { servers: {} } })).toEqual([]);
    expect(paths('opencode', { mcp: { a: server } })).toEqual([['mcp', 'a']]);
    expect(paths('opencode', { mcp: { servers: server, b: server } })).toEqual([
      ['mcp', 'servers'],
      ['mcp', 'b'],
    ]);
    const off = read('opencode', { mcp: { a: { ...server, enabled: false } } });
    expect(off.map(({ enabled }) => enabled)).toEqual([false]);
  });

  test('mcphub: `servers` wins', () => {
    const content = { mcpServers: { a: { command: 'c' } }, servers: { b: { command: 'c' } } };
    expect(paths('mcphub-nvim', content)).toEqual([['servers', 'b']]);
    expect(paths('mcphub-nvim', { mcpServers: content.mcpServers })).toEqual([['mcpServers', 'a']]);
  });

  test('Claude Code: servers of every project', () => {
    const projects = { '/a.b': { mcpServers: { x: { command: 'c' } } }, '/c': {}, '/d': null };
    expect(paths('claude-code', { projects })).toEqual([['projects', '/a.b', 'mcpServers', 'x']]);
  });

  test('Kiro: what Powers added belongs to Kiro', () => {
    const content = { powers: { mcpServers: { p: { url: 'https://p.example' } } } };
    expect(read('kiro', content)).toMatchObject([{ name: 'p', writable: false }]);
  });

  test('`.mcp.json`: one file, two root keys, or none', () => {
    const shared = { mcpServers: { a: { command: 'c' } }, servers: { b: { command: 'c' } } };
    expect(paths('visual-studio', shared)).toEqual([['servers', 'b']]);
    expect(paths('claude-code', shared)).toEqual([['mcpServers', 'a']]);
    const containers =
      findClient('copilot-cli').files.find(({ path }) => path === '.mcp.json')?.containers ?? [];
    expect(read('copilot-cli', { a: { command: 'c' } }, { containers })).toMatchObject([
      { path: ['a'], name: 'a' },
    ]);
    expect(read('copilot-cli', shared, { containers })).toMatchObject([
      { path: ['mcpServers', 'a'] },
    ]);
  });

  test('Continue: a JSON block file is a map of servers or one server', () => {
    const file = findClient('continue').files.find(({ path }) => path.endsWith('/*.json'));
    const where = { containers: file?.containers ?? [], format: 'json' as const };
    expect(read('continue', { mcpServers: { a: { command: 'c' } } }, where)).toMatchObject([
      { name: 'a' },
    ]);
    expect(read('continue', { command: 'c', env: { A: 'x' } }, where)).toMatchObject([
      { name: 'f', path: [], fields: [{ place: 'command' }, { path: ['env', 'A'], place: 'env' }] },
    ]);
  });

  test('Amp: one key with a dot', () => {
    const content = { 'amp.mcpServers': { a: { command: 'c' } }, amp: { mcpServers: { b: {} } } };
    expect(paths('amp', content)).toEqual([['amp.mcpServers', 'a']]);
  });
});

test('every text has its place', () => {
  const entry = {
    transport: {
      type: 'stdio',
      command: 'c',
      args: ['a', { x: 'y' }],
      env: { A: 'x' },
      cwd: '/d',
    },
    url: 'u',
    headers: { H: 'v' },
    autoApprove: ['t'],
    oauth: { tokens: { access_token: 's' } },
  };
  const fields = readFirst('cline', entry)?.fields.map(({ path, place, name }) => [
    path.slice(2).join('.'),
    place,
    name,
  ]);
  expect(fields).toEqual([
    ['transport.type', 'setting', undefined],
    ['transport.command', 'command', undefined],
    ['transport.args.0', 'args', undefined],
    ['transport.args.1.x', 'args', undefined],
    ['transport.env.A', 'env', 'A'],
    ['transport.cwd', 'cwd', undefined],
    ['url', 'url', undefined],
    ['headers.H', 'header', 'H'],
    ['autoApprove.0', 'setting', undefined],
    ['oauth.tokens.access_token', 'setting', undefined],
  ]);
  const listed = readFirst('opencode', {
    type: 'local',
    command: ['c', 'a'],
    environment: { B: 'x' },
  });
  expect(listed?.fields.map(({ place }) => place)).toEqual(['setting', 'command', 'args', 'env']);
  const nested = readFirst('continue', {
    name: 'n',
    url: 'u',
    requestOptions: { headers: { H: 'v' }, proxy: 'p' },
  });
  expect(nested?.fields.map(({ place }) => place)).toEqual(['setting', 'url', 'header', 'setting']);
});

test('each field is where it says', () => {
  const text = '[mcp_servers."a.b"]\ncommand = "c"\nargs = ["x", "y"]\nenv = { A = "z" }\n';
  const document = parseDocument(new TextEncoder().encode(text), 'toml', 'f');
  const row = findClient('codex');
  const place = { containers: row.containers, firstContainerWins: false, writable: true };
  const fields = readEntries(row, place, document).flatMap((entry) => entry.fields);
  expect(fields.map(({ path }) => plainAt(document, path))).toEqual(['c', 'x', 'y', 'z']);
  expect(fields.map(({ value }) => value)).toEqual(['c', 'x', 'y', 'z']);
});
