/**
 * P8: no stored secret ever crosses a door outwards; values travel inwards only where they are
 * entered. A whole journey goes through each door with every message in both directions recorded: the
 * contract called directly, the bytes of the browser door, and all that the command line prints.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commands } from '../../cli/commands/table.ts';
import { createApp } from '../../core/app.ts';
import { createRouter } from '../../core/handlers.ts';
import { createAppPorts } from '../../platform/app-ports.ts';
import type { Api } from '../../shared/api.ts';
import { contract } from '../../shared/contract.ts';
import { openWebDoor } from '../../web/compose.ts';
import { codeOf, exchange } from '../support/browser-door.ts';
import { runCli } from '../support/cli.ts';
import { echoServer } from '../support/cli-home.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { plantSecret } from '../support/planted.ts';
import { formsOf } from '../support/search-bytes.ts';
import { type Message, tapApi } from '../support/wiretap.ts';

const root = join(import.meta.dirname, '..', '..');

interface World {
  readonly keyring: Keyring;
  readonly cursor: string;
  /** Everything that is or will be kept; none may come out. */
  readonly values: ReturnType<typeof plantValues>;
}

let world: World;
const environment = { ...process.env };
beforeEach(async () => {
  const keyring = await startKeyring();
  world = layOut(keyring);
  // This file has a process of its own, whose home was another when it was loaded.
  const { home } = keyring;
  Object.assign(process.env, keyring.env, {
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
  });
}, 60_000);
afterEach(async () => {
  Object.assign(process.env, environment);
  await world.keyring.stop();
});

function plantValues() {
  return {
    env: plantSecret('env'),
    argument: plantSecret('argument').replaceAll('é', 'e'),
    header: plantSecret('header').replace(/[^A-Za-z0-9]/g, ''),
    toml: plantSecret('toml'),
    broken: plantSecret('broken').replace(/[^A-Za-z0-9]/g, ''),
    // No scan would take these for secrets: they are, because somebody entered them.
    entered: ['correct', 'horse', plantSecret('x').slice(3, 7)].join(' '),
    added: plantSecret('added'),
    pasted: plantSecret('pasted'),
    passphrase: plantSecret('passphrase'),
  };
}

