import { expect, test } from 'vitest';
import { cutMiddle, widthOf } from './width.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['naïve – “x”…', 12],
  ['e\u0301', 1],
  ['漢字かな', 8],
  ['한글', 4],
  ['ｆｕｌｌ', 8],
  ['👍🏽', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['🇩🇪', 2],
])('%s takes %d columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test('a cut falls between whole characters', () => {
  expect(cutMiddle('漢字漢字漢字', 8)).toBe('漢字…字');
  expect(cutMiddle('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 5)).toBe('👩‍👩‍👧‍👦…👩‍👩‍👧‍👦');
});
