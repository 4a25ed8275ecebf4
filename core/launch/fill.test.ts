import { expect, test } from 'vitest';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { fillRecord, neededSecrets } from './fill.ts';

const time = '2026-11-23T10:00:00.000Z';
const recordOf = (launch: LaunchSpec) => ({
  id: 'one',
  name: 'One',
  enabled: true,
  launch,
  secrets: [],
  placements: [],
  createdAt: time,
  updatedAt: time,
});
const values = new Map([
  ['A', new Secret(`a-${secretTemplate('B')}`)],
  ['B', new Secret('b')],
]);

test('all missing secrets are named at once, and none of the present ones is shown', () => {
  const record = recordOf({
    transport: 'streamable-http',
    url: `https://x/${secretTemplate('GONE')}`,
    headers: { X: `${secretTemplate('B')}${secretTemplate('LOST')}` },
  });
  expect(neededSecrets(record)).toEqual(['GONE', 'B', 'LOST']);
  expect(() => fillRecord(record, values, {})).toThrow(
    expect.objectContaining({
      code: 'secret_missing',
      details: { server: 'one', names: ['GONE', 'LOST'] },
    }),
  );
});

test('a reference of the client that is missing leaves out a variable and refuses all else', () => {
  const stdio = { transport: 'stdio', command: 'x', args: [], env: {} } as const;
  const gone = clientTemplate('GONE');
  expect(fillRecord(recordOf({ ...stdio, env: { V: `x${gone}`, W: 'w' } }), values, {})).toEqual({
    ...stdio,
    env: { W: 'w' },
    carriesSecret: false,
  });
  const others: readonly LaunchSpec[] = [
    { ...stdio, args: [gone] },
    { ...stdio, cwd: gone },
    { transport: 'sse', url: gone, headers: {} },
    { transport: 'sse', url: 'https://x', headers: { X: gone } },
  ];
  for (const launch of others)
    expect(() => fillRecord(recordOf(launch), values, {})).toThrow(
      expect.objectContaining({ code: 'bad_input' }),
    );
});

test('a value is never read as a template again', () => {
  const env = { V: secretTemplate('A'), R: clientTemplate('R'), L: `$${secretTemplate('A')}` };
  const record = recordOf({ transport: 'stdio', command: 'x', args: [], env });
  const clientEnv = { R: 'plain', PORTCULLIS_REF_R: secretTemplate('B') };
  expect(fillRecord(record, values, clientEnv)).toMatchObject({
    env: { V: `a-${secretTemplate('B')}`, R: secretTemplate('B'), L: secretTemplate('A') },
  });
});
