import { expect, test } from 'vitest';
import type { DiffRow } from './diff.tsx';
import { pairRows } from './pair-rows.ts';

const row = (kind: DiffRow['kind'], text: string): DiffRow => ({ kind, text, line: 1 });

test('what is removed stands beside what takes its place, and nothing is lost', () => {
  const rows = [
    row('same', 'a'),
    row('removed', 'b'),
    row('removed', 'c'),
    row('added', 'd'),
    row('gap', ''),
    row('added', 'e'),
    row('removed', 'f'),
  ];
  expect(pairRows(rows)).toEqual([
    { left: rows[0], right: rows[0] },
    { left: rows[1], right: rows[3] },
    { left: rows[2], right: undefined },
    { left: rows[4], right: rows[4] },
    { left: undefined, right: rows[5] },
    { left: rows[6], right: undefined },
  ]);
});
