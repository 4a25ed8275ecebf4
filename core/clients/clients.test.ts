import { describe, expect, test } from 'vitest';
import { createMemoryFiles, type MemoryFiles } from '../../test/support/memory-files.ts';
import type { Machine, RunningProcess } from '../ports.ts';
import { type ClientSurvey, type Clients, createClients, distinctEntries } from './clients.ts';

const machine: Machine = { platform: 'linux', home: '/home/sam', env: { PATH: '/usr/bin:bin' } };
const roots = { config: '/r/config', data: '/r/data', cache: '/r/cache' };

interface World {
  readonly files: MemoryFiles;
  readonly clients: Clients;
  survey(id: string, projects?: readonly string[]): Promise<ClientSurvey>;
}

async function createWorld(
  content: Readonly<Record<string, string | Uint8Array>>,
  options: { machine?: Partial<Machine>; running?: readonly string[] } = {},
): Promise<World> {
  const files = createMemoryFiles();
  for (const [path, text] of Object.entries(content)) {
    await files.makeFolder(path.slice(0, path.lastIndexOf('/')) || '/');
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    await files.createExclusive(path, bytes, 0o600);
  }
  const list = async (): Promise<readonly RunningProcess[]> =>
    (options.running ?? []).map((command, index) => ({ pid: index + 100, command }));
  const clients = createClients({
    files,
    machine: { ...machine, ...options.machine },
    processes: { list },
    roots,
  });
  return {
    files,
    clients,
    async survey(id, projects = []) {
      const found = (await clients.survey(projects)).find(({ row }) => row.id === id);
      if (found === undefined) throw new Error(id);
      return found;
    },
  };
}

const cursorFile = '/home/sam/.cursor/mcp.json';
const oneServer = '{"mcpServers": {"a": {"command": "c"}}}';

async function stateOf(world: World, id: string, path: string): Promise<unknown> {
  const { files } = await world.survey(id);
  const file = files.find(({ location }) => location.path === path);
  return { state: file?.state, problem: file?.problem, entries: file?.entries.length };
}

describe('a file that cannot be used', () => {
  test('a broken one hides no other, and says where it is broken', async () => {
    const world = await createWorld({
      '/home/sam/.config/devin/mcp_config.json': '{"mcpServers": {\n  "a": ',
      '/home/sam/.config/devin/config.json': oneServer,
      [cursorFile]: oneServer,
    });
    const { files } = await world.survey('devin-desktop');
    expect(files.slice(0, 2).map(({ state, entries }) => [state, entries.length])).toEqual([
      ['unparsable', 0],
      ['present', 1],
    ]);
    expect(files[0]?.problem?.message).toContain('mcp_config.json:2:8');
    expect((await world.survey('cursor')).files[0]?.entries).toHaveLength(1);
  });

  test('a comment where the client takes none', async () => {
    const file = '/home/sam/.copilot/mcp-config.json';
    const world = await createWorld({ [file]: '{\n  // mine\n  "mcpServers": {}\n}' });
    const state = await stateOf(world, 'copilot-cli', file);
    expect(state).toMatchObject({ state: 'unparsable', entries: 0 });
    expect(JSON.stringify(state)).toContain('mcp-config.json:2:3: a comment');
  });

  test('a comment and a trailing comma where the client may take them', async () => {
    const world = await createWorld({ [cursorFile]: `// mine\n${oneServer.slice(0, -1)},}` });
    expect(await stateOf(world, 'cursor', cursorFile)).toMatchObject({
      state: 'present',
      entries: 1,
    });
  });

  test('UTF-16', async () => {
    const text = new Uint8Array([
      0xff,
      0xfe,
      ...new Uint8Array(new Uint16Array([...oneServer].map((c) => c.charCodeAt(0))).buffer),
    ]);
    const world = await createWorld({ [cursorFile]: text });
    expect(await stateOf(world, 'cursor', cursorFile)).toMatchObject({
      state: 'unsupported',
      problem: { message: expect.stringContaining('UTF-16') },
    });
  });

  test('a folder, a link to nothing, a file we may not read', async () => {
    const world = await createWorld({
      [`${cursorFile}/x`]: '',
      '/home/sam/.kiro/settings/mcp.json': oneServer,
    });
    world.files.link('/gone', '/home/sam/.claude.json');
    world.files.deny('/home/sam/.kiro/settings/mcp.json', 'read');
    expect(await stateOf(world, 'cursor', cursorFile)).toMatchObject({
      state: 'unreadable',
      problem: { message: `${cursorFile} is not a file.`, hint: expect.any(String) },
    });
    expect(await stateOf(world, 'claude-code', '/home/sam/.claude.json')).toMatchObject({
      state: 'unreadable',
      problem: { message: '/home/sam/.claude.json is a link to a file that is not there.' },
    });
    expect(await stateOf(world, 'kiro', '/home/sam/.kiro/settings/mcp.json')).toMatchObject({
      state: 'unreadable',
    });
  });

  test('one that is too large', async () => {
    const world = await createWorld({
      [cursorFile]: new Uint8Array(16 * 1024 * 1024 + 1).fill(32),
    });
    expect(await stateOf(world, 'cursor', cursorFile)).toMatchObject({
      state: 'unreadable',
      entries: 0,
    });
  });

  test('a folder that cannot be listed', async () => {
    const world = await createWorld({
      '/home/sam/.codex/config.toml': '',
      '/home/sam/.codex/w.config.toml': '[mcp_servers.a]\ncommand = "c"\n',
    });
    world.files.deny('/home/sam/.codex', 'read');
    const { files, detected } = await world.survey('codex');
    expect(files.some(({ state }) => state === 'unreadable')).toBe(true);
    expect(detected).toBe(true);
  });

  test('a problem tells nothing of what stands in the file', async () => {
    const planted = ['planted', 'value', '77'].join('-');
    const world = await createWorld({
      [cursorFile]: `{"mcpServers": {"a": {"env": {"T": "${planted}" x`,
    });
    expect(JSON.stringify(await world.clients.summaries())).not.toContain(planted);
  });
});

