/** Work on drift while it goes on, and its receipts. */
import { errorTable, isErrorCode } from '../../shared/errors.ts';
import type { DriftResult, DriftStream } from '../../shared/models/drift.ts';
import type { Context } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { words } from '../words.ts';
import { outcomeWidth } from './print-run.ts';

const marks = { done: 'green', unchanged: 'dim', failed: 'red', skipped: 'yellow' } as const;

/** Follows it to its end, even when Ctrl-C is pressed. Answers the exit code. */
export async function followDrift(
  context: Context,
  start: () => Promise<AsyncIterable<DriftStream>>,
): Promise<number> {
  const { terminal, progress, json, home } = context;
  const result = await context.finishFirst(async () => {
    let last: DriftResult | undefined;
    for await (const event of await start()) {
      if (event.type === 'result') last = event;
      else
        progress.show(
          words.step(event.step, sayPath(event.subject, home), event.done, event.total),
        );
    }
    return last;
  });
  progress.clear();
  if (result === undefined) throw new Error('It ended without a result.');
  if (json) terminal.json(result);
  else
    for (const { outcome, file, server, message, hint } of result.receipts) {
      terminal.line(
        [words.outcome[outcome].padEnd(outcomeWidth), marks[outcome]],
        server === undefined ? '' : `${server}  `,
        sayPath(file, home),
        [`  ${message}`, 'dim'],
      );
      if (hint !== undefined) terminal.line(' '.repeat(outcomeWidth), [hint, 'yellow']);
    }
  return exitOf(result);
}

/** The code of the first thing that was asked for and not done; else 0. */
function exitOf({ receipts }: DriftResult): number {
  const first =
    receipts.find(({ outcome }) => outcome === 'failed') ??
    receipts.find(({ outcome, code }) => outcome === 'skipped' && code !== undefined);
  if (first === undefined) return 0;
  const { code } = first;
  return code !== undefined && isErrorCode(code) ? errorTable[code].exit : errorTable.internal.exit;
}
