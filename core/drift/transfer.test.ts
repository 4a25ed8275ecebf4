import { describe, expect, test } from 'vitest';
import type { DriftResult } from '../../shared/models/drift.ts';
import { home, openMemoryApp, protectAll } from '../../test/support/memory-app.ts';

const token = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;
const cursor = '.cursor/mcp.json';
const amp = '.config/amp/settings.json';
/** Sealing by a passphrase is slow by design. */
const slow = 120_000;
const passphrase = 'correct horse battery staple';

async function openSource() {
  const world = await openMemoryApp({
    [cursor]: JSON.stringify({
      mcpServers: {
        github: { command: 'npx', args: ['-y', 'server'], env: { GITHUB_TOKEN: token } },
      },
    }),
  });
  await protectAll(world);
  return world;
}

type World = Awaited<ReturnType<typeof openMemoryApp>>;

async function take(
  { api }: World,
  source: { text: string; passphrase?: string },
  more: { secrets?: Record<string, Record<string, string>> } = {},
): Promise<DriftResult> {
  const { basis } = await api.records.importPlan(source);
  let result: DriftResult | undefined;
  for await (const part of await api.records.import({ ...source, basis, consents: [], ...more }))
    if (part.type === 'result') result = part;
  if (result === undefined) throw new Error('It ended without a result.');
  return result;
}

