/** Text to paste, for clients whose files we do not write. */
import type { Plain } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { planEntryPut } from './plan-entry.ts';
import type { ClientRow } from './row.ts';

export interface Snippet {
  readonly text: string;
  /** Where it goes, when the row knows. */
  readonly note?: string;
}

/** A whole config file that holds only this entry, in the client's format. */
export function snippetFor(row: ClientRow, name: string, value: Plain): Snippet {
  const empty = parseDocument(new Uint8Array(), row.format, row.name);
  const bytes = editDocument(empty, planEntryPut(row, empty, { name, value }));
  const text = new TextDecoder().decode(bytes);
  return { text, ...(row.snippetNote === undefined ? {} : { note: row.snippetNote }) };
}
