import { describe, expect, test } from 'vitest';
import type { Api } from '../../shared/api.ts';
import type { DriftCell, DriftResult, DriftSelection } from '../../shared/models/drift.ts';
import { secretTemplate } from '../../shared/template.ts';
import { home, launcher, openMemoryApp, protectAll } from '../../test/support/memory-app.ts';
import { hashPlain } from '../documents/plain-json.ts';

const token = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'.slice(0, 36)}`;
const other = `ghp_${'zY9xW7vU5tS3rQ1pN9mK7jH5gF3dC1bA9zX7'.slice(0, 36)}`;
const cursor = '.cursor/mcp.json';
const desktop = '.config/Claude/claude_desktop_config.json';
const code = '.config/Code/User/mcp.json';

const github = {
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-github'],
  env: { GITHUB_TOKEN: token },
};

function text(servers: Record<string, unknown>, key = 'mcpServers'): string {
  return `${JSON.stringify({ theme: 'dark', [key]: servers }, null, 2)}\n`;
}

async function openProtected(file = cursor, more: Record<string, unknown> = {}) {
  const world = await openMemoryApp({ [file]: text({ github, ...more }) });
  const { run } = await protectAll(world);
  expect(run.state).toBe('done');
  return world;
}

async function cellOf(api: Api, name: string): Promise<DriftCell> {
  const { cells } = await api.drift.look({});
  const found = cells.filter(({ entryName }) => entryName === name);
  expect(found.map(({ entryName }) => entryName)).toEqual([name]);
  const [cell] = found;
  if (cell === undefined) throw new Error('There is no such cell.');
  return cell;
}

async function apply(
  api: Api,
  selection: DriftSelection,
  options: { items?: string[]; consents?: ('secondary-evidence' | 'shared-project-file')[] } = {},
): Promise<DriftResult> {
  const plan = await api.drift.plan(selection);
  const { items, consents = [] } = options;
  let result: DriftResult | undefined;
  const choices = { basis: plan.basis, selection, consents };
  for await (const part of await api.drift.apply(
    items === undefined ? choices : { ...choices, items },
  ))
    if (part.type === 'result') result = part;
  if (result === undefined) throw new Error('It ended without a result.');
  return result;
}

function act(cell: DriftCell, action: 'repair' | 'adopt' | 'ignore' | 'remove'): DriftSelection {
  return { changes: [{ action, cell: cell.id }] };
}