describe('hostile', () => {
  test.each([
    ['nothing', ''],
    ['not JSON', '{'],
    ['another file', '{"mcpServers": {}}'],
    ['a later format', '{"portcullis": "records", "version": 2, "servers": []}'],
    [
      'an id that is a path',
      '{"portcullis":"records","version":1,"servers":[{"id":"../x","name":"x","enabled":true,"launch":{"transport":"stdio","command":"x","args":[],"env":{}},"secrets":[],"clients":[]}]}',
    ],
  ])('%s is refused and changes nothing', async (_name, text) => {
    const world = await openMemoryApp({});
    await expect(world.api.records.importPlan({ text })).rejects.toMatchObject({
      code: 'bad_input',
    });
    expect((await world.app.records.read()).revision).toBe(0);
  });

  test('a later format and two servers of one id are told apart from nonsense', async () => {
    const world = await openMemoryApp({});
    const file = JSON.parse((await (await openSource()).api.records.export({})).text);
    const later = JSON.stringify({ ...file, version: 2, more: true });
    await expect(world.api.records.importPlan({ text: later })).rejects.toMatchObject({
      message: expect.stringContaining('newer Portcullis'),
    });
    const twins = JSON.stringify({ ...file, servers: [...file.servers, ...file.servers] });
    await expect(world.api.records.importPlan({ text: twins })).rejects.toMatchObject({
      message: expect.stringContaining('two servers “github”'),
    });
  });

  test(
    'a sealed file needs its passphrase, the right one',
    async () => {
      const source = await openSource();
      const { text } = await source.api.records.export({ passphrase });
      expect(text).toContain('BEGIN AGE ENCRYPTED FILE');
      expect(text).not.toContain('github');
      const world = await openMemoryApp({});
      await expect(world.api.records.importPlan({ text })).rejects.toMatchObject({
        code: 'consent_needed',
      });
      await expect(
        world.api.records.importPlan({ text, passphrase: 'wrong and long enough' }),
      ).rejects.toMatchObject({ code: 'passphrase_wrong' });
    },
    slow,
  );

  test('an outdated plan is a conflict', async () => {
    const { text } = await (await openSource()).api.records.export({});
    const world = await openMemoryApp({});
    const { basis } = await world.api.records.importPlan({ text });
    await take(world, { text }, { secrets: { github: { GITHUB_TOKEN: token } } });
    await expect(
      (async () => {
        for await (const _ of await world.api.records.import({ text, basis, consents: [] }));
      })(),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('without secrets: readable, nothing of a value, and the same text every time', async () => {
  const { api } = await openSource();
  const plan = await api.records.exportPlan({});
  expect(plan).toEqual({
    servers: [{ id: 'github', name: 'github' }],
    secrets: 1,
    warnings: [],
  });
  const { text } = await api.records.export({});
  expect(text).not.toContain(token);
  expect(text).not.toContain(home);
  expect(JSON.parse(text)).toMatchObject({
    portcullis: 'records',
    servers: [{ id: 'github', clients: [{ client: 'cursor', entryName: 'github' }] }],
  });
  expect((await api.records.export({})).text).toBe(text);
});

test('on another machine: missing secrets are named, entered, and the clients get it', async () => {
  const { text } = await (await openSource()).api.records.export({});
  const world = await openMemoryApp({ [cursor]: '{ "mcpServers": {} }' });
  const plan = await world.api.records.importPlan({ text });
  expect(plan.servers).toMatchObject([
    { id: 'github', way: 'new', missing: ['GITHUB_TOKEN'], clients: ['cursor'] },
  ]);
  const result = await take(world, { text }, { secrets: { github: { GITHUB_TOKEN: token } } });
  expect(result.receipts.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  expect(result.counts).toEqual({ inStep: 1, drifted: 0, exposedAgain: 0, foreign: 0 });
  expect((await world.app.secrets.read('github'))?.get('GITHUB_TOKEN')?.reveal()).toBe(token);
  expect((await world.api.records.importPlan({ text })).servers).toMatchObject([
    { way: 'same', missing: [] },
  ]);
});

test(
  'with secrets: nothing is missing, and a second time nothing is new',
  async () => {
    const { text } = await (await openSource()).api.records.export({ passphrase });
    const world = await openMemoryApp({ [cursor]: '{ "mcpServers": {} }' });
    const plan = await world.api.records.importPlan({ text, passphrase });
    expect(plan).toMatchObject({ sealed: true, servers: [{ way: 'new', missing: [] }] });
    await take(world, { text, passphrase });
    expect((await world.app.secrets.read('github'))?.get('GITHUB_TOKEN')?.reveal()).toBe(token);
    expect(JSON.stringify(await world.api.drift.look({}))).not.toContain(token);
  },
  slow,
);

test('a server that starts something else here says what, and keeps its client', async () => {
  const source = await openSource();
  const { text } = await source.api.records.export({});
  expect((await source.api.records.importPlan({ text })).servers).toMatchObject([
    { way: 'same', clients: [], missing: [] },
  ]);
  const file = JSON.parse(text);
  file.servers[0].launch.args = ['-y', 'another'];
  const changed = { text: JSON.stringify(file) };
  const plan = await source.api.records.importPlan(changed);
  expect(plan.servers).toMatchObject([
    { way: 'changed', here: 'npx -y server', shown: 'npx -y another', clients: [], missing: [] },
  ]);
  const { receipts } = await take(source, changed);
  expect(receipts.map(({ message }) => message)).toEqual(['“github” is taken over.']);
  expect((await source.api.servers.get({ id: 'github' })).shown).toBe('npx -y another');
});

test('clients of second hand need their yes, and absent ones are named', async () => {
  const file = JSON.parse((await (await openSource()).api.records.export({})).text);
  const clients = ['amp', 'zed'].map((client) => ({ client, entryName: 'github' }));
  file.servers[0].clients = clients;
  const world = await openMemoryApp({ [amp]: '{}' });
  const { servers } = await world.api.records.importPlan({ text: JSON.stringify(file) });
  expect(servers).toMatchObject([
    {
      clients: ['amp'],
      consents: ['secondary-evidence'],
      notes: ['Not on this computer: zed.'],
    },
  ]);
});

test('a confined server stays confined on the other machine', async () => {
  const source = await openSource();
  const scope = {
    level: 'confined' as const,
    runtime: 'node' as const,
    environment: [],
    folders: [{ path: `${home}/notes`, access: 'read' as const }],
    hosts: 'any' as const,
  };
  await source.app.records.change((before) => ({
    records: { ...before, servers: before.servers.map((server) => ({ ...server, scope })) },
    result: undefined,
  }));
  expect((await source.api.records.exportPlan({})).warnings).toEqual([
    '“github” names a path of this computer.',
  ]);
  const { text } = await source.api.records.export({});
  const world = await openMemoryApp({});
  expect((await world.api.records.importPlan({ text })).servers[0]?.notes).toContain(
    `Its scope names folders of the other computer: ${home}/notes.`,
  );
  await take(world, { text });
  expect((await world.api.servers.get({ id: 'github' })).record.scope).toEqual(scope);
});
