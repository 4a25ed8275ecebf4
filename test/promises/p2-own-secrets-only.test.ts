/**
 * P2: a server receives exactly its own secrets and an allow-listed environment; planted foreign
 * variables and sibling secrets do not reach it. Real keychain, real launcher, real MCP clients.
 */
import { join } from 'node:path';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secretTemplate } from '../../shared/template.ts';
import {
  hashOf,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';

let world: LauncherWorld;
beforeAll(async () => {
  world = await openLauncherWorld();
}, 60_000);
afterAll(() => world.stop());

const fixture = join(import.meta.dirname, '..', 'fixtures', 'echo-secrets-server.ts');

/** What a hostile or careless surrounding has set. */
const foreignNames = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_PATH',
  'SSH_AUTH_SOCK',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'GITHUB_TOKEN',
  'npm_config_registry',
  'npm_config_//registry/:_authToken',
  'ELECTRON_RUN_AS_NODE',
  'SIBLING_KEY',
  'PORTCULLIS_CLIENT',
  'XDG_CONFIG_HOME',
  'home',
  'LCX_ALL',
];

interface Described {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly descriptors: readonly number[];
}

async function ask(id: string, generation: 'v1' | 'v2', tool: string, args = {}): Promise<unknown> {
  const foreign = Object.fromEntries(foreignNames.map((name) => [name, '/no/such/place']));
  const options = {
    command: world.launcher.path,
    args: ['run', id],
    env: { ...foreign, ...world.keyring.env, LC_TIME: 'C', HTTPS_PROXY: 'http://localhost:1' },
  };
  const info = { name: 'test', version: '1' };
  const client = generation === 'v1' ? new ClientV1(info) : new ClientV2(info);
  const transport = generation === 'v1' ? new StdioV1(options) : new StdioV2(options);
  // Each client gets the transport of its own package; the types cannot say so together.
  await client.connect(transport as never);
  try {
    const { content } = await client.callTool({ name: tool, arguments: args });
    const [first] = content as readonly { readonly text: string }[];
    return JSON.parse(first?.text ?? 'null');
  } finally {
    await client.close();
  }
}

test.each(['v1', 'v2'] as const)(
  'a client of SDK %s reaches a server that has its own only',
  async (generation) => {
    const [mine, inArgs, sibling] = [plantedValue(), plantedValue(), plantedValue()];
    await world.storeSecrets('mine', { API_KEY: mine, ARGUMENT: inArgs, UNUSED: plantedValue() });
    await world.storeSecrets('sibling', { SIBLING_KEY: sibling });
    world.writeRecords(
      serverRecord('mine', {
        command: process.execPath,
        args: [fixture, `--key=${secretTemplate('ARGUMENT')}`],
        env: { API_KEY: secretTemplate('API_KEY'), MODE: 'plain' },
      }),
      serverRecord('sibling', { env: { SIBLING_KEY: secretTemplate('SIBLING_KEY') } }),
    );
    const described = (await ask('mine', generation, 'environment')) as Described;
    expect(described.env).toEqual({
      API_KEY: hashOf(mine),
      MODE: hashOf('plain'),
      HOME: hashOf(world.keyring.home),
      PATH: expect.any(String),
      LC_TIME: hashOf('C'),
      HTTPS_PROXY: hashOf('http://localhost:1'),
    });
    expect(described.args).toEqual([hashOf(`--key=${inArgs}`)]);
    expect(await ask('mine', generation, 'reveal', { name: 'API_KEY' })).toBe(mine);
    expect(await ask('mine', generation, 'reveal', { name: 'SIBLING_KEY' })).toBe(null);
  },
);

test('a variable that the person wrote into the record is theirs to set', async () => {
  world.writeRecords(
    serverRecord('own', {
      command: process.execPath,
      args: [fixture],
      env: { NODE_OPTIONS: '--no-warnings', HOME: '/elsewhere', npm_config_cache: '/cache' },
    }),
  );
  const { env } = (await ask('own', 'v2', 'environment')) as Described;
  expect(env).toEqual({
    NODE_OPTIONS: hashOf('--no-warnings'),
    HOME: hashOf('/elsewhere'),
    npm_config_cache: hashOf('/cache'),
    PATH: expect.any(String),
    LC_TIME: hashOf('C'),
    HTTPS_PROXY: hashOf('http://localhost:1'),
  });
});
