import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CredentialScope } from '../../shared/models/scope.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { home, openMemoryApp, roots } from '../../test/support/memory-app.ts';
import { renderBlockedLine } from '../launch/blocked-line.ts';

const launch = { transport: 'stdio', command: 'npx', args: ['-y', 'server'], env: {} } as const;

async function open() {
  const world = await openMemoryApp({});
  await world.api.servers.add({ name: 'one', launch });
  return world;
}

const confined: CredentialScope = {
  level: 'confined',
  runtime: 'node',
  environment: [],
  folders: [],
  hosts: 'any',
};

test('scopes that no level keeps, or that open what never is, are refused', async () => {
  const { api } = await open();
  const wrong: readonly Partial<CredentialScope>[] = [
    { hosts: ['a.example'] },
    { level: 'listed-hosts', hosts: 'any' },
    { level: 'masked', hosts: 'none' },
    { runtime: 'docker' },
    { environment: ['LD_PRELOAD'] },
    { environment: ['DBUS_SESSION_BUS_ADDRESS'] },
    { secretHosts: { UNKNOWN: ['a.example'] } },
    { folders: [{ path: '/', access: 'read' }] },
    { folders: [{ path: '/proc/self', access: 'read' }] },
    ...[home, '/', '/usr/lib', `${home}/.ssh`, `${home}/.ssh/x`, '/home', roots.data].map(
      (path) => ({ packages: [path] }),
    ),
  ];
  for (const part of wrong) {
    await expect(
      api.scope.plan({ id: 'one', scope: { ...confined, ...part } }),
      JSON.stringify(part),
    ).rejects.toMatchObject({ code: 'bad_input' });
  }
});

