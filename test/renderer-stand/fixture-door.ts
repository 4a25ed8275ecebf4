/** The contract as the stand answers it: at once, never, or with a failure. */
import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import { home } from './people.ts';
import type { Mood } from './scenes.ts';

export type FixtureContract = ReturnType<typeof implementFixture>;

export function implementFixture(mood: Mood) {
  return implement(contract).use(async ({ next, path }) => {
    if (path[0] === 'events') return next();
    if (mood === 'waits') await new Promise(() => undefined);
    try {
      if (mood === 'fails') {
        throw new AppError('records_unreadable', 'The records cannot be read.', {
          hint: 'Restore them from the backup beside the file, then try again.',
          details: { file: `${home}/.config/portcullis/records.json`, place: 'line 214, column 7' },
        });
      }
      return await next();
    } catch (thrown) {
      throw toWire(thrown);
    }
  });
}

export function toWire(thrown: unknown): unknown {
  if (!(thrown instanceof AppError)) return thrown;
  return new ORPCError(thrown.code, {
    status: thrown.status,
    message: thrown.message,
    data: { hint: thrown.hint, details: thrown.details },
  });
}
