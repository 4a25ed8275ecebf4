/**
 * Turns an error number of the operating system into an error that a person can act on. The same
 * table serves the real files, the in-memory twin and the fault injection of the tests, so that
 * all three fail alike.
 */
import { AppError, type ErrorCode } from '../shared/errors.ts';

export type Attempt = 'read' | 'write';

interface ErrnoRow {
  readonly read: ErrorCode;
  readonly write: ErrorCode;
  readonly message: (path: string, attempt: Attempt) => string;
  readonly hint: string;
}

const verbs = { read: 'read', write: 'change' } as const satisfies Record<Attempt, string>;

const denied: ErrnoRow = {
  read: 'file_unreadable',
  write: 'file_unwritable',
  message: (path, attempt) => `Your user is not allowed to ${verbs[attempt]} ${path}.`,
  hint: 'Check its owner and its permissions (and those of its folder), then try again.',
};

const full: ErrnoRow = {
  read: 'disk_full',
  write: 'disk_full',
  message: (path) => `There is no space left on the disk for ${path}.`,
  hint: 'Free some space (or raise the quota of your user), then try again.',
};

const busy: ErrnoRow = {
  read: 'file_busy',
  write: 'file_busy',
  message: (path) => `Another program is holding ${path}.`,
  hint: 'Close the program that uses it, then try again.',
};

const tooManyOpen: ErrnoRow = {
  read: 'file_unreadable',
  write: 'file_unwritable',
  message: (path, attempt) => `Too many files are open to ${verbs[attempt]} ${path}.`,
  hint: 'Close some programs, or raise the limit of open files, then try again.',
};

const unsupportedHere: ErrnoRow = {
  read: 'file_unsupported',
  write: 'file_unsupported',
  message: (path) => `The file system of ${path} does not offer what is needed here.`,
  hint: 'Move it to an ordinary local disk.',
};

const rows: Readonly<Record<string, ErrnoRow>> = {
  ENOENT: {
    read: 'file_missing',
    write: 'file_missing',
    message: (path) => `There is nothing at ${path}.`,
    hint: 'Check the path; the file or its folder may have been moved or deleted.',
  },
  ENOTDIR: {
    read: 'file_missing',
    write: 'file_missing',
    message: (path) => `A part of the path ${path} is a file, not a folder.`,
    hint: 'Check the path.',
  },
  EACCES: denied,
  EPERM: denied,
  EROFS: {
    read: 'file_unreadable',
    write: 'file_unwritable',
    message: (path) => `${path} is on a disk that is mounted read-only.`,
    hint: 'Mount the disk for writing, or move the file, then try again.',
  },
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: {
    read: 'file_too_large',
    write: 'file_too_large',
    message: (path) => `${path} is larger than its file system or your user's limit allows.`,
    hint: 'Make the file smaller, or raise the limit, then try again.',
  },
  ERR_FS_FILE_TOO_LARGE: {
    read: 'file_too_large',
    write: 'file_too_large',
    message: (path) => `${path} is too large to be read at once.`,
    hint: 'Check whether this is the right file.',
  },
  EISDIR: {
    read: 'file_unsupported',
    write: 'file_unsupported',
    message: (path) => `${path} is a folder, not a file.`,
    hint: 'Name the file itself.',
  },
  EEXIST: {
    read: 'conflict',
    write: 'conflict',
    message: (path) => `Something is already at ${path}.`,
    hint: 'Another program may have created it just now; look at it, then try again.',
  },
  ENOTEMPTY: {
    read: 'conflict',
    write: 'conflict',
    message: (path) => `The folder ${path} is not empty.`,
    hint: 'Look at what is in it, then try again.',
  },
  EBUSY: busy,
  ETXTBSY: busy,
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  ELOOP: {
    read: 'file_unreadable',
    write: 'file_unwritable',
    message: (path) => `The links at ${path} lead in a circle.`,
    hint: 'Remove one of the symbolic links.',
  },
  ENAMETOOLONG: {
    read: 'bad_input',
    write: 'bad_input',
    message: (path) => `The path ${path.slice(0, 80)}… is too long for this file system.`,
    hint: 'Use a shorter name.',
  },
  ERR_INVALID_ARG_VALUE: {
    read: 'bad_input',
    write: 'bad_input',
    message: (path) => `${JSON.stringify(path)} is not a path.`,
    hint: 'Check the path for characters that do not belong there.',
  },
  EXDEV: {
    read: 'file_unsupported',
    write: 'file_unsupported',
    message: (path) => `${path} is on another disk than the file that should take its place.`,
    hint: 'Both must be on the same disk.',
  },
  EIO: {
    read: 'file_unreadable',
    write: 'file_unwritable',
    message: (path, attempt) =>
      `The disk reported an error when asked to ${verbs[attempt]} ${path}.`,
    hint: 'Check the health of the disk, and copy what matters to another one.',
  },
  ENOTSUP: unsupportedHere,
  ENOSYS: unsupportedHere,
  ENOLCK: unsupportedHere,
};

const unforeseen: ErrnoRow = {
  read: 'file_unreadable',
  write: 'file_unwritable',
  message: (path, attempt) => `The system refused to ${verbs[attempt]} ${path}.`,
  hint: 'Check the file, its folder and the disk, then try again.',
};

/**
 * The error a person sees for a failed file operation. `details.path` names the file and
 * `details.errno` the system's own word. What is no system error is returned unchanged.
 */
export function describeFileError(cause: unknown, path: string, attempt: Attempt): unknown {
  const errno = readErrno(cause);
  if (errno === undefined || cause instanceof AppError) return cause;
  const row = rows[errno] ?? unforeseen;
  return new AppError(row[attempt], row.message(path, attempt), {
    hint: row.hint,
    details: { path, errno },
    cause,
  });
}

/** The system's word for an error (`ENOENT`), if it has one. */
export function readErrno(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

/** Runs one file operation and throws what a person can act on. */
export async function guardFile<T>(
  path: string,
  attempt: Attempt,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw describeFileError(cause, path, attempt);
  }
}
