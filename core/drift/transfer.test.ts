import { describe, expect, test } from 'vitest';
import type { DriftResult } from '../../shared/models/drift.ts';
import { home, openMemoryApp, protectAll } from '../../test/support/memory-app.ts';

const token = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`;
const cursor = '.cursor/mcp.json';
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
    ['a later version', '{"portcullis": "records", "version": 2, "servers": []}'],
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
