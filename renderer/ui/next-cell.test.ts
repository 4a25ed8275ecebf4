import { expect, test } from 'vitest';
import { nextCell } from './next-cell.ts';

const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false });
const size = { rows: 30, columns: 4 };

test.each([
  ['ArrowDown', false, { row: 6, column: 2 }],
  ['ArrowUp', false, { row: 4, column: 2 }],
  ['ArrowRight', false, { row: 5, column: 3 }],
  ['ArrowLeft', false, { row: 5, column: 1 }],
  ['Home', false, { row: 5, column: 0 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', false, { row: 5, column: 3 }],
  ['End', true, { row: 29, column: 3 }],
  ['PageDown', false, { row: 15, column: 2 }],
  ['PageUp', false, { row: 0, column: 2 }],
])('%s (Ctrl: %s) goes from the middle to %o', (key, ctrl, expected) => {
  expect(nextCell(press(key, ctrl), { row: 5, column: 2 }, size)).toEqual(expected);
});

test('a key that would leave the grid, or means nothing, does not move', () => {
  const corner = { row: 29, column: 3 };
  expect(nextCell(press('ArrowDown'), corner, size)).toBe(undefined);
  expect(nextCell(press('ArrowRight'), corner, size)).toBe(undefined);
  expect(nextCell(press('x'), corner, size)).toBe(undefined);
  expect(nextCell(press('End'), corner, { rows: 0, columns: 0 })).toBe(undefined);
});
