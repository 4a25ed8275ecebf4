// @ts-check
/**
 * Loaded before every test file. Fails the file when its name or folder says that root must not run
 * it: root reads and writes past every permission, so such a test would prove nothing.
 */
import { expect } from 'vitest';
import { isForOrdinaryUser } from './runners.mjs';

const file = expect.getState().testPath ?? '';

if (process.geteuid?.() === 0 && isForOrdinaryUser(file)) {
  throw new Error(
    'This file must not run as root. `npm test -- PART-OF-ITS-NAME` runs it as a user.',
  );
}
