/** Looks at one config file: reads, parses and lists its entries, and says what is wrong where that fails. */
import { AppError, type ErrorCode, toAppError } from '../../shared/errors.ts';
import type { ClientFile } from '../../shared/models/client.ts';
import type { DocumentFormat, ParsedDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { FileFacts, Files } from '../ports.ts';
import type { Entry } from './entry.ts';
import type { FileLocation } from './locate-files.ts';
import { managedServerId } from './managed-entry.ts';
import { readEntries } from './read-entries.ts';
import type { ClientRow } from './row.ts';

export interface FileSurvey {
  readonly location: FileLocation;
  readonly state: ClientFile['state'];
  readonly problem?: { readonly message: string; readonly hint?: string };
  /** Present when the state is `present`. */
  readonly document?: ParsedDocument;
  readonly entries: readonly Entry[];
}

export type FileReader = (
  path: string,
  format: DocumentFormat,
) => Promise<ParsedDocument | undefined>;

/** 16 MiB: far above the largest state file seen, far below what would freeze us. */
const limit = 16 * 1024 * 1024;

const states: Partial<Record<ErrorCode, ClientFile['state']>> = {
  file_unparsable: 'unparsable',
  file_duplicate_keys: 'unparsable',
  file_unsupported: 'unsupported',
};

/** Reads and parses each file once, however many clients share it. Undefined when it is not there. */
export function createReader(files: Files): FileReader {
  const seen = new Map<string, Promise<ParsedDocument | undefined>>();
  return (path, format) => {
    const key = `${format}:${path}`;
    const known = seen.get(key) ?? readDocument(files, path, format);
    seen.set(key, known);
    return known;
  };
}

async function readDocument(
  files: Files,
  path: string,
  format: DocumentFormat,
): Promise<ParsedDocument | undefined> {
  for (let tries = 1; ; tries += 1) {
    const facts = await files.stat(path);
    if (facts === undefined) return checkLink(files, path);
    if (facts.kind !== 'file') throw notAFile(path);
    const bytes = await files.read(path, { limit });
    try {
      return parseDocument(bytes, format, path);
    } catch (thrown) {
      if (tries === mostReads || !(await isWrittenSince(files, path, facts))) throw thrown;
    }
  }
}

/** A program that writes in place leaves half a file for a moment, and is done a moment later. */
const mostReads = 5;

async function isWrittenSince(files: Files, path: string, before: FileFacts): Promise<boolean> {
  const now = await files.stat(path);
  return (
    now !== undefined &&
    (now.modified !== before.modified || now.size !== before.size || now.inode !== before.inode)
  );
}

async function checkLink(files: Files, path: string): Promise<undefined> {
  const link = await files.lstat(path);
  if (link?.kind === 'link') throw danglingLink(path);
}

function notAFile(path: string): AppError {
  return new AppError('file_unreadable', `${path} is not a file.`, {
    hint: 'A folder or device stands where the client expects its config file: move it away.',
    details: { file: path },
  });
}

function danglingLink(path: string): AppError {
  return new AppError('file_unreadable', `${path} is a link to a file that is not there.`, {
    hint: 'Bring back the file it points to, or remove the link.',
    details: { file: path },
  });
}

/** Never throws: what goes wrong is the file's state. */
export async function surveyFile(
  row: ClientRow,
  location: FileLocation,
  world: {
    readonly files: Files;
    readonly read: FileReader;
    readonly launcherPaths: readonly string[];
  },
): Promise<FileSurvey> {
  const { path, format } = location;
  try {
    if (format === undefined) return await surveyScript(location, world.files);
    const document = await world.read(path, format);
    if (document === undefined) return { location, state: 'missing', entries: [] };
    const entries = readEntries(row, location, document).map((entry) => {
      const managed = managedServerId(entry, world.launcherPaths);
      return managed === undefined ? entry : { ...entry, managed };
    });
    return { location, state: 'present', document, entries };
  } catch (thrown) {
    return failedSurvey(location, toAppError(thrown));
  }
}

export function failedSurvey(location: FileLocation, error: AppError): FileSurvey {
  const { code, message, hint } = error;
  return {
    location,
    state: states[code] ?? 'unreadable',
    problem: { message, ...(hint === undefined ? {} : { hint }) },
    entries: [],
  };
}

async function surveyScript(location: FileLocation, files: Files): Promise<FileSurvey> {
  const facts = await files.stat(location.path);
  if (facts === undefined) return { location, state: 'missing', entries: [] };
  return {
    location,
    state: 'unsupported',
    problem: {
      message: `${location.path} is a program that the client runs; Portcullis does not change it.`,
      hint: 'Paste the snippet into it yourself.',
    },
    entries: [],
  };
}
