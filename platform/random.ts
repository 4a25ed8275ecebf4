/** The system's cryptographic random numbers. */
import { randomBytes } from 'node:crypto';
import type { Random } from '../core/ports.ts';

export function createRandom(): Random {
  return { bytes: (count) => new Uint8Array(randomBytes(count)) };
}
