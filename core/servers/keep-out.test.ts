/** The guard by itself: whatever a job forgets to lift, it finds. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { keepOut } from './keep-out.ts';

const odd = `p"${randomBytes(9).toString('hex')}\\/é&`;
const at = '2026-11-23T12:00:00.000Z';

function record(launch: Partial<ServerRecord['launch']>, more: Partial<ServerRecord> = {}) {
  const stdio = { transport: 'stdio', command: 'a', args: [], env: {}, ...launch };
  const base = { id: 'a', name: 'a', enabled: true, secrets: [], placements: [] };
  // Partial launches of a union are put together here and nowhere else.
  return { ...base, launch: stdio, createdAt: at, updatedAt: at, ...more } as ServerRecord;
}

function placed(original: string): ServerRecord {
  const place = {
    client: 'c',
    file: '/f',
    pointer: '/a',
    entryName: 'a',
    written: '',
    writtenAt: at,
  };
  return record({}, { placements: [{ ...place, original }] });
}

describe('a stored value in a record', () => {
  test.each([
    ['a command', record({ command: `env TOKEN=${odd} npx` })],
    ['an argument', record({ args: [`--x=t-${odd}`] })],
    ['a name of a variable', record({ env: { [`X${odd}`]: '' } })],
    ['an address', record({ args: [`http://x.test/?q=${encodeURIComponent(odd)}`] })],
    ['base64', record({ args: [Buffer.from(`ada:${odd}`).toString('base64')] })],
    ['JSON in a text', record({ args: [JSON.stringify({ a: odd })] })],
    ['the name of the server', record({}, { name: odd })],
    ['the entry as it stood', placed(JSON.stringify({ command: odd }))],
    ['JSON in the entry as it stood', placed(JSON.stringify({ args: [JSON.stringify([odd])] }))],
  ])('is refused in %s, and not named', (_name, written) => {
    const refuse = () => keepOut([new Secret('another-value-9'), new Secret(odd)])(written);
    expect(refuse).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(refuse).not.toThrow(odd);
  });
});

test('references, short values and common words stand where they like', () => {
  const values = ['${secret:A}', 'pw', 'postgres', 'localhost:5432', 'true'].map(
    (text) => new Secret(text),
  );
  const args = ['--note', 'pw', 'postgresql://postgres:${secret:B}@localhost:5432/postgres'];
  keepOut(values.slice(1))(record({ args, env: { B: '${secret:A}', C: 'true' } }));
});
