import { describe, expect, test } from 'vitest';
import { parseDocument } from '../documents/parse-document.ts';
import { comparableEntry, sameLaunch } from './compare-entries.ts';
import type { Entry } from './entry.ts';
import { handedOver, isNamedLikeOurs, managedServerId } from './managed-entry.ts';
import { readEntries } from './read-entries.ts';
import { findClient } from './table.ts';

const url = 'https://mcp.example.com/mcp';

function read(id: string, raw: unknown): Entry {
  const row = findClient(id);
  const container = row.containers.find(({ existingOnly }) => existingOnly === undefined);
  const held = container?.kind === 'list' ? [raw] : { it: raw };
  const path = container?.path ?? [];
  const content = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), held);
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  const place = { containers: row.containers, firstContainerWins: false, writable: true };
  const [entry] = readEntries(row, place, parseDocument(bytes, 'json', 'f'));
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

describe('the same thing in other words', () => {
  const headers = { Authorization: 'x', 'X-B': 'y' };
  const remotes = [
    read('claude-code', { type: 'http', url, headers }),
    read('claude-code', {
      headers: { 'x-b': 'y', authorization: 'x' },
      url,
      type: 'streamable-http',
    }),
    read('cursor', { url, headers }),
    read('windsurf', { serverUrl: url, headers }),
    read('codex', { url, http_headers: headers }),
    read('cline', { transport: { type: 'streamableHttp', url, headers } }),
    read('goose', { type: 'streamable_http', name: 'it', enabled: true, uri: url, headers }),
    read('opencode', { type: 'remote', url, headers }),
    read('continue', { name: 'it', url, requestOptions: { headers } }),
    read('mistral-vibe', { name: 'it', transport: 'http', url, auth: { type: 'static', headers } }),
    read('qwen-code', { httpUrl: url, headers }),
  ];
  const programs = [
    read('claude-code', { type: 'stdio', command: 'c', args: ['a'], env: { B: 'y', A: 'x' } }),
    read('zed', { command: 'c', args: ['a'], env: { A: 'x', B: 'y' }, enabled: true }),
    read('opencode', { type: 'local', command: ['c', 'a'], environment: { A: 'x', B: 'y' } }),
    read('goose', {
      type: 'stdio',
      name: 'it',
      enabled: true,
      cmd: 'c',
      args: ['a'],
      envs: { A: 'x', B: 'y' },
    }),
    read('cline', {
      transport: { type: 'stdio', command: 'c', args: ['a'], env: { A: 'x', B: 'y' } },
      disabled: false,
    }),
    read('mistral-vibe', {
      name: 'it',
      transport: 'stdio',
      command: 'c a',
      env: { A: 'x', B: 'y' },
    }),
  ];

  test.each([
    ['remote', remotes],
    ['stdio', programs],
  ])('%s', (_, entries) => {
    const texts = entries.map((entry) => JSON.stringify(comparableEntry(entry)));
    expect(new Set(texts).size).toBe(1);
    for (const a of entries) for (const b of entries) expect(sameLaunch(a, b)).toBe(true);
  });
});

test('no arguments and no variables are the same as empty ones', () => {
  const a = read('claude-code', { command: 'c' });
  const b = read('claude-code', { command: 'c', args: [], env: {} });
  expect(comparableEntry(a)).toEqual(comparableEntry(b));
});

test.each([
  ['command', { command: 'd' }],
  ['arguments', { command: 'c', args: ['a'] }],
  ['variable', { command: 'c', env: { A: 'x' } }],
  ['transport', { type: 'http', url }],
  ['broken', { command: '' }],
])('another %s is not the same', (_, other) => {
  expect(sameLaunch(read('claude-code', { command: 'c' }), read('claude-code', other))).toBe(false);
});

test('broken entries are the same only when they read the same', () => {
  expect(sameLaunch(read('claude-code', { a: 1 }), read('claude-code', { a: 1 }))).toBe(true);
  expect(sameLaunch(read('claude-code', { a: 1 }), read('claude-code', { a: 2 }))).toBe(false);
});

test('switched off differs, though it launches the same', () => {
  const on = read('cline', { command: 'c' });
  const off = read('cline', { command: 'c', disabled: true });
  expect(sameLaunch(on, off)).toBe(true);
  expect(comparableEntry(on)).not.toEqual(comparableEntry(off));
});

describe('ours', () => {
  const known = '/home/sam/own place/portcullis-launcher';
  const id = (command: string, args: readonly unknown[]): string | undefined =>
    managedServerId(read('claude-code', { command, args }), [known]);

  test('the launcher of this computer', () => {
    expect(id(known, ['run', 'git-hub'])).toBe('git-hub');
  });

  test.each([
    './tools/bin/portcullis',
    '/home/sam/.local/share/portcullis/bin/portcullis',
    'C:\\Users\\sam\\AppData\\Local\\portcullis\\Data\\bin\\portcullis.exe',
    'C:/Users/sam/bin/Portcullis.EXE',
  ])('not %s, which is only named like it', (command) => {
    const entry = read('claude-code', { command, args: ['run', 'git-hub'] });
    expect([managedServerId(entry, [known]), isNamedLikeOurs(entry)]).toEqual([undefined, true]);
  });

  test.each<[string, readonly unknown[]]>([
    ['/usr/bin/portcullis-other', ['run', 'a']],
    ['/usr/local/portcullis', ['run', 'a']],
    ['npx', ['portcullis', 'run', 'a']],
    [known, ['run']],
    [known, ['run', 'a', '--verbose']],
    [known, ['run', 'Not An Id']],
    [known, ['serve', 'a']],
    [known, []],
  ])('not %s %j', (command, args) => {
    expect(id(command, args)).toBeUndefined();
  });

  test('what it is given besides, by name, apart from what was agreed', () => {
    const env = { PATH: '/repo/bin', KEPT: '${workspaceFolder}', OTHER: 'b' };
    const agreed = { command: known, args: ['run', 'a'], env: { KEPT: env.KEPT, OTHER: 'a' } };
    const { launch } = read('cursor', { ...agreed, env, envFile: '.env' });
    expect(handedOver(launch)).toEqual(['env PATH', 'env KEPT', 'env OTHER', 'envFile']);
    expect(handedOver(launch, read('cursor', agreed).launch)).toEqual([
      'env PATH',
      'env OTHER',
      'envFile',
    ]);
    expect(handedOver(read('cursor', agreed).launch, launch)).toEqual(['env OTHER']);
  });

  test('not a URL', () => {
    expect(managedServerId(read('claude-code', { type: 'http', url }), [known])).toBeUndefined();
  });

  test('in a dialect where command and arguments are one list', () => {
    const entry = read('opencode', { type: 'local', command: [known, 'run', 'a'] });
    expect(managedServerId(entry, [known])).toBe('a');
  });
});
