import { ORPCError } from '@orpc/client';
import { expect, test } from 'vitest';
import { AppError } from '../shared/errors.ts';
import { describeFailure, exitCodeOf } from './failure.ts';

test.each([
  [
    'an error of the contract',
    new ORPCError('not_found', {
      defined: true,
      message: 'There is none.',
      data: { hint: 'Look again.', details: { server: 'x' } },
    }),
    { code: 'not_found', message: 'There is none.', hint: 'Look again.', details: { server: 'x' } },
    3,
  ],
  [
    'our own',
    new AppError('consent_needed', 'Say yes.', { hint: 'Add --yes.' }),
    { code: 'consent_needed', message: 'Say yes.', hint: 'Add --yes.' },
    5,
  ],
])('%s', (_, thrown, report, exit) => {
  expect([describeFailure(thrown), exitCodeOf(describeFailure(thrown))]).toEqual([report, exit]);
});

test('what nobody foresaw says nothing of its text', () => {
  const planted = `planted-${crypto.randomUUID()}`;
  const report = describeFailure(new TypeError(planted));
  expect(report).toMatchObject({ code: 'internal', details: { cause: 'TypeError' } });
  expect(JSON.stringify(report)).not.toContain(planted);
});
