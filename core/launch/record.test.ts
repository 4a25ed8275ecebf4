import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { serverRecordSchema } from '../../shared/models/server.ts';
import { runs } from '../../test/support/runs.ts';
import { recordsSchemaVersion } from '../records/schema.ts';
import { findLaunchRecord, isServerRecord } from './record.ts';

const time = '2026-11-23T10:00:00.000Z';
const stdio = { transport: 'stdio', command: 'x', args: ['a'], env: { A: 'b' } };
const remote = { transport: 'sse', url: 'https://x', headers: {} };
const secret = { name: 'A', kind: 'x', storedAt: time };
const record = {
  id: 'one',
  name: 'One',
  enabled: true,
  launch: stdio,
  secrets: [secret],
  placements: [{ anything: 1 }],
  createdAt: time,
  updatedAt: time,
};

const scope = {
  level: 'masked',
  runtime: 'node',
  environment: ['JAVA_HOME'],
  folders: [{ path: '/a b', access: 'read' }],
  hosts: ['api.example.com'],
};

const launchPart = serverRecordSchema.extend({
  placements: z.array(z.unknown()),
  wanted: z.array(z.unknown()).optional(),
});

/** Values near the edge of what the schema takes. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'x',
    'x'.repeat(200),
    'x'.repeat(201),
    '😀'.repeat(101),
    0,
    true,
    [],
    {},
    [1],
    ['a'],
    { A: 1 },
    { a: 'b' },
    time,
    '2026-02-29T00:00:00Z',
    '2024-02-29T00:00:00Z',
    '2026-11-23T10:00Z',
    '2026-11-23T10:00:00+01:00',
    '2026-11-23T24:00:00Z',
    'https://issuer.example/keys',
    ' https://issuer.example',
    'not a url',
    'a:b',
    'Upper',
    '-lead',
    'a'.repeat(63),
    'a'.repeat(64),
    'A.b-c_1',
    '1A',
    stdio,
    remote,
    { ...stdio, cwd: '/x' },
    { ...stdio, cwd: 1 },
    { ...stdio, url: 'x' },
    { ...remote, transport: 'streamable-http' },
    { ...remote, transport: 'http' },
    [secret],
    [{ ...secret, rotateUrl: 'https://x' }],
    [{ ...secret, rotateUrl: 'x' }],
    [{ ...secret, more: 1 }],
    scope,
    { ...scope, more: 1 },
    'any',
    'none',
    'lower',
    'ask',
    'confined',
    'docker',
    ['*.example.com', 'a:443'],
    ['a..b'],
    ['Upper.example'],
    ['a:0'],
    [`${'a'.repeat(250)}.example`],
    [{ path: 'relative', access: 'read' }],
    [{ path: 'C:\\x', access: 'write', target: '/y' }],
    { A: ['host.example'], B: [] },
    { A: ['-'] },
    '/abs',
  ),
  fc.anything(),
);
const keyPath = fc.constantFrom(
  ...Object.keys(record).map((key) => [key]),
  ...Object.keys(stdio).map((key) => ['launch', key]),
  ...['url', 'headers', 'cwd', 'more'].map((key) => ['launch', key]),
  ...[...Object.keys(secret), 'rotateUrl'].map((key) => ['secrets', '0', key]),
  ...[...Object.keys(scope), 'secretHosts', 'otherwise', 'more'].map((key) => ['scope', key]),
  ...['path', 'access', 'target', 'more'].map((key) => ['scope', 'folders', '0', key]),
  ...['scope', 'wanted', 'driftPolicy'].map((key) => [key]),
  ['placements', '0', 'anything'],
  ['more'],
);

function change(value: unknown, path: readonly string[], to: unknown, drop: boolean): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item) => change(item, rest, to, drop));
  const map: Record<string, unknown> = { ...(value as object) };
  if (drop && rest.length === 0) delete map[key];
  else map[key] = change(map[key], rest, to, drop);
  return map;
}

test('the quick check accepts what the schema accepts, no more and no less', () => {
  expect(isServerRecord(record)).toBe(true);
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom<object>(record, { ...record, scope }, { ...record, launch: remote }),
      fc.array(fc.tuple(keyPath, odd, fc.boolean()), { minLength: 1, maxLength: 2 }),
      (start, changes) => {
        const value = changes.reduce<unknown>(
          (at, [path, to, drop]) => change(at, path, to, drop && to === undefined),
          start,
        );
        const accepted = launchPart.safeParse(value).success;
        seen[accepted ? 'accepted' : 'refused'] += 1;
        expect(isServerRecord(value)).toBe(accepted);
      },
    ),
    { numRuns: runs(3000, 200_000) },
  );
  // Both sides of the edge were met.
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
}, 120_000);

test('the launcher reads the version of the records that this build writes', () => {
  const text = JSON.stringify({ schema: recordsSchemaVersion, servers: [record] });
  expect(findLaunchRecord(text, 'one', '/records.json')).toEqual(record);
});

test('no error quotes the file', () => {
  const marked = 'marked-content';
  const texts = [`{"${marked}`, JSON.stringify({ schema: 1, servers: [{ id: 'one', x: marked }] })];
  for (const text of texts) {
    expect(() => findLaunchRecord(text, 'one', '/f')).toThrow(
      expect.objectContaining({
        code: 'records_unreadable',
        message: expect.not.stringContaining(marked),
      }),
    );
  }
});
