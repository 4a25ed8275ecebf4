/**
 * Windows refuses to replace a file while another program (an editor, a virus scanner, an indexer)
 * holds it, usually for a moment only. This waits such moments out.
 */
import { readErrno } from './file-errors.ts';

const busyErrnos: ReadonlySet<string> = new Set(['EBUSY', 'EPERM', 'EACCES']);

export interface RetryTimes {
  readonly tries: number;
  /** Milliseconds before the second try; doubles up to `longest`. */
  readonly first: number;
  readonly longest: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Tries `work` again while the system says that the file is held. The last error is thrown as it is. */
export async function retryWhileBusy<T>(work: () => Promise<T>, times: RetryTimes): Promise<T> {
  let delay = times.first;
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (cause) {
      if (tried >= times.tries || !busyErrnos.has(readErrno(cause) ?? '')) throw cause;
    }
    // Half fixed, half random: two writers that met once do not meet again at the same moment.
    await times.sleep(delay * (0.5 + times.random() / 2));
    delay = Math.min(delay * 2, times.longest);
  }
}
