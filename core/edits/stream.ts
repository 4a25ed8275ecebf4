/** Turns work that reports progress by calls into a stream that ends with the work's result. */
import type { Progress } from '../../shared/models/protect.ts';

export type Report = (progress: Omit<Progress, 'type'>) => void;

/** Progress as it is reported, then the result; a throw of the work is thrown to the reader. */
export async function* streamRun<Result extends object>(
  work: (report: Report) => Promise<Result>,
): AsyncGenerator<Progress | (Result & { readonly type: 'result' })> {
  const waiting: Progress[] = [];
  let wake: () => void = () => {};
  let finished = false;
  const running = work((progress) => {
    waiting.push({ type: 'progress', ...progress });
    wake();
  }).finally(() => {
    finished = true;
    wake();
  });
  // The reader meets the error at the end; until then it must not count as unhandled.
  running.catch(() => {});
  while (!finished || waiting.length > 0) {
    const next = waiting.shift();
    if (next !== undefined) {
      yield next;
      continue;
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (finished || waiting.length > 0) resolve();
    });
  }
  yield { ...(await running), type: 'result' };
}