describe('hostile and broken', () => {
  test.each(['cwd', 'environment', 'envs', 'env_file'])(
    'a key %s that nobody here knows is not as written, and a repair takes it out',
    async (key) => {
      const world = await openProtected();
      const now = JSON.parse(await world.read(cursor));
      const entry = now.mcpServers.github;
      const more = { [key]: { NODE_OPTIONS: '--require /evil.js' }, timeout: 5 };
      now.mcpServers.github = { ...entry, ...more };
      await world.write(cursor, JSON.stringify(now));
      const cell = await cellOf(world.api, 'github');
      expect([cell.state, cell.changed]).toEqual(['edited-by-you', [key]]);
      await apply(world.api, act(cell, 'repair'));
      expect((await cellOf(world.api, 'github')).state).toBe('in-step');
      expect(JSON.parse(await world.read(cursor)).mcpServers.github).toEqual({
        ...entry,
        timeout: 5,
      });
    },
  );

  test('a token in the place of a name is neither told nor kept', async () => {
    const world = await openMemoryApp({ [cursor]: text({ [other]: { command: 'a' } }) });
    const report = await world.api.drift.look({});
    expect(report.cells.map(({ entryName }) => entryName)).toEqual(['ghp_••••9zX7']);
    const plan = await world.api.drift.plan({
      changes: report.cells.map(({ id: cell }) => ({ action: 'ignore', cell })),
    });
    await apply(world.api, { changes: [{ action: 'ignore', cell: report.cells[0]?.id ?? '' }] });
    await world.write(cursor, text({ b: { command: 'b' } }));
    await world.api.drift.look({});
    const lines = await world.app.drift.timeline(`${home}/${cursor}`);
    expect(lines[0]?.removed).toEqual(['ghp_••••9zX7']);
    const own = Object.entries(world.files.snapshot()).filter(([path]) =>
      /\/\.(config|local\/share)\/portcullis\//.test(path),
    );
    const kept = own.map(([path, content]) => [path, Buffer.from(content ?? '').toString()]);
    expect(kept.some(([path]) => path?.includes('/timeline/'))).toBe(true);
    expect(JSON.stringify([report, plan, lines, kept])).not.toContain(other);
    const json = JSON.stringify({ [other]: { command: `env TOKEN=${token} npx` } });
    await expect(world.api.servers.addFromJson({ json })).rejects.toMatchObject({
      message: expect.not.stringContaining(other),
    });
  });

  test('a broken file is unreadable, never wiped, and nothing is written', async () => {
    const world = await openProtected();
    await world.api.drift.look({});
    await world.write(cursor, '{"mcpServers": {');
    const cell = await cellOf(world.api, 'github');
    expect(cell).toMatchObject({ state: 'unreadable', guess: false, actions: ['adopt'] });
    expect(cell.by).toBe('another program');
    const { items } = await world.api.drift.plan({ all: { action: 'repair' } });
    expect(items).toEqual([]);
    expect(await world.read(cursor)).toBe('{"mcpServers": {');
  });

  test('a file that changed after the plan is a conflict and stays', async () => {
    const world = await openProtected();
    await world.write(cursor, text({}));
    const selection: DriftSelection = { all: { action: 'repair' } };
    const plan = await world.api.drift.plan(selection);
    const changed = text({ github: { command: 'evil' } });
    await world.write(cursor, changed);
    await expect(
      (async () => {
        for await (const _ of await world.api.drift.apply({
          basis: plan.basis,
          selection,
          consents: [],
        }));
      })(),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(await world.read(cursor)).toBe(changed);
  });

  test('an entry that hands our launcher more than we wrote is never in step; repair takes it away', async () => {
    const world = await openProtected();
    const before = await world.read(cursor);
    const own = { command: launcher, args: ['run', 'github'] };
    const env = { PATH: '/repo/bin', NODE_OPTIONS: '--import=/repo/evil.mjs' };
    for (const more of [{ env }, { envFile: '.env' }]) {
      await world.write(cursor, text({ github: { ...own, ...more, disabledTools: ['a'] } }));
      const [field = ''] = Object.keys(more);
      const cell = await cellOf(world.api, 'github');
      expect(cell).toMatchObject({ state: 'edited-by-you', changed: [field], actions: ['repair'] });
      const names = field === 'env' ? 'env PATH, env NODE_OPTIONS' : 'envFile';
      expect(cell.evidence).toContain(`Given to the launcher besides: ${names}.`);
      const { receipts } = await apply(world.api, act(cell, 'repair'));
      expect(receipts.map(({ outcome }) => outcome)).toEqual(['done']);
      expect(JSON.parse(await world.read(cursor)).mcpServers).toEqual({
        github: { ...own, disabledTools: ['a'] },
      });
    }
    expect(JSON.parse(before).mcpServers).toEqual({ github: own });
  });

  test('an entry that nobody placed cannot hand our launcher anything unseen, nor become ours', async () => {
    const world = await openProtected();
    const own = { command: launcher, args: ['run', 'github'] };
    const evil = { ...own, env: { PATH: '/repo/bin' } };
    const posing = { ...own, command: './tools/bin/portcullis' };
    await world.write(desktop, text({ evil, posing }));
    const [placed, named] = [await cellOf(world.api, 'evil'), await cellOf(world.api, 'posing')];
    expect(placed).toMatchObject({ state: 'edited-by-you', server: 'github', actions: ['remove'] });
    expect(placed.evidence).toContain('Given to the launcher besides: env PATH.');
    expect(named).toMatchObject({ state: 'foreign', actions: ['ignore', 'remove'] });
    expect(named.server).toBeUndefined();
    expect(named.reason).toContain('named like Portcullis');
    const { unmanaged } = await world.api.scope.reach({});
    expect(unmanaged.map(({ entryName }) => entryName)).toEqual(['evil', 'posing']);
    const entries = await world.api.clients.entries({ client: 'claude-desktop' });
    expect(entries.map(({ shown, server }) => [shown, server])).toEqual([
      [`${launcher} run github (given besides: env PATH)`, 'github'],
      ['./tools/bin/portcullis run github', undefined],
    ]);
  });

  test('our entry turned to a program that is named like ours is neither in step nor adopted', async () => {
    const world = await openProtected();
    const posing = { command: '/repo/bin/portcullis', args: ['run', 'github'] };
    await world.write(cursor, text({ github: posing }));
    const cell = await cellOf(world.api, 'github');
    expect(cell).toMatchObject({ state: 'rewritten-by-tool', actions: ['repair'] });
    await apply(world.api, act(cell, 'repair'));
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'in-step' });
  });

  test('a secret that was put into our own entry is exposed again', async () => {
    const world = await openProtected();
    const own = { command: launcher, args: ['run', 'github'] };
    await world.write(cursor, text({ github: { ...own, env: { GITHUB_TOKEN: other } } }));
    const cell = await cellOf(world.api, 'github');
    expect(cell).toMatchObject({ state: 'exposed-again', exposed: 1, actions: ['repair'] });
  });

  test('an older launcher’s entry is ours as long as it is what we wrote', async () => {
    const world = await openProtected();
    const [file, old] = [`${home}/${cursor}`, '/old/data/bin/portcullis'];
    const raw = { command: old, args: ['run', 'github'] };
    await world.app.records.change((records) => ({
      records: {
        ...records,
        servers: records.servers.map((server) => ({
          ...server,
          placements: server.placements.map((one) => ({
            ...one,
            entry: JSON.stringify(raw),
            written: hashPlain(raw),
          })),
        })),
      },
      result: undefined,
    }));
    await world.write(cursor, text({ github: raw }));
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'in-step', file });
    expect((await world.api.scope.reach({})).unmanaged).toEqual([]);
    await world.write(cursor, text({ github: { ...raw, env: { PATH: '/repo/bin' } } }));
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'rewritten-by-tool' });
  });

  test('a cell that is not there and an action that does not fit are refused', async () => {
    const { api } = await openProtected();
    await expect(
      api.drift.plan({ changes: [{ action: 'repair', cell: 'nothing' }] }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const cell = await cellOf(api, 'github');
    await expect(api.drift.plan(act(cell, 'remove'))).rejects.toMatchObject({ code: 'bad_input' });
  });

  test('a locked keychain hides no drift; what could not be sealed is sealed later', async () => {
    const world = await openProtected();
    await world.api.drift.look({});
    world.keychain.setState('locked');
    await world.write(cursor, text({}));
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'edited-by-you' });
    const file = `${home}/${cursor}`;
    const [newest] = await world.api.files.timeline({ file });
    expect(newest).toMatchObject({ what: 'changed', removed: ['github'], restorable: false });
    world.keychain.setState('ready');
    await world.api.drift.look({});
    const copies = await world.app.edits.listBackups(file);
    const { bytes } = await world.app.edits.openBackup(copies[0]?.id ?? '');
    expect(new TextDecoder().decode(bytes)).toBe(text({}));
  });

  test('names that mean something to JavaScript are entries like others', async () => {
    const world = await openProtected(cursor, {});
    const raw = text({}).replace(
      '{}',
      '{"__proto__": {"command": "a"}, "constructor": {"command": "b"}}',
    );
    await world.write(cursor, raw);
    const { cells } = await world.api.drift.look({});
    expect(cells.map(({ entryName, state }) => [entryName, state]).toSorted()).toEqual([
      ['__proto__', 'foreign'],
      ['constructor', 'foreign'],
      ['github', 'edited-by-you'],
    ]);
  });
});

