/** What a run writes into one file, as pure functions of the bytes that are there at that moment. */
import { AppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Entry } from '../clients/entry.ts';
import { planEntryPut } from '../clients/plan-entry.ts';
import { renderLauncherEntry } from '../clients/render-entry.ts';
import type { ClientRow } from '../clients/row.ts';
import type { DocumentFormat, Edit } from '../documents/document.ts';
import { editDotenv } from '../documents/dotenv.ts';
import { editDocument } from '../documents/edit-document.ts';
import { equalPlain, nodeAt, plainOf } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { toPointer } from '../documents/pointer.ts';
import { decodeText, encodeText } from '../documents/text.ts';
import { scrubValues } from '../edits/values.ts';

export interface EntryChange {
  readonly row: ClientRow;
  readonly entry: Entry;
  readonly server: ServerId;
  readonly keptEnv: Readonly<Record<string, string>>;
}

/**
 * A client's file with the entries turned into entries of our launcher; every other byte stays.
 * Errors: `conflict` when an entry is no longer what was planned from, and what parsing throws.
 */
export function protectEntries(
  bytes: Uint8Array,
  file: { readonly file: string; readonly format: DocumentFormat },
  changes: readonly EntryChange[],
  launcher: string,
): Uint8Array {
  let current = bytes;
  for (const { row, entry, server, keptEnv } of changes) {
    const document = parseDocument(current, file.format, file.file);
    const node = nodeAt(document, entry.path);
    if (node === undefined || !equalPlain(plainOf(node), entry.raw)) {
      throw entryChanged(file.file, entry);
    }
    const value = renderLauncherEntry(row, entry, { launcher, server, env: keptEnv });
    const put = { path: entry.path, name: entry.name, value };
    current = editDocument(document, planEntryPut(row, document, put));
  }
  return current;
}

/** Like `protectEntries`, for the entries that stand as they were; what else is there stays. */
export function protectAgain(
  bytes: Uint8Array,
  file: { readonly file: string; readonly format: DocumentFormat },
  changes: readonly EntryChange[],
  launcher: string,
): Uint8Array {
  return protectEntries(bytes, file, standingChanges(bytes, file, changes), launcher);
}

function standingChanges(
  bytes: Uint8Array,
  file: { readonly file: string; readonly format: DocumentFormat },
  changes: readonly EntryChange[],
): readonly EntryChange[] {
  const document = parseDocument(bytes, file.format, file.file);
  return changes.filter(({ entry }) => {
    const node = nodeAt(document, entry.path);
    return node !== undefined && equalPlain(plainOf(node), entry.raw);
  });
}

function entryChanged(file: string, entry: Entry): AppError {
  return new AppError('conflict', `“${entry.name}” in ${file} was changed in the meantime.`, {
    hint: 'Look at the plan again; nothing was changed there.',
    details: { file, pointer: toPointer(entry.path) },
  });
}

/** A client's file whose comments no longer hold the values. */
export function scrubComments(
  bytes: Uint8Array,
  file: { readonly file: string; readonly format: DocumentFormat },
  values: readonly Secret[],
): Uint8Array {
  const document = parseDocument(bytes, file.format, file.file);
  const edits = document.comments.flatMap((comment): readonly Edit[] => {
    const { text, count } = scrubValues(comment.text, values);
    return count === 0 ? [] : [{ op: 'text', start: comment.start, end: comment.end, text }];
  });
  return edits.length === 0 ? bytes : editDocument(document, edits);
}

/** A file that nobody parses (history, log, old copy) with every form of the values replaced. */
export function scrubText(bytes: Uint8Array, file: string, values: readonly Secret[]): Uint8Array {
  const { text, bom } = decodeText(bytes, file);
  const scrubbed = scrubValues(text, values);
  return scrubbed.count === 0 ? bytes : encodeText(scrubbed.text, bom, file);
}

/** An env file without the lines of the variables that moved. */
export function removeVariables(
  bytes: Uint8Array,
  file: string,
  names: readonly string[],
): Uint8Array {
  const { text, bom } = decodeText(bytes, file);
  return encodeText(editDotenv(text, { remove: names }), bom, file);
}
