import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DiffLine } from '../../shared/models/protect.ts';
import { runs } from '../../test/support/runs.ts';
import { focusLines } from './focus-lines.ts';

const line = (kind: DiffLine['kind'], text: string): DiffLine => ({ kind, text, line: 1 });

test('of a file on one line the change is in sight', () => {
  const before = `{${'a'.repeat(5000)}"command":"npx"${'z'.repeat(3000)}}`;
  const after = before.replace('npx', 'portcullis');
  expect(focusLines([line('removed', before), line('added', after)])).toEqual([
    line('removed', `… ${'a'.repeat(89)}"command":"npx"${'z'.repeat(99)} …`),
    line('added', `… ${'a'.repeat(89)}"command":"portcullis"${'z'.repeat(99)} …`),
  ]);
});

test('short lines are whole, and lines without an opposite begin at their beginning', () => {
  const long = 'x'.repeat(2000);
  const lines = [
    line('same', 'short'),
    line('removed', long),
    line('gap', ''),
    line('added', long),
  ];
  const cut = `${'x'.repeat(400)} …`;
  expect(focusLines(lines).map(({ text }) => text)).toEqual(['short', cut, '', cut]);
});

test('whatever the lines, what is shown stands in them, and no line grows', () => {
  const lines = fc.array(
    fc.record({
      kind: fc.constantFrom('same', 'removed', 'added', 'gap'),
      text: fc.string({ maxLength: 3000, size: 'max' }),
      line: fc.constant(1),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(lines, (all) => {
      for (const [index, { text }] of focusLines(all).entries()) {
        const whole = all[index]?.text ?? '';
        const shown = text === whole ? text : text.replace(/^… /, '').replace(/ …$/, '');
        expect(whole).toContain(shown);
        expect(text.length).toBeLessThanOrEqual(whole.length + 4);
      }
    }),
    { numRuns: runs(100, 2000) },
  );
});