describe('states', () => {
  test('in step after protect, whatever the layout', async () => {
    const world = await openProtected();
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'in-step', actions: [] });
    const compact = JSON.stringify(JSON.parse(await world.read(cursor)));
    await world.write(cursor, compact);
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'in-step' });
  });

  test('wiped: the client dropped the block, known as an offender', async () => {
    const world = await openProtected(desktop, { time: { command: 'uvx', args: ['mcp-time'] } });
    await world.api.drift.look({});
    world.running.push({ pid: 7, command: '/opt/Claude/claude-desktop' });
    await world.write(desktop, '{\n  "theme": "dark"\n}\n');
    expect(await cellOf(world.api, 'github')).toMatchObject({
      state: 'wiped-by-client',
      guess: false,
      by: expect.any(String),
      evidence: expect.arrayContaining([
        'The whole block of servers is gone.',
        '2 entries vanished at once.',
      ]),
    });
  });

  test('nobody is named for what was there before us, and a running client only as a guess', async () => {
    const world = await openMemoryApp({ [desktop]: text({ time: { command: 'uvx' } }) });
    await world.api.drift.look({});
    world.running.push({ pid: 7, command: '/opt/Claude/claude-desktop' });
    await world.write(desktop, text({}));
    await world.api.drift.look({});
    const lines = await world.api.files.timeline({ file: `${home}/${desktop}` });
    expect(lines.map(({ by, guess }) => ({ by, guess }))).toEqual([
      { by: 'Claude Desktop', guess: true },
      { by: 'not known', guess: false },
    ]);
  });

  test('edited: only ours is gone and the client does not do such things', async () => {
    const world = await openProtected(cursor, { time: { command: 'uvx', args: ['mcp-time'] } });
    await world.api.drift.look({});
    const { mcpServers } = JSON.parse(await world.read(cursor));
    await world.write(cursor, text({ time: mcpServers.time }));
    expect(await cellOf(world.api, 'github')).toMatchObject({
      state: 'edited-by-you',
      guess: true,
    });
  });

  test('exposed again, with the fields that differ', async () => {
    const world = await openProtected();
    await world.write(cursor, text({ github }));
    const cell = await cellOf(world.api, 'github');
    expect(cell).toMatchObject({ state: 'exposed-again', guess: false, exposed: 1 });
    expect(cell.changed.toSorted()).toEqual(['args', 'command', 'env']);
    expect(JSON.stringify(await world.api.drift.look({}))).not.toContain(token);
  });

  test('foreign, by meaning the same in two dialects', async () => {
    const time = { command: 'uvx', args: ['mcp-time'] };
    const world = await openMemoryApp({
      [cursor]: text({ time }),
      [code]: text({ clock: { type: 'stdio', ...time } }, 'servers'),
    });
    const { cells } = await world.api.drift.look({});
    expect(cells.map(({ state }) => state)).toEqual(['foreign', 'foreign']);
    expect(new Set(cells.map(({ meaning }) => meaning)).size).toBe(1);
  });

  test('switched off in the client is an edit by hand', async () => {
    const windsurf = '.codeium/windsurf/mcp_config.json';
    const world = await openMemoryApp({ [windsurf]: text({ github }) });
    await protectAll(world, { consents: ['secondary-evidence'] });
    const now = JSON.parse(await world.read(windsurf));
    now.mcpServers.github.disabled = true;
    await world.write(windsurf, JSON.stringify(now));
    expect(await cellOf(world.api, 'github')).toMatchObject({
      state: 'edited-by-you',
      changed: ['enabled'],
      enabled: false,
    });
    // With a secret in a key of the client's own the record would keep it there.
    now.mcpServers.github.alwaysAllow = [other];
    await world.write(windsurf, JSON.stringify(now));
    expect(await cellOf(world.api, 'github')).toMatchObject({
      state: 'exposed-again',
      actions: ['repair'],
    });
  });

  test('an old entry of ours that comes back after it was switched off', async () => {
    const world = await openProtected();
    await world.api.drift.look({});
    const before = await world.read(cursor);
    await apply(world.api, {
      changes: [{ action: 'displace', server: 'github', client: 'cursor' }],
    });
    expect(await world.read(cursor)).not.toContain('github');
    await world.api.drift.look({});
    await world.write(cursor, before);
    expect(await cellOf(world.api, 'github')).toMatchObject({
      state: 'rewritten-by-tool',
      guess: true,
      actions: ['adopt', 'remove'],
    });
  });
});

