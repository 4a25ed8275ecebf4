import { expect, test } from 'vitest';
import type { DriftCell, DriftReport } from '../../shared/models/drift.ts';
import { arrangeDrift, needsPerson } from './drift-rows.ts';

const cell = (entryName: string, client: string, more: Partial<DriftCell> = {}): DriftCell => ({
  id: `${client}/${entryName}/${more.file ?? ''}`,
  client,
  file: `/home/ada/${client}.json`,
  role: 'primary',
  pointer: `/mcpServers/${entryName}`,
  entryName,
  state: 'in-step',
  guess: false,
  reason: '',
  evidence: [],
  changed: [],
  atRisk: false,
  ignored: false,
  exposed: 0,
  policy: 'ask',
  actions: [],
  ...more,
});

const report = (cells: readonly DriftCell[]): Pick<DriftReport, 'servers' | 'cells'> => ({
  servers: [{ id: 'github', name: 'GitHub' }],
  cells,
});

const shape = (rows: ReturnType<typeof arrangeDrift>) =>
  rows.map(({ name, server, cells }) => ({
    name,
    server,
    cells: [...cells].map(([client, group]) => [client, group.map(({ state }) => state)]),
  }));

test('a foreign entry that calls itself like a server of ours keeps a row of its own', () => {
  const rows = arrangeDrift(
    report([
      cell('github', 'cursor', { server: 'github' }),
      cell('github', 'zed', { state: 'foreign' }),
    ]),
    'all',
    '',
  );
  expect(shape(rows)).toEqual([
    { name: 'GitHub', server: 'github', cells: [['cursor', ['in-step']]] },
    { name: 'github', server: undefined, cells: [['zed', ['foreign']]] },
  ]);
});

test('entries of one meaning share a row, and what is most urgent stands first', () => {
  const rows = arrangeDrift(
    report([
      cell('a', 'zed', { state: 'foreign', meaning: 'same' }),
      cell('b', 'cursor', { state: 'foreign', meaning: 'same' }),
      cell('github', 'cursor', { server: 'github' }),
      cell('github', 'cursor', { server: 'github', state: 'wiped-by-client', file: '/p' }),
      cell('github', 'cursor', { server: 'github', state: 'exposed-again', ignored: true }),
    ]),
    'all',
    '',
  );
  expect(shape(rows)).toEqual([
    {
      name: 'GitHub',
      server: 'github',
      cells: [['cursor', ['wiped-by-client', 'in-step', 'exposed-again']]],
    },
    {
      name: 'a',
      server: undefined,
      cells: [
        ['zed', ['foreign']],
        ['cursor', ['foreign']],
      ],
    },
  ]);
});

test('the filters and the search keep what they name', () => {
  const cells = [
    cell('github', 'cursor', { server: 'github' }),
    cell('lone', 'zed', { state: 'foreign' }),
    cell('loud', 'zed', { state: 'foreign', exposed: 1 }),
  ];
  const names = (filter: 'all' | 'attention' | 'foreign', term: string) =>
    arrangeDrift(report(cells), filter, term).map(({ name }) => name);
  expect(names('attention', '')).toEqual(['loud']);
  expect(names('foreign', '')).toEqual(['lone', 'loud']);
  expect(names('all', ' LO ')).toEqual(['lone', 'loud']);
});

test('what the person does not want to hear of needs nobody', () => {
  expect(needsPerson(cell('x', 'zed', { state: 'edited-by-you' }))).toBe(true);
  expect(needsPerson(cell('x', 'zed', { state: 'edited-by-you', ignored: true }))).toBe(false);
  expect(needsPerson(cell('x', 'zed', { state: 'duplicate', exposed: 2 }))).toBe(false);
});
