import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { escapeText } from './escape.ts';

test.each([
  ['\u001b[2J\u001b[1;1H', '\\u{1b}[2J\\u{1b}[1;1H'],
  ['a\u202eb', 'a\\u{202e}b'],
  ['one\ntwo\tthree\r', 'one\\ntwo\\tthree\\r'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['\ud800', '\\u{d800}'],
  ['a\u0301\u0301\u0301\u0301', 'a\u0301\u0301'],
  ['naïve – “café” 日本', 'naïve – “café” 日本'],
])('%j is shown as %j', (text, shown) => {
  expect(escapeText(text)).toBe(shown);
});

test('no text can end a line or order the terminal about', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: runs(200, 20_000) },
  );
});