describe('repair and adopt', () => {
  test('repair puts a wiped entry back and leaves the rest', async () => {
    const world = await openProtected(cursor, { time: { command: 'uvx', args: ['mcp-time'] } });
    const good = await world.read(cursor);
    await world.write(cursor, '{\n  "theme": "light"\n}\n');
    const result = await apply(world.api, { all: { action: 'repair' } });
    expect(result.receipts).toMatchObject([{ outcome: 'done', server: 'github' }]);
    expect(result.counts).toMatchObject({ inStep: 1, drifted: 0 });
    const now = JSON.parse(await world.read(cursor));
    expect(now.theme).toBe('light');
    expect(now.mcpServers.github).toEqual(JSON.parse(good).mcpServers.github);
  });

  test('the way back also for entries that were never ours', async () => {
    const world = await openProtected(cursor, { time: { command: 'uvx', args: ['mcp-time'] } });
    await world.api.drift.look({});
    const good = await world.read(cursor);
    await world.write(cursor, '{}\n');
    await world.api.drift.look({});
    const file = `${home}/${cursor}`;
    const [wipe, before] = await world.api.files.timeline({ file });
    expect(wipe?.removed.toSorted()).toEqual(['github', 'time']);
    expect(wipe).toMatchObject({ by: 'another program', guess: false });
    await world.api.files.restore({ file, id: before?.backup ?? '' });
    expect(await world.read(cursor)).toBe(good);
  });

  test('without a word which copy, the file goes back to before the last change, and the history says whose that was', async () => {
    const world = await openProtected();
    await world.api.drift.look({});
    const good = await world.read(cursor);
    await world.write(cursor, '{}\n');
    await world.api.drift.look({});
    const file = `${home}/${cursor}`;
    const [newest] = await world.api.files.history({ file });
    expect(newest).toMatchObject({
      by: 'another program',
      what: 'sealed copy: removed github',
    });
    await world.api.files.restore({ file });
    expect(await world.read(cursor)).toBe(good);
  });

  test('a hand edit is adopted with comments kept, and its secret goes to the keychain', async () => {
    const world = await openMemoryApp({ [code]: text({ github }, 'servers') });
    await protectAll(world);
    const edited = `// mine
{
  "servers": {
    // the new one
    "github": { "command": "docker", "args": ["run", "ghcr.io/github/mcp"], /* pinned */ "env": { "GITHUB_TOKEN": "${other}" } },
  },
}
`;
    await world.write(code, edited);
    const cell = await cellOf(world.api, 'github');
    expect(cell.state).toBe('exposed-again');
    const { items } = await world.api.drift.plan(act(cell, 'repair'));
    expect(items).toMatchObject([{ ticked: false, possible: true }]);
    const result = await apply(world.api, act(cell, 'adopt'));
    expect(result.receipts[0]?.outcome).toBe('done');
    const now = await world.read(code);
    expect(now).toContain('// mine');
    expect(now).toContain('// the new one');
    expect(now).not.toContain(other);
    const { record } = await world.api.servers.get({ id: 'github' });
    expect(record.launch).toMatchObject({ command: 'docker' });
    expect((await world.app.secrets.read('github'))?.get('GITHUB_TOKEN')?.reveal()).toBe(other);
    expect(await cellOf(world.api, 'github')).toMatchObject({ state: 'in-step' });
  });

  test('a hand edit of the same program keeps the secret that it never showed, the scope and the policy', async () => {
    const world = await openProtected();
    const scope = {
      level: 'confined' as const,
      runtime: 'node' as const,
      environment: [],
      folders: [],
      hosts: 'any' as const,
    };
    const { basis } = await world.api.scope.plan({ id: 'github', scope });
    await world.api.scope.apply({ id: 'github', scope, basis });
    await world.api.drift.setPolicy({ server: 'github', policy: 'repair' });
    await world.write(
      cursor,
      text({ github: { ...github, args: [...github.args, '--verbose'], env: {} } }),
    );
    await apply(world.api, act(await cellOf(world.api, 'github'), 'adopt'));
    const { record, missing } = await world.api.servers.get({ id: 'github' });
    expect(record.launch).toMatchObject({
      args: [...github.args, '--verbose'],
      env: { GITHUB_TOKEN: secretTemplate('GITHUB_TOKEN') },
    });
    expect(record).toMatchObject({ scope, driftPolicy: 'repair' });
    expect(missing).toEqual([]);
    expect((await world.app.secrets.read('github'))?.get('GITHUB_TOKEN')?.reveal()).toBe(token);
  });

  test.each([
    { command: '/tmp/other' },
    { args: ['--import=/tmp/other.mjs', ...github.args] },
    { args: ['-y', 'another-package'] },
    { env: { PATH: '/tmp/other:/usr/bin' } },
    { env: { NODE_OPTIONS: '--import=/tmp/other.mjs' } },
  ])(
    'another program gets no secret that its entry does not name, and is not adopted unasked: %j',
    async (change) => {
      const world = await openProtected();
      await world.api.drift.setPolicy({ server: 'github', policy: 'adopt' });
      const swapped = text({ github: { ...github, env: {}, ...change } });
      await world.write(cursor, swapped);
      await world.app.drift.noticed();
      expect(await world.read(cursor)).toBe(swapped);
      const selection = act(await cellOf(world.api, 'github'), 'adopt');
      const { items } = await world.api.drift.plan(selection);
      expect(items[0]?.note).toContain('no longer gets GITHUB_TOKEN');
      await apply(world.api, selection);
      const { record } = await world.api.servers.get({ id: 'github' });
      expect(record.launch).toMatchObject(change);
      expect(JSON.stringify(record.launch)).not.toContain('GITHUB_TOKEN');
    },
  );

  test('foreign: adopted with its secret, adopted without one, ignored, removed', async () => {
    const world = await openMemoryApp({
      [cursor]: text({
        github,
        time: { command: 'uvx', args: ['mcp-time'] },
        quiet: { command: 'a' },
        gone: { command: 'b' },
      }),
    });
    const cells = await Promise.all(['github', 'time'].map((name) => cellOf(world.api, name)));
    await apply(world.api, { changes: cells.map(({ id }) => ({ action: 'adopt', cell: id })) });
    const quiet = await cellOf(world.api, 'quiet');
    const gone = await cellOf(world.api, 'gone');
    const { receipts } = await apply(world.api, {
      changes: [
        { action: 'ignore', cell: quiet.id },
        { action: 'remove', cell: gone.id },
      ],
    });
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    const { mcpServers } = JSON.parse(await world.read(cursor));
    expect(mcpServers).toEqual({
      github: { command: launcher, args: ['run', 'github'] },
      time: { command: launcher, args: ['run', 'time'] },
      quiet: { command: 'a' },
    });
    const report = await world.api.drift.look({});
    expect(report.counts).toEqual({ inStep: 2, drifted: 0, exposedAgain: 0, foreign: 0 });
    expect(report.cells.find(({ entryName }) => entryName === 'quiet')).toMatchObject({
      state: 'foreign',
      ignored: true,
    });
    await expect(
      world.api.drift.unignore({ file: `${home}/elsewhere.json`, entryName: 'quiet' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await world.api.drift.unignore({ file: quiet.file, entryName: 'quiet' });
    expect((await world.api.drift.look({})).counts.foreign).toBe(1);
  });

  test('adopting what is gone makes the record forget the place', async () => {
    const world = await openProtected();
    await world.write(cursor, text({}));
    await apply(world.api, { all: { action: 'adopt' } });
    const { record } = await world.api.servers.get({ id: 'github' });
    expect(record.placements).toEqual([]);
    expect((await world.api.drift.look({})).cells).toEqual([]);
  });

  test('undo of the last write, exact and by entry', async () => {
    const world = await openProtected();
    await world.write(cursor, text({}));
    await apply(world.api, { all: { action: 'repair' } });
    const file = `${home}/${cursor}`;
    const exact = await world.api.files.planUndo({ file });
    expect(exact).toMatchObject({ way: 'exact', file });
    await world.api.files.undo({ file, write: exact.write, basis: exact.basis });
    expect(await world.read(cursor)).toBe(text({}));
    await apply(world.api, { all: { action: 'repair' } });
    const now = JSON.parse(await world.read(cursor));
    await world.write(cursor, JSON.stringify({ ...now, theme: 'light' }));
    const merge = await world.api.files.planUndo({ file });
    expect(merge.way).toBe('merge');
    await world.api.files.undo({ file, write: merge.write, basis: merge.basis });
    expect(JSON.parse(await world.read(cursor))).toEqual({ theme: 'light', mcpServers: {} });
  });
});

describe('placing', () => {
  test('on in another client in its own dialect, then off again byte for byte', async () => {
    const lived = '{\n  // my servers\n  "servers": {}\n}\n';
    const world = await openMemoryApp({ [cursor]: text({ github }), [code]: lived });
    await protectAll(world);
    const input = { server: 'github', clients: ['vscode'], placed: true };
    const plan = await world.api.servers.planPlacement(input);
    expect(plan.files).toHaveLength(1);
    for await (const _ of await world.api.servers.setPlacement({
      ...input,
      basis: plan.basis,
      consents: [],
    }));
    const on = await world.read(code);
    expect(on).toContain('// my servers');
    expect(on).toContain(launcher);
    const { record } = await world.api.servers.get({ id: 'github' });
    expect(record.placements.map(({ client }) => client).toSorted()).toEqual(['cursor', 'vscode']);
    const off = { ...input, placed: false };
    const back = await world.api.servers.planPlacement(off);
    for await (const _ of await world.api.servers.setPlacement({
      ...off,
      basis: back.basis,
      consents: [],
    }));
    expect(await world.read(code)).toBe(lived);
  });

  describe('off and on again', () => {
    const off = { action: 'displace', server: 'work-github', client: 'cursor' } as const;
    const on = { ...off, action: 'place' } as const;

    async function openOff() {
      const world = await openMemoryApp({ [cursor]: text({ 'Work GitHub': github }) });
      await protectAll(world);
      await apply(world.api, { changes: [off] });
      expect(JSON.parse(await world.read(cursor)).mcpServers).toEqual({});
      return world;
    }

    test('the entry has the name that it had there', async () => {
      const world = await openOff();
      await apply(world.api, { changes: [on] });
      expect(JSON.parse(await world.read(cursor)).mcpServers).toEqual({
        'Work GitHub': { command: launcher, args: ['run', 'work-github'] },
      });
      const { record } = await world.api.servers.get({ id: 'work-github' });
      expect(record.former).toBeUndefined();
    });

    test('a name that somebody else took since is left to them', async () => {
      const world = await openOff();
      await world.write(cursor, text({ 'Work GitHub': { command: 'theirs' } }));
      await apply(world.api, { changes: [on] });
      expect(JSON.parse(await world.read(cursor)).mcpServers).toEqual({
        'Work GitHub': { command: 'theirs' },
        'work-github': { command: launcher, args: ['run', 'work-github'] },
      });
    });

    test('the history of the file says removed, and added', async () => {
      const world = await openOff();
      await apply(world.api, { changes: [on] });
      const lines = await world.api.files.history({ file: `${home}/${cursor}` });
      const deeds = lines.map(({ what }) => what).filter((what) => !what.startsWith('sealed'));
      expect(deeds).toEqual([
        'added: Work GitHub',
        'removed: Work GitHub',
        'protected: Work GitHub',
      ]);
    });
  });

  test('one change counts as one', async () => {
    const world = await openProtected();
    const selection = {
      changes: [{ action: 'displace' as const, server: 'github', client: 'cursor' }],
    };
    const { basis } = await world.api.drift.plan(selection);
    const steps = [];
    for await (const part of await world.api.drift.apply({ basis, selection, consents: [] }))
      if (part.type === 'progress') steps.push([part.step, part.done, part.total]);
    expect(steps).toEqual([
      ['backup', 0, 1],
      ['write', 1, 1],
    ]);
  });

  test('a name that is taken by somebody else is refused, the rest goes on', async () => {
    const world = await openMemoryApp({
      [cursor]: text({ github }),
      [code]: text({ github: { command: 'theirs' } }, 'servers'),
    });
    await protectAll(world);
    const changes = [{ action: 'place' as const, server: 'github', client: 'vscode' }];
    const { items } = await world.api.drift.plan({ changes });
    expect(items).toMatchObject([{ possible: false, ticked: false }]);
    expect(await world.read(code)).toContain('theirs');
  });
});

describe('policies', () => {
  test('repair does it without asking, and stops after two redos', async () => {
    const world = await openProtected(desktop);
    await world.api.drift.setPolicy({ client: 'claude-desktop', policy: 'repair' });
    world.running.push({ pid: 7, command: '/opt/Claude/claude-desktop' });
    const events = listen(world.app.events);
    for (let round = 0; round < 4; round += 1) {
      await world.write(desktop, '{"theme": "dark"}');
      await world.app.drift.noticed();
    }
    expect(JSON.parse(await world.read(desktop))).toEqual({ theme: 'dark' });
    const report = await world.api.drift.look({});
    expect(report.paused).toMatchObject([{ client: 'claude-desktop', by: 'Claude Desktop' }]);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'drift-settled')).toHaveLength(2);
    expect(types.filter((type) => type === 'drift-paused')).toHaveLength(1);
    world.running.length = 0;
    await world.app.drift.noticed();
    expect((await cellOf(world.api, 'github')).state).toBe('in-step');
  });

  test('repair stops too where a program overwrites each of its writes at once', async () => {
    const world = await openProtected(desktop);
    await world.api.drift.setPolicy({ client: 'claude-desktop', policy: 'repair' });
    const events = listen(world.app.events);
    const theirs = '{"theme": "dark"}';
    await world.write(desktop, theirs);
    const { rename } = world.files;
    world.files.rename = async (from, to) => {
      await rename(from, to);
      if (to.endsWith(desktop)) await world.write(desktop, theirs);
    };
    await world.app.drift.noticed();
    const { paused } = await world.api.drift.look({});
    expect(paused).toMatchObject([{ client: 'claude-desktop', by: 'another program' }]);
    expect(events.filter(({ type }) => type === 'drift-paused')).toHaveLength(1);
    expect(await world.read(desktop)).toBe(theirs);
  });

  test('ask tells of an exposed secret once and changes nothing', async () => {
    const world = await openProtected();
    await world.app.drift.noticed();
    const events = listen(world.app.events);
    await world.write(cursor, text({ github }));
    await world.app.drift.noticed();
    await world.app.drift.noticed();
    expect(events).toMatchObject([
      { type: 'exposed-again', entryName: 'github', server: 'github', client: 'cursor' },
      { type: 'drift-changed', counts: { exposedAgain: 1 } },
    ]);
    expect(await world.read(cursor)).toContain(token);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  test('whoever has left for good gets nothing of ours back', async () => {
    const world = await openProtected();
    await world.files.removeFolder(world.app.ports.roots.data);
    await world.write(cursor, text({}));
    await world.app.drift.noticed();
    expect(await world.files.stat(world.app.ports.roots.data)).toBeUndefined();
  });

  test('the policy of a server goes before that of its client; adopt never loses a server', async () => {
    const world = await openProtected();
    await world.api.drift.setPolicy({ client: 'cursor', policy: 'repair' });
    await world.api.drift.setPolicy({ server: 'github', policy: 'adopt' });
    await world.write(cursor, text({}));
    await world.app.drift.noticed();
    expect(await world.read(cursor)).toBe(text({}));
    expect((await world.api.servers.get({ id: 'github' })).record.placements).toHaveLength(1);
    await world.api.drift.setPolicy({ server: 'github', policy: null });
    await world.app.drift.noticed();
    expect((await cellOf(world.api, 'github')).state).toBe('in-step');
  });
});

function listen(events: {
  subscribe(signal: AbortSignal | undefined): AsyncGenerator<{ type: string }>;
}) {
  const seen: { type: string }[] = [];
  void (async () => {
    for await (const event of events.subscribe(undefined))
      if (event.type.startsWith('drift') || event.type === 'exposed-again') seen.push(event);
  })();
  return seen;
}

describe('undo of one write', () => {
  async function undo(world: Awaited<ReturnType<typeof openProtected>>, file: string) {
    const path = `${home}/${file}`;
    const { write, basis, way } = await world.api.files.planUndo({ file: path });
    await world.api.files.undo({ file: path, write, basis });
    return way;
  }

  const place = { action: 'place', server: 'github', client: 'vscode' } as const;

  async function placed(world: Awaited<ReturnType<typeof openProtected>>) {
    const { receipts } = await apply(world.api, { changes: [place] });
    const [{ file, write } = { file: '', write: undefined }] = receipts;
    expect(write).toBeDefined();
    return { file, write: write ?? '' };
  }

  test('a receipt takes its own write back, not a newer one of the same file', async () => {
    const world = await openMemoryApp({
      [cursor]: text({ github, time: { command: 'uvx', args: ['time'], env: { T_TOKEN: other } } }),
      [code]: text({}, 'servers'),
    });
    await protectAll(world);
    const mine = await placed(world);
    await apply(world.api, { changes: [{ ...place, server: 'time' }] });
    const { way, note, basis } = await world.api.files.planUndo(mine);
    expect([way, note]).toEqual([
      'merge',
      'Portcullis has written to this file again since: only what this one write changed goes back.',
    ]);
    await world.api.files.undo({ ...mine, basis });
    expect(Object.keys(JSON.parse(await world.read(code)).servers)).toEqual(['time']);
  });

  test('a receipt says plainly that its entry was written again since, and changes nothing', async () => {
    const world = await openMemoryApp({ [cursor]: text({ github }), [code]: text({}, 'servers') });
    await protectAll(world);
    const mine = await placed(world);
    await apply(world.api, { changes: [{ ...place, action: 'displace' }] });
    const { way, note, basis } = await world.api.files.planUndo(mine);
    expect([way, note]).toEqual([
      'refused',
      'Portcullis wrote the same entry again since; take that newer write back first.',
    ]);
    await expect(world.api.files.undo({ ...mine, basis })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(JSON.parse(await world.read(code)).servers).toEqual({});
  });

  describe('in a file that keeps its servers in a list, changed since', () => {
    const file = '.continue/config.yaml';
    const theirs = (name: string) =>
      `  - name: ${name}\n    command: uvx\n    args:\n      - ${name}\n`;
    const inList = { ...place, client: 'continue' };
    const names = async (world: Awaited<ReturnType<typeof openProtected>>) =>
      [...(await world.read(file)).matchAll(/- name: (.*)/g)].map(([, name]) => name);

    async function openList() {
      const before = `name: mine\nmcpServers:\n${theirs('one')}`;
      const world = await openMemoryApp({ [cursor]: text({ github }), [file]: before });
      await protectAll(world);
      await apply(world.api, { changes: [inList] });
      expect(await names(world)).toEqual(['one', 'github']);
      return world;
    }
    const insertFirst = async (world: Awaited<ReturnType<typeof openProtected>>) =>
      world.write(
        file,
        (await world.read(file)).replace('mcpServers:\n', `mcpServers:\n${theirs('zero')}`),
      );

    test('what was added goes, wherever it stands now', async () => {
      const world = await openList();
      await insertFirst(world);
      expect(await undo(world, file)).toBe('merge');
      expect(await names(world)).toEqual(['zero', 'one']);
    });

    test('what was taken out comes back', async () => {
      const world = await openList();
      await apply(world.api, { changes: [{ ...inList, action: 'displace' }] });
      await insertFirst(world);
      expect(await undo(world, file)).toBe('merge');
      expect((await names(world)).toSorted()).toEqual(['github', 'one', 'zero']);
    });
  });

  test('forgets nothing that the write had nothing to do with', async () => {
    const world = await openProtected(cursor, { time: { command: 'uvx', args: ['time'] } });
    const { time } = JSON.parse(await world.read(cursor)).mcpServers;
    await world.write(cursor, text({ time }));
    await apply(world.api, act(await cellOf(world.api, 'time'), 'remove'));
    expect(await undo(world, cursor)).toBe('exact');
    expect(await world.read(cursor)).toBe(text({ time }));
    expect(await cellOf(world.api, 'github')).toMatchObject({
      server: 'github',
      state: 'edited-by-you',
    });
  });

  test('of a file that we made takes our entry out again, and what others wrote there stays', async () => {
    const world = await openProtected();
    const change = { action: 'place', server: 'github', client: 'vscode' } as const;
    await apply(world.api, { changes: [change] });
    const mine = (await world.read(code)).replace(
      '"servers": {',
      '"servers": {\n    "mine": { "command": "x" },',
    );
    await world.write(code, mine);
    expect(await undo(world, code)).toBe('merge');
    expect(JSON.parse(await world.read(code))).toEqual({ servers: { mine: { command: 'x' } } });
    const { cells } = await world.api.drift.look({});
    expect(cells.filter(({ client }) => client === 'vscode').map(({ state }) => state)).toEqual([
      'foreign',
    ]);
  });
});
