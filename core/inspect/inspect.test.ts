import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { createProcesses } from '../../platform/processes.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createRemoteHttp } from '../../platform/remote-http.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import { contract } from '../../shared/contract.ts';
import { Secret } from '../../shared/secret.ts';
import { secretTemplate } from '../../shared/template.ts';
import { checkOutput } from '../../test/support/cli-home.ts';
import { plantedValue, serverRecord } from '../../test/support/launcher.ts';
import { startDualEra } from '../../test/support/remote-servers.ts';
import type { Processes } from '../ports.ts';
import { createInspect } from './inspect.ts';

const folder = join(import.meta.dirname, '..', '..', 'test');
const fixture = join(folder, 'fixtures', 'echo-secrets-server.ts');
const servers = join(folder, 'servers', 'node_modules', '@modelcontextprotocol');
const everything = [join(servers, 'server-everything', 'dist', 'index.js'), 'stdio'];
const roots = { config: '/no/config', data: '/no/data', cache: '/no/cache' };
const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
});

/** Real processes; `pids` are those that were started. */
function openInspect(secrets: Readonly<Record<string, string>> = {}) {
  const pids: number[] = [];
  const real = createProcesses('linux');
  const processes: Pick<Processes, 'start'> = {
    async start(...args) {
      const child = await real.start(...args);
      pids.push(child.pid);
      return child;
    },
  };
  const inspect = createInspect({
    machine: {
      platform: 'linux',
      home: import.meta.dirname,
      env: { PATH: process.env.PATH, GITHUB_TOKEN: 'foreign', LC_ALL: 'C' },
    },
    processes,
    programFiles,
    roots,
    sandbox: createSandbox('linux', { roots }),
    launcher: '/bin/false',
    readLoginPath: async () => undefined,
    readSecrets: async () =>
      new Map(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])),
    openHttp: (server) => createRemoteHttp(server, {}),
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal }).catch(() => undefined);
    },
    clock: { monotonic: () => performance.now() },
  });
  const alive = () => pids.filter((pid) => real.isAlive(pid));
  return { ...inspect, pids, alive };
}

const node = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  serverRecord('tried', { command: process.execPath, args, env });

test('a server that fails at once: exit code and last words, without its secrets', async () => {
  const value = plantedValue();
  const said = `key ${value} as ${Buffer.from(`user:${value}`).toString('base64')} is wrong`;
  const { inspect, alive } = openInspect({ KEY: value, SAID: said });
  const env = {
    SAY_ON_STDERR: secretTemplate('SAID'),
    FAIL_AT_START: '3',
    KEY: secretTemplate('KEY'),
  };
  const failed = await inspect(node([fixture], env)).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: 'server_start_failed',
    message: 'The server "tried" ended with exit code 3.',
    details: { exitCode: 3, stderr: ['[secret]'] },
  });
  const { inspect: again } = openInspect({ KEY: value });
  const plain = {
    SAY_ON_STDERR: `key ${value} is wrong`,
    FAIL_AT_START: '3',
    KEY: secretTemplate('KEY'),
  };
  await expect(again(node([fixture], plain))).rejects.toMatchObject({
    details: { stderr: ['key [secret] is wrong'] },
  });
  expect(alive()).toEqual([]);
});

test('the end of a long stderr does not begin with the rest of a secret', async () => {
  const value = plantedValue();
  const { inspect } = openInspect({ KEY: value });
  // What is kept begins 20 characters before the end of the secret.
  const say = `process.stderr.write(process.env.KEY + 'x'.repeat(16_384 - 20), () => process.exit(1))`;
  const failed = await inspect(node(['-e', say], { KEY: secretTemplate('KEY') })).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({
    details: { exitCode: 1, stderr: [`[secret]${'x'.repeat(292)}`] },
  });
});

test('a server that never ends its line is ended, and told so', async () => {
  const { inspect, alive } = openInspect();
  const zeros = serverRecord('zeros', { command: '/bin/cat', args: ['/dev/zero'] });
  await expect(inspect(zeros)).rejects.toMatchObject({
    code: 'server_protocol',
    message: '"zeros" sent a message longer than 8 MiB.',
  });
  await vi.waitFor(() => expect(alive()).toEqual([]));
});