describe('which clients are there', () => {
  test('by their folder, by their program, or not at all', async () => {
    const world = await createWorld({
      '/home/sam/.lmstudio/x': '',
      '/usr/bin/codex': '',
      '/home/sam/p/.mcp.json': oneServer,
    });
    const surveys = await world.clients.survey(['/home/sam/p']);
    expect(surveys.filter(({ detected }) => detected).map(({ row }) => row.id)).toEqual([
      'codex',
      'lm-studio',
    ]);
  });

  test('which run', async () => {
    const running = [
      '/usr/share/code/code --no-sandbox',
      'C:\\Apps\\Cursor.exe',
      '/opt/zed-editor',
      'grep claude',
    ];
    const world = await createWorld({}, { running });
    const surveys = await world.clients.survey([]);
    expect(surveys.filter((client) => client.running).map(({ row }) => row.id)).toEqual([
      'cursor',
      'vscode',
      'zed',
    ]);
  });

  test('a list of processes that fails is no reason to fail', async () => {
    const clients = createClients({
      files: createMemoryFiles(),
      machine,
      processes: { list: () => Promise.reject(new Error('no')) },
      roots,
    });
    expect((await clients.survey([])).some(({ running }) => running)).toBe(false);
  });
});

describe('where a new entry goes', () => {
  const target = async (id: string, content: Record<string, string>, env: Machine['env'] = {}) =>
    (await (await createWorld(content, { machine: { env } })).survey(id)).target?.location.path;

  test('to the file that is there, else to the usual one', async () => {
    expect(await target('cursor', {})).toBe(cursorFile);
    const jsonc = '/home/sam/.config/opencode/opencode.jsonc';
    expect(await target('opencode', {})).toBe('/home/sam/.config/opencode/opencode.json');
    expect(await target('opencode', { [jsonc]: '{}' })).toBe(jsonc);
    expect(await target('devin-desktop', { '/home/sam/.config/devin/config.json': '{}' })).toBe(
      '/home/sam/.config/devin/config.json',
    );
    expect(await target('claude-desktop', {})).toBe(
      '/home/sam/.config/Claude/claude_desktop_config.json',
    );
  });

  test('to the file that a variable names', async () => {
    expect(
      await target('codex', { '/home/sam/.codex/config.toml': '' }, { CODEX_HOME: '/c' }),
    ).toBe('/c/config.toml');
  });

  test('never to another build of the client, a legacy file or a client that is not written', async () => {
    expect(
      await target('vscode', { '/home/sam/.config/Code/User/profiles/p1/mcp.json': '{}' }),
    ).toBe('/home/sam/.config/Code/User/mcp.json');
    expect(await target('roo-code', {})).toBeUndefined();
    expect(await target('cherry-studio', {})).toBeUndefined();
  });

  test('nowhere when a script has the say', async () => {
    const folder = '/home/sam/.config/crush';
    expect(await target('crush', { [`${folder}/crush.json`]: '{}' })).toBe(`${folder}/crush.json`);
    expect(
      await target('crush', { [`${folder}/crush.json`]: '{}', [`${folder}/crushrc`]: 'echo' }),
    ).toBeUndefined();
  });

  test('Windows: to the package of Claude Desktop that is installed, config file or not', async () => {
    const base = String.raw`C:\Users\sam\AppData\Local\Packages`;
    const files = createMemoryFiles();
    const listing = {
      ...files,
      list: async (path: string) => (path === base ? ['Claude_abc', 'Other'] : files.list(path)),
      stat: async () => undefined,
      lstat: async () => undefined,
    };
    const windows: Machine = { platform: 'windows', home: String.raw`C:\Users\sam`, env: {} };
    const clients = createClients({
      files: listing,
      machine: windows,
      processes: { list: async () => [] },
      roots,
    });
    const [desktop] = await clients.survey([]);
    expect(desktop?.target?.location.path).toBe(
      String.raw`${base}\Claude_abc\LocalCache\Roaming\Claude\claude_desktop_config.json`,
    );
  });
});

