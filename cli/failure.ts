/** What a failed command says and which code it ends with. */
import {
  AppError,
  type ErrorReport,
  errorTable,
  isErrorCode,
  toErrorReport,
} from '../shared/errors.ts';

/** Errors of the contract arrive as plain errors with the code and data that it declares. */
export function describeFailure(thrown: unknown): ErrorReport {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return toErrorReport(thrown);
  const code: unknown = Reflect.get(thrown, 'code');
  const data: unknown = Reflect.get(thrown, 'data');
  if (typeof code !== 'string' || !isErrorCode(code) || typeof data !== 'object' || data === null)
    return toErrorReport(thrown);
  const hint: unknown = Reflect.get(data, 'hint');
  const details: unknown = Reflect.get(data, 'details');
  return {
    code,
    message: thrown.message,
    ...(typeof hint === 'string' ? { hint } : {}),
    // The contract has checked it.
    ...(typeof details === 'object' && details !== null
      ? { details: details as NonNullable<ErrorReport['details']> }
      : {}),
  };
}

export function exitCodeOf({ code }: ErrorReport): number {
  return errorTable[code].exit;
}
