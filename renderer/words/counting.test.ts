import { expect, test } from 'vitest';
import { count, formatAge, formatBytes } from './counting.ts';

const now = Date.parse('2026-05-20T12:00:00Z');

test.each([
  ['2026-05-20T12:00:30Z', 'just now'],
  ['2026-05-20T11:59:30Z', 'just now'],
  ['2026-05-20T11:01:00Z', '59 min ago'],
  ['2026-05-19T12:00:01Z', '23 h ago'],
  ['2026-05-19T12:00:00Z', '1 day ago'],
  ['2026-04-20T12:00:00Z', '30 days ago'],
  ['2025-05-20T12:00:00Z', 'May 20, 2025'],
])('%s was %s', (time, said) => {
  expect(formatAge(time, now)).toBe(said);
});

test('numbers and sizes', () => {
  expect(count(1, 'secret', 'secrets')).toBe('1 secret');
  expect(count(1200, 'secret', 'secrets')).toBe('1,200 secrets');
  expect([0, 999, 1000, 6_412_000].map(formatBytes)).toEqual(['0 B', '999 B', '1 kB', '6.4 MB']);
});