test('patterns find what is there', async () => {
  const user = '/home/sam/.config/Code/User';
  const world = await createWorld({
    [`${user}/profiles/p1/mcp.json`]: '{"servers": {"a": {"command": "c"}}}',
    [`${user}/profiles/p2/settings.json`]: '{}',
    [`${user}/settings.json`]: '{"mcp": {"servers": {"b": {"command": "c"}}}}',
    '/home/sam/p/app.code-workspace': '{"settings": {"mcp": {"servers": {"d": {"command": "c"}}}}}',
  });
  const { files } = await world.survey('vscode', ['/home/sam/p']);
  expect(files.flatMap(({ entries }) => entries).map(({ name, file }) => [name, file])).toEqual([
    ['a', `${user}/profiles/p1/mcp.json`],
    ['b', `${user}/settings.json`],
    ['d', '/home/sam/p/app.code-workspace'],
  ]);
});

test('a project file that clients share is read for each, and once among the distinct', async () => {
  const shared = '/home/sam/p/.mcp.json';
  const world = await createWorld({
    [shared]: '{"mcpServers": {"a": {"command": "c"}}, "servers": {"a": {"command": "d"}}}',
  });
  const surveys = await world.clients.survey(['/home/sam/p']);
  const all = surveys.flatMap(({ files }) => files.flatMap(({ entries }) => entries));
  expect(all.map(({ client, path }) => [client, path.join('/')])).toEqual([
    ['cursor', 'mcpServers/a'],
    ['vscode', 'servers/a'],
    ['claude-code', 'mcpServers/a'],
    ['copilot-cli', 'mcpServers/a'],
    ['windsurf', 'mcpServers/a'],
  ]);
  expect(distinctEntries(surveys).map(({ client, path }) => [client, path.join('/')])).toEqual([
    ['claude-code', 'mcpServers/a'],
    ['vscode', 'servers/a'],
  ]);
});

test('a summary is plain data without values', async () => {
  const planted = ['planted', 'value', '42'].join('-');
  const world = await createWorld(
    {
      '/home/sam/.config/zed/settings.json': `{
      "context_servers": {
        "a": { "command": "/r/data/bin/portcullis", "args": ["run", "a"] },
        "b": { "command": "c", "env": { "TOKEN": "${planted}" } },
      },
    }`,
      '/home/sam/p/.zed/settings.json': '{}',
    },
    { running: ['/usr/lib/zed/zed-editor'] },
  );
  const summaries = await world.clients.summaries(['/home/sam/p']);
  expect(JSON.stringify(summaries)).not.toContain(planted);
  expect(summaries.find(({ id }) => id === 'zed')).toEqual({
    id: 'zed',
    name: 'Zed',
    detected: true,
    evidence: 'source-verified',
    access: 'read-write',
    running: true,
    reload: 'hot',
    files: [
      {
        path: '/home/sam/.config/zed/settings.json',
        role: 'primary',
        state: 'present',
        entries: 2,
        managed: 1,
        writable: true,
      },
      {
        path: '/home/sam/p/.zed/settings.json',
        role: 'project',
        state: 'present',
        entries: 0,
        managed: 0,
        writable: true,
      },
    ],
  });
});
