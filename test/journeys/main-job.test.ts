/**
 * The main job with everything real: nine clients' files, a dozen servers from npm, a remote one
 * behind a bearer header, a real keyring, the built command line. Scan, protect, start every entry as
 * its client would, search the home for planted bytes, undo, and on another copy leave.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { type LivedInHome, plantSecrets, writeLivedInHome } from '../support/client-homes.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { type Remote, startDualEra } from '../support/remote-servers.ts';
import { readStartableEntries, startEntry } from '../support/start-entries.ts';

interface World {
  readonly keyring: Keyring;
  readonly remote: Remote;
  readonly home: LivedInHome;
  readonly env: Readonly<Record<string, string>>;
  /** Bytes of every file at the start. */
  readonly before: ReadonlyMap<string, string>;
}

async function openWorld(): Promise<World> {
  const secrets = plantSecrets();
  const keyring = await startKeyring();
  const remote = await startDualEra(`Bearer ${secrets.remote}`);
  const home = writeLivedInHome(keyring.home, remote.url, secrets);
  return { keyring, remote, home, env: keyring.env, before: readTree(home.home) };
}

async function closeWorld({ keyring, remote }: World): Promise<void> {
  await remote.stop();
  await keyring.stop();
}

function readTree(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return new Map(paths.map((path) => [path, readFileSync(path, 'latin1')]));
}

/** Files that hold any form in which a value could be written. */
function filesWith(folder: string, values: readonly string[]): readonly string[] {
  const forms = values.flatMap((value) => [
    Buffer.from(value).toString('latin1'),
    Buffer.from(JSON.stringify(value).slice(1, -1)).toString('latin1'),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('hex'),
    encodeURIComponent(value),
  ]);
  return (
    [...readTree(folder)]
      // The keyring daemon's own store lies in this home too; it is sealed by the daemon.
      .filter(([path]) => !path.includes('/keyrings/'))
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([path]) => path)
  );
}

interface Described {
  readonly env: Readonly<Record<string, string>>;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function describeServer(world: World, name: string): Promise<Described> {
  const entry = readStartableEntries(world.home).find((one) => one.name === name);
  if (entry === undefined) throw new Error(`There is no entry ${name}.`);
  const started = await startEntry(entry, 'v2', world.env);
  const result = await started.call('environment');
  await started.stop();
  // The fixture answers with one text that is JSON.
  return JSON.parse((result as { content: { text: string }[] }).content[0]?.text ?? '');
}

async function protectAll(world: World, ...more: readonly string[]): Promise<string> {
  const protect = await runCli(['protect', '--all', '--yes', '--json', ...more], world);
  expect(protect.exitCode, protect.stdout + protect.stderr).toBe(0);
  return protect.stdout;
}

describe('protect, use, undo', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => closeWorld(world));

  test('scan names every planted secret and shows none', async () => {
    const scan = await runCli(['scan', '--json'], world);
    expect(scan.exitCode).toBe(1);
    for (const value of Object.values(world.home.secrets)) expect(scan.stdout).not.toContain(value);
    const { findings } = scan.json() as { findings: { pointer: string }[] };
    const pointers = findings.map(({ pointer }) => pointer.replace(/~1[^/]*notes/, '~1notes'));
    expect(pointers.toSorted()).toEqual([
      '#L2',
      '#L5',
      '/ECHO_TOKEN',
      '/context_servers/notion/env/NOTION_TOKEN',
      '/extensions/memory/envs/BACKUP_TOKEN',
      '/mcp/servers/github/environment/GITHUB_PERSONAL_ACCESS_TOKEN',
      '/mcpServers/airtable/env/AIRTABLE_API_KEY',
      '/mcpServers/airtable/env/AIRTABLE_API_KEY',
      '/mcpServers/brave/transport/env/BRAVE_API_KEY',
      '/mcpServers/echo one/env/CANARY_API_KEY',
      '/mcpServers/github/env/GITHUB_PERSONAL_ACCESS_TOKEN',
      '/mcpServers/github/env/GITHUB_PERSONAL_ACCESS_TOKEN',
      '/mcpServers/wiki/headers/Authorization',
      '/mcp_servers/echo two/env/CANARY_SECRET',
      '/mcp_servers/postgres/args/1',
      '/projects/~1notes/mcpServers/brave/env/BRAVE_API_KEY',
      '/servers/figma/env/FIGMA_API_KEY',
    ]);
  }, 60_000);

