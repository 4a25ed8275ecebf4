/** Editing of text in one line, for tests. */

import type { DocumentFormat, Edit, Path, Plain } from '../../core/documents/document.ts';
import { editDocument } from '../../core/documents/edit-document.ts';
import { plainMap } from '../../core/documents/nodes.ts';
import { parseDocument } from '../../core/documents/parse-document.ts';
import { AppError } from '../../shared/errors.ts';

/** An entry as we write it. */
export const launcher = plainMap([
  ['command', '/opt/portcullis'],
  ['args', ['run', 'x']],
]);

export function edit(text: string, format: DocumentFormat, ...edits: Edit[]): string {
  const document = parseDocument(new TextEncoder().encode(text), format, 'c.json');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(editDocument(document, edits));
}

export const set = (path: Path, value: Plain): Edit => ({ op: 'set', path, value });
export const remove = (...path: Path): Edit => ({ op: 'remove', path });

export function refusal(act: () => unknown): AppError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}
