/**
 * Everything that can go wrong in a way a person meets. One row a code: the HTTP status the browser
 * door answers with and the exit code the command line ends with. Scripts match on the code, never
 * on the text; the text is for people.
 */

interface ErrorRow {
  readonly status: number;
  readonly exit: number;
}

export const errorTable = {
  bad_input: { status: 400, exit: 2 },
  not_found: { status: 404, exit: 3 },
  conflict: { status: 409, exit: 4 },
  consent_needed: { status: 428, exit: 5 },
  file_missing: { status: 404, exit: 10 },
  file_unreadable: { status: 403, exit: 10 },
  file_unwritable: { status: 403, exit: 11 },
  file_unparsable: { status: 422, exit: 12 },
  file_duplicate_keys: { status: 422, exit: 12 },
  file_unsupported: { status: 422, exit: 12 },
  file_too_large: { status: 413, exit: 12 },
  file_changed: { status: 409, exit: 13 },
  file_busy: { status: 423, exit: 14 },
  disk_full: { status: 507, exit: 15 },
  keychain_unavailable: { status: 503, exit: 20 },
  keychain_locked: { status: 423, exit: 21 },
  keychain_denied: { status: 403, exit: 22 },
  keychain_timeout: { status: 504, exit: 23 },
  keychain_too_long: { status: 413, exit: 24 },
  keychain_item_unreadable: { status: 500, exit: 25 },
  secret_missing: { status: 404, exit: 26 },
  passphrase_wrong: { status: 403, exit: 27 },
  records_unreadable: { status: 500, exit: 30 },
  records_newer: { status: 409, exit: 31 },
  records_busy: { status: 423, exit: 32 },
  server_disabled: { status: 409, exit: 40 },
  server_start_failed: { status: 502, exit: 41 },
  server_timeout: { status: 504, exit: 42 },
  server_protocol: { status: 502, exit: 43 },
  command_not_found: { status: 404, exit: 127 },
  remote_unreachable: { status: 502, exit: 44 },
  remote_refused: { status: 502, exit: 45 },
  not_confined: { status: 409, exit: 46 },
  launcher_missing: { status: 500, exit: 47 },
  backup_unreadable: { status: 500, exit: 50 },
  interrupted: { status: 499, exit: 130 },
  unsupported: { status: 501, exit: 60 },
  internal: { status: 500, exit: 70 },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable).filter(isErrorCode);

/** Plain facts beside an error: which file, which place, which server. Never a value of a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface AppErrorOptions {
  /** What the person should do next, one sentence. */
  readonly hint?: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get exitCode(): number {
    return errorTable[this.code].exit;
  }
}

/** An error as it crosses a door: no stack, no cause. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: ErrorDetails;
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/**
 * Turns whatever was thrown into an AppError. What nobody foresaw becomes `internal` with a fixed
 * sentence: the text of an unknown error may quote its input, and the input may be a secret.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('internal', 'Something went wrong that Portcullis did not foresee.', {
    hint: 'Try again. If it happens twice, run `portcullis doctor` and report what it prints.',
    details: { cause: describeCause(thrown) },
    cause: thrown,
  });
}

export function toErrorReport(thrown: unknown): ErrorReport {
  const error = toAppError(thrown);
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
  };
}

/** The kind of an unforeseen error (`TypeError`, `ENOENT`), never its message. */
function describeCause(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z_0-9]{2,40}$/.test(code) ? code : thrown.name;
}
