import { expect, test } from 'vitest';
import { pauseBefore } from './live.ts';

test('pauses grow, never vanish and never pass the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 50].map((attempt) => pauseBefore(attempt, 1))).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000,
  ]);
  expect(pauseBefore(1, 0)).toBe(375);
});