test('a missing secret starts nothing; a silent server and a babbling one are given up', async () => {
  const { inspect, pids, alive } = openInspect();
  await expect(inspect(node([fixture], { A: secretTemplate('A') }))).rejects.toMatchObject({
    code: 'secret_missing',
  });
  expect(pids).toEqual([]);
  const silent = serverRecord('silent', {
    command: '/bin/sh',
    args: ['-c', 'trap "" TERM; sleep 60 & wait'],
  });
  await expect(inspect(silent, { timeout: 300 })).rejects.toMatchObject({ code: 'server_timeout' });
  const babble = serverRecord('babble', {
    command: '/bin/sh',
    args: [
      '-c',
      'while read line; do echo "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":0,\\"result\\":7}"; done',
    ],
  });
  await expect(inspect(babble, { timeout: 1500 })).rejects.toMatchObject({
    code: expect.stringMatching(/^server_(protocol|timeout)$/),
  });
  await vi.waitFor(() => expect(alive()).toEqual([]));
});

test('the newer era, a call, and an answer that repeats a secret', async () => {
  const value = plantedValue();
  const { inspect, call, pids, alive } = openInspect({ KEY: value });
  const record = node([fixture], { KEY: secretTemplate('KEY'), INSTRUCTIONS: `use ${value}` });
  const found = await inspect(record);
  expect({ ...found, startedIn: 0, tools: found.tools.map(({ name }) => name) }).toEqual({
    server: 'tried',
    era: 'modern',
    protocolVersion: '2026-07-28',
    name: 'echo-secrets',
    version: '1.0.0',
    instructions: 'use [secret]',
    tools: ['environment', 'reveal'],
    resources: [],
    prompts: [],
    unlisted: [],
    cost: expect.objectContaining({ tokens: expect.any(Number) }),
    startedIn: 0,
  });
  expect(pids.length).toBe(1);
  expect(await call(record, 'reveal', { name: 'KEY' })).toEqual({
    isError: false,
    content: [{ type: 'text', text: '"[secret]"' }],
  });
  const names = await call(record, 'environment', {});
  const text = String(names.content[0]?.text);
  expect(Object.keys(JSON.parse(text).env).sort()).toEqual(
    ['HOME', 'INSTRUCTIONS', 'KEY', 'LC_ALL', 'PATH'].sort(),
  );
  await expect(call(record, 'no-such-tool', {})).rejects.toMatchObject({
    code: 'server_protocol',
    message: expect.stringMatching(/^The server "tried" answered: .*no-such-tool/),
  });
  await vi.waitFor(() => expect(alive()).toEqual([]));
});

test('an answer with a structured part passes the contract', async () => {
  const { call } = openInspect();
  const memory = node([join(servers, 'server-memory', 'dist', 'index.js')]);
  const answer = await call(memory, 'read_graph', {});
  expect(answer.structuredContent).toEqual({ entities: [], relations: [] });
  checkOutput(contract.inspect.call, answer);
});

test('the reference server, older era, started once', async () => {
  const { inspect, pids, alive } = openInspect();
  const found = await inspect(node(everything));
  expect({ era: found.era, version: found.protocolVersion, starts: pids.length }).toEqual({
    era: 'legacy',
    version: '2025-11-25',
    starts: 1,
  });
  expect(found.tools.map(({ name }) => name)).toContain('echo');
  expect(found.resources.length).toBeGreaterThan(0);
  expect(found.prompts.map(({ name }) => name)).toContain('simple-prompt');
  // The figure of the facts, counted over the whole definitions.
  expect(found.cost.fullCharacters).toBeGreaterThan(7000);
  expect(found.cost.characters).toBeLessThan(found.cost.fullCharacters);
  await vi.waitFor(() => expect(alive()).toEqual([]));
});

test('a remote server over the bridge, and one that refuses', async () => {
  const value = plantedValue();
  const remote = await startDualEra(`Bearer ${value}`);
  opened.push(remote);
  const record = serverRecord('far', {
    transport: 'streamable-http',
    url: remote.url,
    headers: { Authorization: `Bearer ${secretTemplate('KEY')}` },
  });
  const found = await openInspect({ KEY: value }).inspect(record);
  expect([found.era, found.name, found.tools.length]).toEqual(['modern', 'dual', 3]);
  await expect(openInspect({ KEY: plantedValue() }).inspect(record)).rejects.toMatchObject({
    code: 'remote_refused',
  });
});
