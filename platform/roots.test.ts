import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { chooseRoots } from './roots.ts';

test('a relative folder is refused', () => {
  expect(() => chooseRoots({ data: 'here' })).toThrow(AppError);
});

test('folders that are given are used, the others are the usual ones', () => {
  const roots = chooseRoots({ config: '/given/config', data: '/given/data' });
  expect(roots).toEqual({ ...chooseRoots(), config: '/given/config', data: '/given/data' });
});
