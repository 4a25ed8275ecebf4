/** The diff of one file for review, with every suspected secret of both its states masked. */
import type { DiffLine } from '../../shared/models/protect.ts';
import { decodeText } from '../documents/text.ts';
import { diffMasked } from '../edits/diff.ts';
import { detectInBytes } from './detect-bytes.ts';

/** Errors: `file_unsupported` for what is no text, `file_too_large`. */
export function diffFile(file: string, before: Uint8Array, after: Uint8Array): readonly DiffLine[] {
  const masks = [before, after].flatMap((bytes) =>
    detectInBytes(bytes, file).map(({ value, preview }) => ({ value, shown: preview })),
  );
  return diffMasked(decodeText(before, file).text, decodeText(after, file).text, masks);
}
