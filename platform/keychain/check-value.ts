/** What no store of ours takes, whatever the system: half characters and more than a megabyte. */
import type { Platform } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import { describeFailure } from './failures.ts';

/** Bytes of UTF-8. */
const longestValue = 1_048_576;

/** The text to store. Fails with `bad_input` or `keychain_too_long`. */
export function checkValue(secret: Secret, platform: Platform, account: string): string {
  const value = secret.reveal();
  if (!value.isWellFormed()) {
    throw new AppError('bad_input', 'The value holds half of a character and cannot be stored.', {
      hint: 'Copy the value again; it was cut in the middle of an emoji or a rare letter.',
      details: { account },
    });
  }
  if (Buffer.byteLength(value) > longestValue) throw describeFailure('too-long', platform, account);
  return value;
}
