import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['servrs', 'servers'],
  ['sacn', 'scan'],
  ['prot', 'protect'],
  ['histroy', 'history'],
  ['xyzzy', undefined],
  ['', undefined],
])('%j is near %j', (word, near) => {
  expect(nearest(word, ['scan', 'servers', 'protect', 'history'])).toBe(near);
});
