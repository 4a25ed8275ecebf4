/** A run while it goes on, and its receipts. */
import { errorTable, isErrorCode } from '../../shared/errors.ts';
import type { Receipt, RunResult, RunStream } from '../../shared/models/protect.ts';
import type { Context } from '../command.ts';
import { sayPath } from '../ui/say.ts';
import { words } from '../words.ts';

/** Follows a run to its end, even when Ctrl-C is pressed, and prints what became of it. */
export async function followRun(
  context: Context,
  start: () => Promise<AsyncIterable<RunStream>>,
): Promise<number> {
  const { terminal, progress, json, home } = context;
  const result = await context.finishFirst(async () => {
    let last: RunResult | undefined;
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
  if (result === undefined) throw new Error('A run ended without a result.');
  if (json) terminal.json(result);
  else printResult(context, result);
  return exitOf(result);
}

/** The longest of the words, and a space. */
export const outcomeWidth = 10;

const marks = { done: 'green', unchanged: 'dim', failed: 'red', skipped: 'yellow' } as const;

function printResult(
  { terminal, home }: Context,
  { run, receipts, remaining, rotate }: RunResult,
): void {
  terminal.line();
  for (const { outcome, file, server, message, hint } of receipts) {
    terminal.line(
      [words.outcome[outcome].padEnd(outcomeWidth), marks[outcome]],
      server === undefined ? '' : `${server}  `,
      sayPath(file, home),
      [`  ${message}`, 'dim'],
    );
    if (hint !== undefined) terminal.line(' '.repeat(outcomeWidth), [hint, 'yellow']);
  }
  terminal.line();
  terminal.line([words.protect.remaining(remaining), remaining === 0 ? 'green' : 'yellow']);
  if (rotate.length > 0) terminal.line(words.protect.rotate);
  for (const { server, secret, kind, rotateUrl } of rotate)
    terminal.line('  ', `${server}  ${secret}  `, [rotateUrl ?? kind, 'cyan']);
  if (run.kind === 'protect' && run.state !== 'undone' && run.files.length > 0)
    terminal.line([words.protect.wayBack(run.id), 'dim']);
}

/** The code of the first thing that was asked for and not done, as the error table has it; else 0. */
function exitOf({ receipts, run }: RunResult): number {
  const failed = receipts.find(({ outcome }) => outcome === 'failed');
  const left = receipts.find(({ outcome, code }) => outcome === 'skipped' && code !== undefined);
  const first = failed ?? left;
  if (first !== undefined) return exitOfReceipt(first);
  return run.state === 'failed' || run.state === 'unfinished' ? errorTable.internal.exit : 0;
}

function exitOfReceipt({ code }: Receipt): number {
  return code !== undefined && isErrorCode(code) ? errorTable[code].exit : errorTable.internal.exit;
}
