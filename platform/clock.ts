/** Real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

export function createClock(): Clock {
  return {
    now: () => new Date().toISOString(),
    monotonic: () => performance.now(),
    sleep: (milliseconds) => sleep(milliseconds),
  };
}
