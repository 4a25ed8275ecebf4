/** One receipt per plan item, whatever happened to it, and progress while it happens. */
import type { AppError, ErrorCode } from '../../shared/errors.ts';
import type { PlanItem, ProtectPlan, Receipt } from '../../shared/models/protect.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { FileResult, MoveResult, MoveStep } from '../edits/model.ts';
import type { Report } from '../edits/stream.ts';
import type { FileWork } from './file-work.ts';

export interface SkippedItem {
  readonly item: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Outcome {
  readonly plan: ProtectPlan;
  readonly work: readonly FileWork[];
  readonly moved: MoveResult;
  readonly scrubbed: MoveResult | undefined;
  readonly skipped: readonly SkippedItem[];
  /** Servers that did not start afterwards. */
  readonly started: ReadonlyMap<ServerId, AppError>;
  /** Files that a program keeps writing back. */
  readonly rewriters: readonly string[];
}

export function receiptsOf(outcome: Outcome): readonly Receipt[] {
  const results = [...outcome.moved.files, ...(outcome.scrubbed?.files ?? [])];
  const done = outcome.work.flatMap((work) =>
    work.items.flatMap((id): readonly Receipt[] => {
      const item = outcome.plan.items.find((one) => one.id === id);
      const result = results.find(({ file }) => file === work.file);
      return item === undefined ? [] : [receiptOf(item, result, outcome)];
    }),
  );
  const skipped = outcome.skipped.flatMap(({ item: id, code, message }): readonly Receipt[] => {
    const item = outcome.plan.items.find((one) => one.id === id);
    return item === undefined ? [] : [{ ...placeOf(item), outcome: 'skipped', code, message }];
  });
  return [...done, ...skipped];
}

function receiptOf(item: PlanItem, result: FileResult | undefined, outcome: Outcome): Receipt {
  const place = placeOf(item);
  const stored = outcome.moved.items.find(({ server }) => server === item.server);
  const error = result?.error ?? stored?.error ?? outcome.moved.error;
  if (result === undefined || result.outcome === 'failed') {
    return error === undefined
      ? { ...place, outcome: 'skipped', message: 'Left as it was, because an earlier step failed.' }
      : failure(place, error);
  }
  if (result.outcome === 'unchanged') {
    return { ...place, outcome: 'unchanged', message: 'There was nothing to change any more.' };
  }
  // Before all else: the value is in the file again.
  if (outcome.rewriters.includes(item.file)) {
    return {
      ...place,
      outcome: 'done',
      message: 'Protected, but its client keeps writing the old text back.',
      hint: 'Close the client, then protect this entry again.',
    };
  }
  const silent = item.server === undefined ? undefined : outcome.started.get(item.server);
  if (silent !== undefined) {
    return {
      ...failure(place, silent),
      outcome: 'done',
      message: `Protected, but the server did not start: ${silent.message}`,
    };
  }
  const message = item.kind === 'entry' ? 'Moved to the keychain.' : 'The value is gone from here.';
  return { ...place, outcome: 'done', message };
}

function placeOf({ id, file, pointer, server }: PlanItem) {
  return { item: id, file, pointer, ...(server === undefined ? {} : { server }) };
}

function failure(place: ReturnType<typeof placeOf>, error: AppError): Receipt {
  return {
    ...place,
    outcome: 'failed',
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** Translates the steps of a move into progress for people. */
export function stepReporter(
  report: Report,
  files: number,
  items: number,
): (step: MoveStep) => void {
  const total = files * 2 + items;
  let done = 0;
  return (step) => {
    done += 1;
    const shown = Math.min(done, total);
    if (step.step === 'backed-up')
      report({ step: 'backup', subject: step.file, done: shown, total });
    else if (step.step === 'recorded') report({ step: 'record', subject: '', done: shown, total });
    else if ('server' in step) report({ step: 'store', subject: step.server, done: shown, total });
    else report({ step: 'write', subject: step.file, done: shown, total });
  };
}
