import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import type { DiffRow } from './diff.tsx';
import { focusRows } from './focus-line.ts';

const row = (kind: DiffRow['kind'], text: string): DiffRow => ({ kind, text, line: 1 });

test('of a file on one line the change is in sight, and how much is not', () => {
  const before = `{${'a'.repeat(5000)}"command":"npx"${'z'.repeat(3000)}}`;
  const after = before.replace('npx', 'portcullis');
  const [removed, added] = focusRows([row('removed', before), row('added', after)]);
  expect(removed?.text).toContain('"command":"npx"');
  expect(added?.text).toContain('"command":"portcullis"');
  expect(removed?.text.length).toBeLessThan(300);
  expect(removed).toMatchObject({ before: 5001 + 11 - 100, after: 3001 + 1 - 100 });
});

test('short lines and lines without an opposite begin at their beginning', () => {
  const long = 'x'.repeat(2000);
  const rows = [row('same', 'short'), row('removed', long), row('gap', ''), row('added', long)];
  expect(focusRows(rows).map(({ text, before, after }) => [text.length, before, after])).toEqual([
    [5, 0, 0],
    [600, 0, 1400],
    [0, 0, 0],
    [600, 0, 1400],
  ]);
});

test('whatever the lines, what is shown stands where it is said to stand', () => {
  const rows = fc.array(
    fc.record({
      kind: fc.constantFrom('same', 'removed', 'added', 'gap'),
      text: fc.string({ maxLength: 3000, size: 'max' }),
      line: fc.constant(1),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(rows, (all) => {
      for (const [index, { text, before, after }] of focusRows(all).entries()) {
        const whole = all[index]?.text ?? '';
        expect(whole.slice(before, whole.length - after)).toBe(text);
      }
    }),
    { numRuns: runs(100, 2000) },
  );
});
