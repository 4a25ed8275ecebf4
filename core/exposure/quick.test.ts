/** What is passed over unread must hold nothing: wherever the borders of a map or list lie. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { findTelling, hasPlaceIn, mayHoldSecret } from './quick.ts';

const piece = fc.stringMatching(/^[a-z0-9 =:'\\-]{0,24}$/);
const key = fc.constantFrom('display', 'token', 'n');
const container = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    piece,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(key, tie('node'), { maxKeys: 3 }),
  ),
})).node;

/** The same question asked of every key and value, one by one. */
function mayHold(value: unknown): boolean {
  if (typeof value === 'string') return mayHoldSecret(value);
  if (Array.isArray(value)) return value.some(mayHold);
  return Object.entries(value ?? {}).some(([name, inner]) => name === 'token' || mayHold(inner));
}

test('a list that is passed over holds neither a telling key nor a telling value', () => {
  let passed = 0;
  fc.assert(
    fc.property(
      fc.array(container, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      (items, wide) => {
        const parts = items.map((item) => JSON.stringify(item, null, wide ? 2 : 0));
        const text = `[${parts.join(',')}]`;
        const telling = findTelling(text, (name) => name === 'token');
        let start = 1;
        for (const [index, part] of parts.entries()) {
          if (!hasPlaceIn(telling, start, start + part.length)) {
            passed += 1;
            expect([part, mayHold(items[index])]).toEqual([part, false]);
          }
          start += part.length + 1;
        }
      },
    ),
    { numRuns: runs(1000, 50_000) },
  );
  expect(passed).toBeGreaterThan(100);
});

test('a place counts from the start of a range and not at its end', () => {
  expect([hasPlaceIn([3, 7], 3, 4), hasPlaceIn([3, 7], 4, 7), hasPlaceIn([], 0, 9)]).toEqual([
    true,
    false,
    false,
  ]);
});
