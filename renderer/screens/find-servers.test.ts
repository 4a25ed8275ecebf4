import { expect, test } from 'vitest';
import type { ServerView } from '../../shared/models/health.ts';
import { findServers, readFilter } from './find-servers.ts';

const server = (id: string, more: Partial<ServerView> = {}, enabled = true): ServerView => ({
  record: {
    id,
    name: id.toUpperCase(),
    enabled,
    launch: { transport: 'stdio', command: 'npx', args: [], env: {} },
    secrets: [],
    placements: [],
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
  },
  shown: `npx ${id}`,
  health: { state: 'ready', message: '', running: 0 },
  missing: [],
  warnings: [],
  ...more,
});

const all = [server('one'), server('two', { missing: ['TOKEN'] }), server('three', {}, false)];
const ids = (list: readonly ServerView[]) => list.map(({ record }) => record.id);

test('filters and words narrow together', () => {
  expect(ids(findServers(all, 'all', ''))).toEqual(['one', 'two', 'three']);
  expect(ids(findServers(all, 'attention', ''))).toEqual(['two']);
  expect(ids(findServers(all, 'disabled', ''))).toEqual(['three']);
  expect(ids(findServers(all, 'all', 'NPX t'))).toEqual(['two', 'three']);
  expect(ids(findServers(all, 'attention', 'one'))).toEqual([]);
});

test('an address names a filter or none', () => {
  expect([readFilter('attention'), readFilter('add'), readFilter('constructor')]).toEqual([
    'attention',
    'all',
    'all',
  ]);
});