  test('protect without a terminal and without --yes changes nothing', async () => {
    const refused = await runCli(['protect', '--all', '--json'], world);
    expect(refused.exitCode).not.toBe(0);
    for (const file of Object.values(world.home.files)) {
      expect(readFileSync(file, 'latin1')).toBe(world.before.get(file));
    }
  }, 60_000);

  test('protect moves everything that was ticked', async () => {
    const shown = await protectAll(world);
    for (const value of Object.values(world.home.secrets)) expect(shown).not.toContain(value);
    // What is left is the shell history, which was listed and not ticked.
    const left = filesWith(world.home.home, Object.values(world.home.secrets));
    expect(left).toEqual([world.home.files.history]);
    const scan = await runCli(['scan', '--json'], world);
    const { findings } = scan.json() as { findings: { file: string }[] };
    expect(findings.map(({ file }) => file)).toEqual([world.home.files.history]);
  }, 180_000);

  test.each(['v1', 'v2'] as const)(
    'every entry works in its client, SDK %s',
    async (generation) => {
      for (const entry of readStartableEntries(world.home)) {
        const started = await startEntry(entry, generation, world.env);
        expect(started.tools.length, `${entry.client} ${entry.name}`).toBeGreaterThan(0);
        await started.stop();
      }
    },
    240_000,
  );

  test('each server has its own secret and nobody else’s', async () => {
    const { secrets } = world.home;
    const own = {
      'echo one': { CANARY_API_KEY: secrets.canaryOne },
      'echo two': { CANARY_SECRET: secrets.canaryTwo },
      'echo-file': { ECHO_TOKEN: secrets.envFile },
    };
    for (const [name, values] of Object.entries(own)) {
      const { env } = await describeServer(world, name);
      for (const [variable, value] of Object.entries(values)) {
        expect(env[variable]).toBe(hash(value));
      }
      const mine = new Set(Object.values(values).map(hash));
      const foreign = Object.values(secrets)
        .map(hash)
        .filter((one) => !mine.has(one));
      expect(Object.values(env).filter((one) => foreign.includes(one))).toEqual([]);
    }
  }, 120_000);

  test('a call reaches a real server and the remote one, with the header from the keychain', async () => {
    const entries = readStartableEntries(world.home);
    const memory = entries.find(({ name }) => name === 'memory');
    const wiki = entries.find(({ name }) => name === 'wiki');
    if (memory === undefined || wiki === undefined) throw new Error('An entry is missing.');
    const graph = await startEntry(memory, 'v1', world.env);
    expect(await graph.call('read_graph')).toMatchObject({ structuredContent: { entities: [] } });
    await graph.stop();
    const remote = await startEntry(wiki, 'v2', world.env);
    expect(await remote.call('steps')).toMatchObject({ content: [{ type: 'text', text: 'done' }] });
    await remote.stop();
  }, 120_000);

  test('ticking everything leaves no planted byte anywhere', async () => {
    const undo = await runCli(['protect', '--undo', '--yes', '--json'], world);
    expect(undo.exitCode, undo.stdout + undo.stderr).toBe(0);
    const planned = await runCli(['protect', '--all', '--plan', '--json'], world);
    const { items } = planned.json() as { items: { id: string; possible: boolean }[] };
    const all = items.filter(({ possible }) => possible).flatMap(({ id }) => ['--item', id]);
    await protectAll(world, ...all);
    expect(filesWith(world.home.home, Object.values(world.home.secrets))).toEqual([]);
  }, 240_000);

  test('undo gives every file back, byte for byte', async () => {
    const undo = await runCli(['protect', '--undo', '--yes', '--json'], world);
    expect(undo.exitCode, undo.stdout + undo.stderr).toBe(0);
    for (const file of Object.values(world.home.files)) {
      expect(readFileSync(file, 'latin1'), file).toBe(world.before.get(file));
    }
    const servers = await runCli(['servers', '--json'], world);
    expect(servers.json()).toEqual([]);
  }, 120_000);
});

describe('leave', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => closeWorld(world));

  test('each entry works without us afterwards, and nothing of ours is left', async () => {
    await protectAll(world);
    const leave = await runCli(['leave', '--all', '--purge', '--yes', '--json'], world);
    expect(leave.exitCode, leave.stdout + leave.stderr).toBe(0);
    for (const entry of readStartableEntries(world.home)) {
      expect(entry.command ?? '').not.toContain('portcullis/bin');
      const started = await startEntry(entry, 'v1', {});
      expect(started.tools.length, `${entry.client} ${entry.name}`).toBeGreaterThan(0);
      await started.stop();
    }
    const paths = [...readTree(world.home.home).keys()];
    expect(paths.filter((path) => path.includes('/portcullis/'))).toEqual([]);
  }, 300_000);
});
