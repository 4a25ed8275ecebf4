import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { describeFileError } from './file-errors.ts';

const codes = {
  ENOENT: ['file_missing', 'file_missing'],
  EACCES: ['file_unreadable', 'file_unwritable'],
  EPERM: ['file_unreadable', 'file_unwritable'],
  EROFS: ['file_unreadable', 'file_unwritable'],
  ENOSPC: ['disk_full', 'disk_full'],
  EDQUOT: ['disk_full', 'disk_full'],
  EISDIR: ['file_unsupported', 'file_unsupported'],
  EBUSY: ['file_busy', 'file_busy'],
  EMFILE: ['file_unreadable', 'file_unwritable'],
  ELOOP: ['file_unreadable', 'file_unwritable'],
  EIO: ['file_unreadable', 'file_unwritable'],
  EWHATEVER: ['file_unreadable', 'file_unwritable'],
} as const;

test.each(Object.entries(codes))(
  '%s has a code, names the path and says what to do',
  (errno, wanted) => {
    const cause = Object.assign(new Error('text of the system'), { code: errno });
    for (const [index, attempt] of (['read', 'write'] as const).entries()) {
      const error = describeFileError(cause, '/a/file', attempt);
      if (!(error instanceof AppError)) throw error;
      expect(error.code).toBe(wanted[index]);
      expect(error.message).toMatch('/a/file');
      expect(error.message).not.toMatch('text of the system');
      expect(error.hint).toMatch(/\w+ .*\.$/);
      expect(error.details).toEqual({ path: '/a/file', errno });
    }
  },
);

test('what is no system error is left as it is', () => {
  const error = new AppError('conflict', 'Ours.');
  expect(describeFileError(error, '/a', 'read')).toBe(error);
  expect(describeFileError('text', '/a', 'read')).toBe('text');
});
