/**
 * One contract, three roads: the same calls get the same answers directly (command line), over HTTP
 * (browser) and over a message port (desktop).
 */
import { randomBytes } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouter } from '../../core/handlers.ts';
import type { Api } from '../../shared/api.ts';
import { secretTemplate } from '../../shared/template.ts';
import { openTestDoor } from '../support/browser-door.ts';
import { finish, type MemoryApp, openMemoryApp, protectAll } from '../support/memory-app.ts';

interface Door {
  readonly api: Api;
  readonly world: MemoryApp;
  readonly close: () => Promise<void>;
}

const secret = randomBytes(18).toString('hex');
const texts = {
  '.cursor/mcp.json': JSON.stringify({
    mcpServers: { hub: { command: 'hub', args: [], env: { HUB_TOKEN: secret } } },
  }),
};

const doors: Readonly<Record<string, () => Promise<Door>>> = {
  direct: async () => {
    const world = await openMemoryApp(texts);
    return { world, api: world.api, close: async () => undefined };
  },
  web: async () => {
    const door = await openTestDoor({}, texts);
    const cookie = await door.enter();
    const link = new FetchLink({
      url: `${door.origin}/rpc`,
      headers: { cookie, origin: door.origin, 'x-portcullis': '1' },
    });
    return { world: door.world, api: createORPCClient(link), close: door.close };
  },
  port: async () => {
    const world = await openMemoryApp(texts);
    const { port1, port2 } = new MessageChannel();
    new RPCHandler(createRouter(world.app)).upgrade(port1);
    port1.start();
    port2.start();
    return {
      world,
      api: createORPCClient(new PortLink({ port: port2 })),
      close: async () => port2.close(),
    };
  },
};

let open: Door | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe.each(Object.keys(doors))('%s', (name) => {
  const enter = async () => {
    open = await doors[name]?.();
    if (open === undefined) throw new Error(`No door ${name}.`);
    return open;
  };

  test('answers with plain data', async () => {
    const { api } = await enter();
    const overview = await api.overview.get({});
    expect(overview).toMatchObject({ version: '0.0.0', servers: 0, exposed: 1 });
    expect(JSON.parse(JSON.stringify(overview))).toEqual(overview);
    expect(await api.projects.list({})).toEqual([]);
  });

  test('fails with the code, message, hint and details of the error, and nothing else', async () => {
    const { api } = await enter();
    const thrown: unknown = await api.servers.get({ id: 'nobody' }).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'not_found', status: 404, defined: true });
    const shown = JSON.stringify(thrown);
    expect(shown).not.toMatch(/stack|cause|\.ts/);
    await expect(api.servers.get({ id: '../x' })).rejects.toMatchObject({ code: 'bad_input' });
  });

  test('streams a run to its end and shows no secret on the way', async () => {
    const { api, world } = await enter();
    const result = await protectAll({ api });
    expect(result.type).toBe('result');
    expect(world.keychain.accounts()).toContain('hub');
    const seen = JSON.stringify([
      result,
      await api.servers.list({}),
      await api.secrets.list({}),
      await api.overview.get({}),
    ]);
    expect(seen).not.toContain(secret);
    expect((await api.overview.get({})).exposed).toBe(0);
  });

  test('fails in the middle of a stream as it fails before one', async () => {
    const { api } = await enter();
    const apply = async () =>
      finish(
        await api.protect.apply({
          basis: 'stale',
          selection: {},
          items: [],
          answers: {},
          consents: [],
        }),
      );
    await expect(apply()).rejects.toMatchObject({ code: 'conflict' });
  });

  test('tells the news, and stops when asked to', async () => {
    const { api, world } = await enter();
    const stop = new AbortController();
    const news = await api.events.subscribe({}, { signal: stop.signal });
    const first = await news.next();
    expect(first.value).toMatchObject({ type: 'hello' });
    world.app.events.announce({ type: 'files-changed', files: ['/home/ada/x.json'] });
    expect((await news.next()).value).toEqual({
      type: 'files-changed',
      files: ['/home/ada/x.json'],
    });
    const next = news.next();
    stop.abort();
    await expect(
      next.then(
        ({ done }) => (done ? 'done' : 'more'),
        () => 'done',
      ),
    ).resolves.toBe('done');
  });

  test('takes a secret inwards and never gives it back', async () => {
    const { api, world } = await enter();
    await api.servers.add({
      name: 'Hub',
      id: 'hub',
      launch: {
        transport: 'stdio',
        command: 'hub',
        args: [],
        env: { HUB_TOKEN: secretTemplate('HUB_TOKEN') },
      },
      secrets: { HUB_TOKEN: secret },
    });
    expect(world.keychain.accounts()).toContain('hub');
    expect(JSON.stringify(await api.servers.get({ id: 'hub' }))).not.toContain(secret);
    await expect(api.secrets.copy({ server: 'hub', name: 'HUB_TOKEN' })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

test('a browser door that closes ends its streams', async () => {
  const door = await openTestDoor();
  const cookie = await door.enter();
  const link = new FetchLink({
    url: `${door.origin}/rpc`,
    headers: { cookie, origin: door.origin, 'x-portcullis': '1' },
  });
  const api: Api = createORPCClient(link);
  const news = await api.events.subscribe({});
  await news.next();
  const next = news.next().then(
    ({ done }) => done === true,
    () => true,
  );
  await door.close();
  await expect(next).resolves.toBe(true);
});