function layOut(keyring: Keyring): World {
  const values = plantValues();
  const put = (path: string, text: string): string => {
    const file = join(keyring.home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const command = JSON.stringify(process.execPath);
  const echo = JSON.stringify(echoServer);
  const cursor = put(
    '.cursor/mcp.json',
    `{ "mcpServers": {
      "echo": {"command": ${command}, "args": [${echo}, "--token", ${JSON.stringify(values.argument)}], "env": {"A_TOKEN": ${JSON.stringify(values.env)}}},
      "remote": {"url": "http://127.0.0.1:9/mcp", "headers": {"Authorization": "Bearer ${values.header}"}} } }`,
  );
  put(
    '.cursor/mcp.json.bak',
    `{"mcpServers":{"echo":{"env":{"A_TOKEN":${JSON.stringify(values.env)}}}}}`,
  );
  put(
    '.codex/config.toml',
    `# ${values.header}\n[mcp_servers.toml]\ncommand = "/bin/false"\nenv = { C_TOKEN = ${JSON.stringify(values.toml)} }\n`,
  );
  // A message about what does not parse must not quote it.
  put('.config/goose/config.yaml', `extensions:\n  a:\n   - b: [\n  API_KEY: ${values.broken}\n`);
  put('.gemini/settings.json', `{"mcpServers":{"a":{"env":{"API_KEY":"${values.broken}" oops`);
  put('.bash_history', `export A_TOKEN=${values.argument}\n`);
  put(
    '.claude/projects/x/log.jsonl',
    `{"text":"my A_TOKEN=${values.env.slice(4)} is ${values.header}"}\n`,
  );
  return { keyring, cursor, values };
}

/** Where a value that goes in belongs. */
const entrances: ReadonlySet<string> = new Set([
  'secrets.set',
  'servers.add',
  'servers.addFromJson',
  'vault.create',
  'vault.open',
  'records.export',
  'records.import',
  'records.importPlan',
]);

function expectNothingCrossed(messages: readonly Message[]): void {
  const forms = Object.entries(world.values).flatMap(([name, value]) =>
    formsOf(value).map(({ form, bytes }) => ({ name, form, text: bytes.toString('latin1') })),
  );
  const crossed = messages.flatMap(({ procedure, direction, text }) => {
    if (direction === 'in' && entrances.has(procedure)) return [];
    const raw = Buffer.from(text).toString('latin1');
    return forms
      .filter((one) => raw.includes(one.text))
      .map(({ name, form }) => `${procedure} ${direction}: ${name} ${form}`);
  });
  expect([...new Set(crossed)]).toEqual([]);
}

const procedures = Object.entries(contract).flatMap(([group, rows]) =>
  Object.keys(rows).map((name) => `${group}.${name}`),
);

/** What people do with a door, then every procedure that this has not met, with any input. */
async function walk(api: Api, heard: readonly Message[]): Promise<void> {
  const { values, cursor, keyring } = world;
  await api.overview.get({});
  const { findings } = await api.exposure.scan({ all: true });
  expect(findings.length).toBeGreaterThan(5);
  for await (const _ of await api.exposure.scanDeep({})) void _;
  const plan = await api.protect.plan({});
  const items = plan.items.filter(({ possible }) => possible).map(({ id }) => id);
  const again = await api.protect.plan({ items });
  const run = await api.protect.apply({
    basis: again.basis,
    selection: {},
    items,
    consents: [],
    answers: {},
  });
  for await (const _ of run) void _;
  const servers = await api.servers.list({});
  expect(servers.map(({ record }) => record.id).toSorted()).toEqual(['echo', 'remote', 'toml']);

  await api.secrets.set({ server: 'echo', name: 'A_TOKEN', value: values.entered });
  const launch = {
    transport: 'stdio',
    command: process.execPath,
    args: [echoServer],
    env: { ADDED_TOKEN: '${secret:ADDED_TOKEN}' },
  } as const;
  await api.servers.add({ name: 'added', launch, secrets: { ADDED_TOKEN: values.added } });
  const pasted = { mcpServers: { pasted: { command: 'x', env: { P_TOKEN: values.pasted } } } };
  await api.servers.addFromJson({ json: JSON.stringify(pasted) });
  await api.inspect.server({ id: 'echo' });
  // The server tells its secret; the door does not hand it on.
  for (const name of ['A_TOKEN', 'ADDED_TOKEN']) {
    for (const id of ['echo', 'added'])
      await api.inspect.call({ id, tool: 'reveal', args: { name } });
  }
  await api.files.history({ file: cursor });
  writeFileSync(cursor, readFileSync(cursor, 'utf8').replace('"echo"', '"echoes"'));
  await meetEverything(api, heard, keyring.home);
  writeFileSync(cursor, readFileSync(cursor, 'utf8').replace('"echoes"', '"echo"'));
  const undo = await api.protect.planUndo({});
  for await (const _ of await api.protect.undo({ basis: undo.basis, run: undo.run.id })) void _;
  // Last, as they change where secrets are kept.
  const { passphrase } = values;
  await api.vault.open({ passphrase }).catch(() => undefined);
  await api.vault.create({ passphrase }).catch(() => undefined);
}

/** Inputs that fit some procedure each; whatever it answers, an error too, is heard. */
async function meetEverything(api: Api, heard: readonly Message[], home: string): Promise<void> {
  const file = world.cursor;
  const base = {
    id: 'echo',
    server: 'echo',
    client: 'cursor',
    file,
    folder: home,
    tool: 'x',
    args: {},
  };
  const inputs: readonly unknown[] = [
    {},
    { id: 'echo' },
    { server: 'echo' },
    { client: 'cursor' },
    { client: 'cursor', server: 'echo' },
    { file },
    { folder: home },
    { server: 'echo', name: 'A_TOKEN' },
    { id: 'echo', name: 'echo' },
    { id: 'echo', enabled: true },
    { id: 'echo', forgetSecrets: true },
    { servers: ['echo'] },
    { servers: ['echo'], passphrase: 'another long passphrase' },
    { mode: 'original', purge: false },
    { mode: 'original', purge: false, basis: 'x' },
    { server: 'echo', clients: ['cursor'], placed: true },
    { server: 'echo', clients: ['cursor'], placed: true, basis: 'x', consents: [] },
    { server: 'echo', policy: 'ask' },
    { file, pointer: '/x', fingerprint: 'x', reason: 'x' },
    { file, entryName: 'echo' },
    { file, write: 'x', basis: 'x' },
    { basis: 'x', consents: [], answers: {}, selection: {} },
    { text: 'x' },
    { text: 'x', basis: 'x', consents: [] },
    { days: 30, copies: 20, bytes: 1_000_000 },
    base,
  ];
  const endless = new Set(['events.subscribe', 'drift.watch']);
  for (const procedure of procedures.filter((one) => !one.startsWith('vault.'))) {
    const [group = '', name = ''] = procedure.split('.');
    const call: unknown = Reflect.get(Reflect.get(api, group), name);
    if (typeof call !== 'function') throw new TypeError(`${procedure} is no procedure.`);
    if (heard.some((message) => message.procedure === procedure)) continue;
    for (const input of inputs) {
      try {
        const answer: unknown = await call(input);
        if (isIterable(answer)) await readSome(answer, endless.has(procedure) ? 1 : 100);
        if (!endless.has(procedure)) continue;
        break;
      } catch {
        // Heard: a refusal is an answer.
      }
    }
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function readSome(stream: AsyncIterable<unknown>, most: number): Promise<void> {
  let count = 0;
  for await (const _ of stream) {
    count += 1;
    if (count >= most) return;
  }
}

function parts() {
  const nodeVersion = process.versions.node;
  return { launcher: join(root, 'out/launcher'), node: process.execPath, nodeVersion };
}

test('the contract, called directly', async () => {
  const messages: Message[] = [];
  const ports = createAppPorts({
    version: '0.0.0',
    parts: parts(),
    who: 'desktop',
    watches: false,
  });
  const client: Api = createRouterClient(createRouter(createApp(ports)));
  await walk(
    tapApi(client, (message) => messages.push(message)),
    messages,
  );
  expectNothingCrossed(messages);
  const met = new Set(messages.map(({ procedure }) => procedure));
  expect(procedures.filter((procedure) => !met.has(procedure))).toEqual([]);
  expect(messages.length).toBeGreaterThan(300);
}, 300_000);

test('the bytes of the browser door', async () => {
  const messages: Message[] = [];
  const bundle = join(world.keyring.home, 'bundle');
  mkdirSync(bundle);
  writeFileSync(join(bundle, 'index.html'), '<!doctype html>');
  const door = await openWebDoor({ version: '0.0.0', window: bundle, parts: parts() });
  try {
    const entered = await exchange(door, codeOf(door.mintAddress()));
    messages.push({ procedure: 'door', direction: 'out', text: JSON.stringify(entered) });
    const cookie = entered.headers['set-cookie']?.split(';')[0] ?? '';
    const headers = { cookie, origin: door.origin, 'x-portcullis': '1' };
    /** Copies what goes over the wire, headers included, before anybody decodes it. */
    const recording = async (request: Request, init: RequestInit): Promise<Response> => {
      const procedure = new URL(request.url).pathname.replace(/^\/rpc\//, '').replaceAll('/', '.');
      messages.push({
        procedure,
        direction: 'in',
        text: `${request.url} ${await request.clone().text()}`,
      });
      const response = await fetch(request, init);
      const say = (text: string) => messages.push({ procedure, direction: 'out', text });
      say(JSON.stringify([...response.headers]));
      if (response.body === null) return response;
      const recorder = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          say(Buffer.from(chunk).toString());
          controller.enqueue(chunk);
        },
      });
      const { status, statusText } = response;
      return new Response(response.body.pipeThrough(recorder), {
        status,
        statusText,
        headers: response.headers,
      });
    };
    const link = new RPCLink({ url: `${door.origin}/rpc`, headers, fetch: recording });
    await walk(createORPCClient(link), messages);
  } finally {
    await door.close();
  }
  expectNothingCrossed(messages);
  const met = new Set(messages.map(({ procedure }) => procedure));
  expect(procedures.filter((procedure) => !met.has(procedure))).toEqual([]);
}, 300_000);

test('everything that the command line prints', async () => {
  const messages: Message[] = [];
  const { values, cursor, keyring } = world;
  const run = async (words: readonly string[], input?: string) => {
    const result = await runCli(words, {
      env: keyring.env,
      ...(input === undefined ? {} : { input }),
    });
    messages.push({
      procedure: words.join(' '),
      direction: 'out',
      text: result.stdout + result.stderr,
    });
    return result;
  };
  const both = async (...words: readonly string[]) => {
    await run(words);
    return run([...words, '--json']);
  };
  await both('overview');
  await both('scan', '--all', '--deep');
  await both('protect', '--all', '--plan', '--item', 'all');
  const done = await run(['protect', '--all', '--yes', '--json', '--item', 'all']);
  expect((done.json() as { receipts: readonly unknown[] }).receipts.length).toBeGreaterThan(3);
  await run(['secrets', 'set', 'echo', 'A_TOKEN', '--json'], values.entered);
  await run(
    ['servers', 'add', '--from-json', '--json'],
    JSON.stringify({ mcpServers: { pasted: { command: 'x', env: { P_TOKEN: values.pasted } } } }),
  );
  await both('leave', '--all', '--plan');
  await both('inspect', 'echo');
  await both('call', 'echo', 'reveal', '--arg', 'name=A_TOKEN');
  writeFileSync(cursor, readFileSync(cursor, 'utf8').replace('"echo"', '"echoes"'));
  // Each row at least once with what it could take, whatever it says to that.
  for (const { name, isHidden } of commands) {
    const row = name.split(' ');
    if (isHidden === true || ['run', 'serve', 'open', 'events', 'gateway'].includes(row[0] ?? ''))
      continue;
    const isAsking = /vault|export|import|^secrets set$/.test(name);
    for (const words of [
      [],
      ['echo'],
      ['cursor'],
      [cursor],
      ['cursor', 'echo'],
      ['echo', 'A_TOKEN'],
    ])
      if (!isAsking || words.length === 0)
        await run([...row, ...words, '--json'], isAsking ? values.passphrase : undefined);
  }
  await both('protect', '--undo', '--yes');
  expectNothingCrossed(messages);
  expect(messages.length).toBeGreaterThan(100);
}, 900_000);
