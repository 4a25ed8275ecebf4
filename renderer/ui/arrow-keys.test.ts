import { expect, test } from 'vitest';
import { nextRow } from './arrow-keys.ts';

test.each([
  ['ArrowDown', 0, 0, undefined],
  ['ArrowDown', 2, 3, undefined],
  ['ArrowDown', 1, 3, 2],
  ['ArrowUp', 0, 3, undefined],
  ['ArrowUp', 2, 3, 1],
  ['Home', 2, 3, 0],
  ['End', 0, 500, 499],
  ['PageDown', 495, 500, 499],
  ['PageUp', 4, 500, 0],
  ['a', 1, 3, undefined],
  ['constructor', 1, 3, undefined],
])('%s at %i of %i', (key, at, rows, next) => {
  expect(nextRow(key, at, rows)).toBe(next);
});
