import { expect, test } from 'vitest';
import { typeKeys } from './prompt.ts';

test.each([
  ['letters', '', 'abc', { typed: 'abc' }],
  ['Enter', 'abc', '\r', { typed: 'abc', end: 'entered' }],
  ['a pasted value and its end of line', '', 'abc\n', { typed: 'abc', end: 'entered' }],
  ['backspace over a whole character', 'a😀', '\u007f', { typed: 'a' }],
  ['Ctrl-U', 'abc', '\u0015d', { typed: 'd' }],
  ['arrows', 'ab', '\u001b[D\u001b[Cc', { typed: 'abc' }],
  ['a bracketed paste', '', '\u001b[200~abc\u001b[201~', { typed: 'abc' }],
  ['Ctrl-C', 'abc', 'd\u0003', { typed: 'abcd', end: 'interrupted' }],
  ['Ctrl-D on nothing', '', '\u0004', { typed: '', end: 'interrupted' }],
  ['several pasted lines', '', 'one\ntwo', { typed: 'one', end: 'several-lines' }],
])('%s', (_, before, chunk, after) => {
  expect(typeKeys(before, chunk)).toEqual(after);
});