test('a plan that no longer fits is a conflict and changes nothing', async () => {
  const { api } = await open();
  const { basis } = await api.scope.plan({ id: 'one', scope: confined });
  const other = { ...confined, hosts: 'none' } as const;
  await expect(api.scope.apply({ id: 'one', scope: other, basis })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await api.scope.get({ id: 'one' })).not.toHaveProperty('scope');
  expect(await api.scope.apply({ id: 'one', scope: confined, basis })).toMatchObject({
    scope: confined,
    level: 'confined',
  });
  await expect(api.scope.apply({ id: 'one', scope: confined, basis })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('of several changes each has its receipt; what fails leaves the others', async () => {
  const { api } = await open();
  await api.servers.add({ name: 'two', launch });
  const plan = (id: string) => api.scope.plan({ id, scope: confined });
  const bases = { one: (await plan('one')).basis, two: (await plan('two')).basis };
  // Changed by somebody else since.
  const other = { ...confined, hosts: 'none' } as const;
  const { basis } = await api.scope.plan({ id: 'one', scope: other });
  await api.scope.apply({ id: 'one', scope: other, basis });
  const receipts = await api.scope.applyAll({
    changes: [
      { id: 'one', scope: confined, basis: bases.one },
      { id: 'gone', scope: confined, basis: 'x' },
      { id: 'two', scope: confined, basis: bases.two },
    ],
  });
  expect(
    receipts.map(({ server, outcome, code, level }) => [server, outcome, code, level]),
  ).toEqual([
    ['one', 'failed', 'conflict', undefined],
    ['gone', 'failed', 'not_found', undefined],
    ['two', 'done', undefined, 'confined'],
  ]);
  expect((await api.scope.get({ id: 'one' })).scope).toEqual(other);
  expect((await api.scope.reach({})).upgradable).toEqual([]);
});

test('what was applied is taken back by its receipt, unless somebody changed it since', async () => {
  const { api } = await open();
  await api.servers.add({ name: 'two', launch });
  const higher = { ...confined, level: 'listed-hosts', hosts: ['a.example'] } as const;
  const apply = async (id: string, scope: CredentialScope) => {
    const { basis } = await api.scope.plan({ id, scope });
    const [receipt] = await api.scope.applyAll({ changes: [{ id, scope, basis }] });
    return receipt?.undo ?? expect.fail('There is no way back.');
  };
  const none = await apply('one', confined);
  const again = await apply('one', higher);
  const other = await apply('two', confined);
  // The first way back no longer fits: it would take back more than it was for.
  const early = await api.scope.applyAll({ changes: [none, other] });
  expect(early.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['failed', 'conflict'],
    ['done', undefined],
  ]);
  expect(await api.scope.get({ id: 'two' })).not.toHaveProperty('scope');
  await api.scope.applyAll({ changes: [again] });
  expect((await api.scope.get({ id: 'one' })).scope).toEqual(confined);
  await api.scope.applyAll({ changes: [none] });
  expect(await api.scope.get({ id: 'one' })).not.toHaveProperty('scope');
  expect((await api.scope.reach({})).upgradable).toEqual(['one', 'two']);
});

test('only what has no scope, runs here, is on and in no container can be upgraded', async () => {
  const { api } = await open();
  const remote = {
    transport: 'streamable-http',
    url: 'https://a.example/mcp',
    headers: {},
  } as const;
  await api.servers.add({ name: 'remote', launch: remote });
  await api.servers.add({ name: 'boxed', launch: { ...launch, command: 'docker' } });
  await api.servers.add({ name: 'off', launch });
  await api.servers.setEnabled({ id: 'off', enabled: false });
  expect((await api.scope.reach({})).upgradable).toEqual(['one']);
  expect(await api.scope.get({ id: 'remote' })).toMatchObject({
    remote: true,
    sentence: 'Is sent no secrets, and runs elsewhere.',
    claim: 'It runs elsewhere and reads nothing on this computer.',
  });
});

test('at masked the sentence says for which hosts a secret is', async () => {
  const { api } = await open();
  const env = { A: secretTemplate('A'), B: secretTemplate('B') };
  await api.servers.add({ name: 'two', launch: { ...launch, env } });
  const scope = {
    ...confined,
    level: 'masked',
    hosts: ['a.example', 'b.example'],
    secretHosts: { A: ['a.example'] },
  } as const;
  const { after } = await api.scope.plan({ id: 'two', scope });
  expect(after.sentence).toBe(
    'Uses A (at a.example only) and B unseen, sees none of your files and may talk to a.example and b.example.',
  );
});

test('hosts that the catalogue names for a package are ideas, and are never allowed by themselves', async () => {
  const { api } = await open();
  const args = ['-y', '@supabase/mcp-server-supabase@latest'];
  await api.servers.add({ name: 'two', launch: { ...launch, args } });
  const view = await api.scope.get({ id: 'two' });
  expect(view.ideas).toEqual([{ host: 'mcp.supabase.com' }]);
  expect(view.suggested.hosts).toBe('any');
  const listed = { ...confined, level: 'listed-hosts', hosts: [] } as const;
  const { after } = await api.scope.plan({ id: 'two', scope: listed });
  expect(after.scope?.hosts).toEqual([]);
  expect((await api.scope.get({ id: 'one' })).ideas).toEqual([]);
});

test('variables of the catalogue are ideas, less what it gets; none is set by itself', async () => {
  const { api } = await open();
  const args = ['-y', 'hackmd-mcp@1.5'];
  await api.servers.add({ name: 'two', launch: { ...launch, args } });
  const { catalogue, suggested } = await api.scope.get({ id: 'two' });
  expect(catalogue.variables.map(({ about, ...row }) => [about !== undefined, row])).toEqual([
    [true, { name: 'HACKMD_API_TOKEN', secret: true, required: true, path: false }],
    [
      true,
      {
        name: 'HACKMD_API_URL',
        usual: 'https://api.hackmd.io/v1',
        ...{ secret: false, required: false, path: false },
      },
    ],
  ]);
  expect(suggested.environment).toEqual([]);

  const value = randomUUID();
  await api.secrets.set({ server: 'two', name: 'HACKMD_API_TOKEN', value, asVariable: true });
  const left = async (environment: readonly string[]) =>
    (
      await api.scope.plan({ id: 'two', scope: { ...confined, environment: [...environment] } })
    ).after.catalogue.variables.map(({ name }) => name);
  expect(await left([])).toEqual(['HACKMD_API_URL']);
  expect(await left(['HACKMD_API_URL'])).toEqual([]);
  expect((await api.scope.get({ id: 'one' })).catalogue).toEqual({ variables: [], arguments: [] });
});

test('a path that the catalogue expects among the arguments is told until one is there', async () => {
  const { api } = await open();
  const args = ['-y', '@modelcontextprotocol/server-filesystem'];
  const add = async (name: string, more: readonly string[]) => {
    await api.servers.add({ name, launch: { ...launch, args: [...args, ...more] } });
    return (await api.scope.get({ id: name })).catalogue.arguments;
  };
  expect(await add('without', [])).toEqual([
    { name: 'allowed_directory', about: 'A directory the server may access', required: true },
  ]);
  expect(await add('with', [`${home}/work`])).toEqual([]);
});

test('the sentences: what is allowed, what is claimed, and a warning for a wide folder', async () => {
  const { api } = await open();
  const view = await api.scope.get({ id: 'one' });
  expect([view.level, view.sentence, view.suggested.level]).toEqual([
    'scoped-environment',
    'Gets no secrets; its files and network are not limited.',
    'confined',
  ]);
  const folders = [
    { path: home, access: 'read' },
    { path: '/srv/data', access: 'write' },
  ] as const;
  const { after } = await api.scope.plan({ id: 'one', scope: { ...confined, folders } });
  expect(after).toMatchObject({
    sentence: `Gets no secrets, reads ${home}, writes /srv/data and may talk to any host.`,
    claim:
      'It cannot read other servers’ secrets from files, processes or the keychain. The network is open to it, services on this computer included.',
    warnings: [`${home} is your whole home; only known places in it stay hidden.`],
  });
});

test('a place where what is written is started later is warned of, and reading it is not', async () => {
  const { api } = await open();
  const warnings = async (path: string, access: 'read' | 'write') => {
    const scope = { ...confined, folders: [{ path, access }] };
    return (await api.scope.plan({ id: 'one', scope })).after.warnings;
  };
  const places = [`${home}/.bashrc`, `${home}/.vim`, `${home}/bin`, '/srv/bin'];
  for (const path of places) {
    expect(await warnings(path, 'write')).toEqual([
      `What is written to ${path} may be started outside of the sandbox: at your next login, or by another program.`,
    ]);
    expect(await warnings(path, 'read')).toEqual([]);
  }
  expect(await warnings(`${home}/work`, 'write')).toEqual([]);
});

test('what a client opens for it is not passed over in silence', async () => {
  const { api } = await open();
  const args = [clientTemplate('WS')];
  await api.servers.add({ name: 'opens', launch: { ...launch, args } });
  expect((await api.scope.plan({ id: 'opens', scope: confined })).after.sentence).toBe(
    'Gets no secrets, writes the folder open in its client and may talk to any host.',
  );
});

test('the folder of its program is not passed over in silence', async () => {
  const { api } = await open();
  const script = `${home}/proj/src/server.mjs`;
  await api.servers.add({ name: 'own', launch: { ...launch, command: 'node', args: [script] } });
  const read = async (folders: CredentialScope['folders']) =>
    (await api.scope.plan({ id: 'own', scope: { ...confined, folders } })).after.sentence;
  expect(await read([])).toBe(`Gets no secrets, reads ${home}/proj/src and may talk to any host.`);
  expect(await read([{ path: `${home}/proj`, access: 'write' }])).toBe(
    `Gets no secrets, writes ${home}/proj and may talk to any host.`,
  );
});

test('packages of its program elsewhere are named, and are no folders that it was granted', async () => {
  const { api } = await open();
  const packages = [`${home}/mono/packages/core`, `${home}/mono/node_modules`];
  const { after } = await api.scope.plan({ id: 'one', scope: { ...confined, packages } });
  expect(after.sentence).toBe(
    `Gets no secrets, reads ${home}/mono/packages/core and may talk to any host.`,
  );
});

test('blocked hosts are counted by start, newest first, of this server only', async () => {
  const { api, write } = await open();
  const at = (hour: number) => `2026-11-23T0${hour}:00:00.000Z`;
  const lines = [
    { server: 'one', host: 'A.example.', port: 443, at: at(1) },
    { server: 'two', host: 'c.example', port: 443, at: at(2) },
    { server: 'one', host: 'a.example', port: 443, at: at(3) },
    { server: 'one', host: 'b.example', port: 80, at: at(2) },
    { server: 'one', host: 'not a host\n{"server":"one"}', at: at(4) },
  ].map((line) => renderBlockedLine(line) ?? '');
  await write(`${roots.data}/activity/blocked.jsonl`, `${lines.join('')}torn {`);
  const none = { ...confined, level: 'listed-hosts' as const, hosts: 'none' as const };
  const { basis } = await api.scope.plan({ id: 'one', scope: none });
  await api.scope.apply({ id: 'one', scope: none, basis });
  expect(await api.scope.blocked({ id: 'one' })).toEqual([
    { host: 'a.example', port: 443, starts: 2, last: at(3) },
    { host: 'b.example', port: 80, starts: 1, last: at(2) },
  ]);
  const hosts = ['*.example', 'b.example:443'];
  const [wide, narrow] = [hosts.slice(0, 1), hosts.slice(1)].map((list) => ({
    ...confined,
    level: 'listed-hosts' as const,
    hosts: list,
  }));
  const left = async (scope = confined) => {
    const { basis } = await api.scope.plan({ id: 'one', scope });
    await api.scope.apply({ id: 'one', scope, basis });
    return (await api.scope.blocked({ id: 'one' })).map(({ host }) => host);
  };
  expect(await left(narrow)).toEqual(['a.example', 'b.example']);
  expect(await left(wide)).toEqual([]);
});

test('the view over all names entries that start without us', async () => {
  const world = await openMemoryApp({
    '.cursor/mcp.json': '{"mcpServers":{"loose":{"command":"x"}}}',
  });
  await world.api.servers.add({ name: 'one', launch });
  const reach = await world.api.scope.reach({});
  expect(reach.unmanaged).toEqual([{ client: 'cursor', entryName: 'loose' }]);
  expect(reach.sentence).toBe(
    'No server of Portcullis is running. 1 more in your clients start without Portcullis; while they run, they can read what you can read.',
  );
});
