/** Credential scopes from a shell: each part set and taken back, and hosts that were blocked allowed. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockedFile, renderBlockedLine } from '../../core/launch/blocked-line.ts';
import { contract } from '../../shared/contract.ts';
import { scopeViewSchema } from '../../shared/models/scope-view.ts';
import { runCli } from '../support/cli.ts';
import { checkOutput } from '../support/cli-home.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';

let keyring: Keyring;
beforeAll(async () => {
  keyring = await startKeyring();
  const added = await run('servers', 'add', 'one', '--', '/bin/cat');
  expect(added).toMatchObject({ exitCode: 0 });
}, 60_000);
afterAll(() => keyring.stop());

const run = (...args: readonly string[]) => runCli(args, { env: keyring.env });

async function set(...options: readonly string[]) {
  const result = await run('scope', 'one', 'set', ...options, '--yes', '--json');
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: '' });
  checkOutput(contract.scope.apply, result.json());
  return scopeViewSchema.parse(result.json()).scope;
}

test('variables and the runtime are set and taken back', async () => {
  expect(await set('--level', 'confined', '--env', 'JAVA_HOME,LANGUAGE')).toMatchObject({
    environment: ['JAVA_HOME', 'LANGUAGE'],
    runtime: 'binary',
  });
  expect(await set('--drop-env', 'LANGUAGE', '--runtime', 'python')).toMatchObject({
    environment: ['JAVA_HOME'],
    runtime: 'python',
  });
  const refused = await run('scope', 'one', 'set', '--env', 'LD_PRELOAD', '--yes');
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('never handed on'),
  });
  expect((await run('scope', 'one')).stdout).toMatch(/runtime +python[\s\S]*variable +JAVA_HOME/);
});

test('old servers: the proposed level and the highest that works, each taken back', async () => {
  const program = join(import.meta.dirname, '../servers/node_modules/.bin/mcp-server-memory');
  await run('servers', 'add', 'memory', '--', process.execPath, program);
  const upgrade = (...options: readonly string[]) =>
    run('scope', 'memory', '--upgrade', ...options);
  const plan = await upgrade('--plan');
  expect(plan.stdout).toMatch(/confined {2}works {2}\(proposed\)/);
  expect(plan.stdout).toMatch(/listed hosts {2}works {2}\(highest seen to work\)/);
  expect(plan.stdout).toContain('It asked for none and none is known for it');
  const scopeNow = async () =>
    scopeViewSchema.parse((await run('scope', 'memory', '--json')).json()).scope;
  expect(await scopeNow()).toBeUndefined();

  for (const [options, wanted] of [
    [[], { level: 'confined', hosts: 'any' }],
    [['--highest'], { level: 'listed-hosts', hosts: [] }],
  ] as const) {
    const done = await upgrade(...options, '--yes');
    expect(done).toMatchObject({ exitCode: 0 });
    expect(done.stdout).toContain('`portcullis scope memory set --forget`');
    expect(await scopeNow()).toMatchObject(wanted);
    expect(await run('scope', 'memory', 'set', '--forget', '--yes')).toMatchObject({ exitCode: 0 });
    expect(await scopeNow()).toBeUndefined();
  }
}, 120_000);

test('a blocked host is allowed by one command, all of them by another, others not at all', async () => {
  await set('--host', 'api.example.com');
  const file = join(keyring.home, '.local/share/portcullis/activity', blockedFile);
  mkdirSync(dirname(file), { recursive: true });
  const at = (hour: number) => `2026-11-23T0${hour}:00:00.000Z`;
  const lines = [
    { server: 'one', host: 'cdn.example.com', port: 443, at: at(2) },
    { server: 'one', host: 'db.example.com', port: 5432, at: at(1) },
  ];
  writeFileSync(file, lines.map((line) => renderBlockedLine(line)).join(''));
  const shown = await run('scope', 'one', '--blocked');
  expect(shown.stdout).toMatch(/cdn\.example\.com[\s\S]*db\.example\.com:5432/);
  expect(shown.stdout).toContain('portcullis scope one --allow HOST');

  const stray = await run('scope', 'one', '--allow', 'evil.example.com', '--yes');
  expect(stray).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not kept from') });
  const asked = await run('scope', 'one', '--allow', 'cdn.example.com');
  expect(asked.exitCode).toBe(5);
  const hostsAfter = async (name: string) =>
    scopeViewSchema.parse((await run('scope', 'one', '--allow', name, '--yes', '--json')).json())
      .scope?.hosts;
  expect(await hostsAfter('cdn.example.com')).toEqual(['api.example.com', 'cdn.example.com']);
  expect(await hostsAfter('all')).toEqual([
    'api.example.com',
    'cdn.example.com',
    'db.example.com:5432',
  ]);
});

const inHome = (name: string) => join(keyring.home, name);
const foldersOf = async (id: string) =>
  scopeViewSchema.parse((await run('scope', id, '--json')).json()).scope?.folders;

test('a place that a variable names and the scope does not give is told, with the command that gives it', async () => {
  mkdirSync(inHome('Meine Notizen'));
  const file = '~/Meine Notizen/memory.json';
  const server = ['--', 'npx', '-y', '@modelcontextprotocol/server-memory'];
  await run('servers', 'add', 'graph', '--env', `MEMORY_FILE_PATH=${file}`, ...server);
  await run('servers', 'add', 'bare', ...server);
  const notes = { path: inHome('Meine Notizen'), access: 'write' };
  const suggested = await run('scope', 'graph', 'set', '--yes', '--json');
  expect(scopeViewSchema.parse(suggested.json())).toMatchObject({
    scope: { level: 'confined', folders: [notes] },
    places: [],
  });
  await run('scope', 'graph', 'set', '--hide', notes.path, '--yes');
  const { stdout } = await run('scope', 'graph');
  expect(stdout).toContain(
    `MEMORY_FILE_PATH points to ${notes.path}/memory.json, which this server cannot write.`,
  );
  const command = /portcullis (scope graph set --write ~\/'Meine Notizen')/.exec(stdout)?.[1] ?? '';
  const words = command.replace("~/'Meine Notizen'", notes.path);
  const given = await run(...words.split(/ (?!Notizen)/), '--yes');
  expect({ code: given.exitCode, folders: await foldersOf('graph') }).toEqual({
    code: 0,
    folders: [notes],
  });
  // Without the variable the catalogue's word on it is an idea.
  const idea = (await run('scope', 'bare')).stdout;
  expect(idea).toMatch(/may want +MEMORY_FILE_PATH +a file or folder +– File that holds the graph/);
  expect(idea).toContain('portcullis scope bare set --env MEMORY_FILE_PATH');
});

test('a secret that the catalogue names is set by the command that is told, and taken back', async () => {
  const add = ['servers', 'add', 'search', '--', 'npx', '-y', '@brave/brave-search-mcp-server'];
  await run(...add);
  expect((await run('scope', 'search')).stdout).toMatch(
    /BRAVE_API_KEY +needed, secret[\s\S]*portcullis secrets set search BRAVE_API_KEY --variable/,
  );
  const value = randomUUID();
  const set = await runCli(['secrets', 'set', 'search', 'BRAVE_API_KEY', '--variable'], {
    env: keyring.env,
    input: value,
  });
  expect({ code: set.exitCode, stderr: set.stderr }).toEqual({ code: 0, stderr: '' });
  const after = await run('scope', 'search');
  expect(after.stdout).toContain('Gets BRAVE_API_KEY');
  expect(after.stdout).not.toContain('may want');
  await run('secrets', 'remove', 'search', 'BRAVE_API_KEY', '--variable', '--yes');
  expect((await run('scope', 'search')).stdout).toContain('may want');
});

test('what a server asks for in its trial is not taken by --yes, and the command that gives it is told', async () => {
  const fixture = join(import.meta.dirname, '..', 'fixtures', 'curious-server.ts');
  for (const name of ['Documents', 'named']) mkdirSync(inHome(name), { recursive: true });
  writeFileSync(inHome('Documents/letter.txt'), 'dear');
  writeFileSync(inHome('named/plan.txt'), 'a plan');
  const wishes = ['Documents/letter.txt', 'named/plan.txt'].map(inHome).join('\n');
  const env = ['--env', `CURIOUS_READ=${wishes}`, '--env', `PLAN=${inHome('named/plan.txt')}`];
  await run('servers', 'add', 'nosy', ...env, '--', process.execPath, fixture);
  const upgraded = await run('scope', 'nosy', '--upgrade', '--yes');
  expect({ code: upgraded.exitCode, stderr: upgraded.stderr }).toMatchObject({ code: 0 });
  expect(upgraded.stdout).toContain('~/Documents/letter.txt  asked for, not taken');
  expect(upgraded.stdout).toContain('portcullis scope nosy set --read ~/Documents/letter.txt');
  const named = { path: inHome('named'), access: 'write' };
  expect(await foldersOf('nosy')).toEqual([named]);
  await run('scope', 'nosy', 'set', '--read', inHome('Documents/letter.txt'), '--yes');
  expect(await foldersOf('nosy')).toEqual([
    named,
    { path: inHome('Documents/letter.txt'), access: 'read' },
  ]);
}, 120_000);
