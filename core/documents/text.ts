/** Bytes to text and back, line endings, and the splicing of text by offsets. */

import { AppError } from '../../shared/errors.ts';
import type { ParsedDocument, Splice } from './document.ts';

const bomLength = 3;

export interface DecodedText {
  readonly text: string;
  readonly bom: boolean;
}

/**
 * Decodes UTF-8 and takes the byte order mark off.
 * @throws AppError `file_unsupported` for UTF-16, UTF-32 and invalid UTF-8: rewriting such a file
 * would change its every byte.
 */
export function decodeText(bytes: Uint8Array, file: string): DecodedText {
  if (looksLikeWideText(bytes)) {
    throw new AppError('file_unsupported', `${file} is stored as UTF-16, not as UTF-8.`, {
      hint: 'Save it as UTF-8 in an editor and try again.',
      details: { file },
    });
  }
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bom ? bytes.subarray(bomLength) : bytes), bom };
  } catch (cause) {
    throw new AppError('file_unsupported', `${file} is not valid UTF-8 text.`, {
      hint: 'Save it as UTF-8 in an editor and try again.',
      details: { file },
      cause,
    });
  }
}

/**
 * Encodes as UTF-8, with the byte order mark when the file had one.
 * @throws AppError `file_unsupported` when the text holds half a surrogate pair, which UTF-8 cannot.
 */
export function encodeText(text: string, bom: boolean, file: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new AppError('file_unsupported', `A value for ${file} holds half a character.`, {
      hint: 'Enter the value again.',
      details: { file },
    });
  }
  return new TextEncoder().encode(bom ? `\uFEFF${text}` : text);
}

/**
 * The bytes of a document after a splice of its text: what stands before and behind is copied as it
 * is, not encoded anew.
 * @throws AppError as `encodeText`
 */
export function spliceBytes(document: ParsedDocument, splice: Splice): Uint8Array {
  const { bytes } = document;
  const written = encodeText(splice.text, false, document.file);
  const { start, end } = byteRange(document, splice);
  const outcome = new Uint8Array(start + written.length + bytes.length - end);
  outcome.set(bytes.subarray(0, start));
  outcome.set(written, start);
  outcome.set(bytes.subarray(end), start + written.length);
  return outcome;
}

/** Where a range of the text stands in the bytes: counted from the nearer end of the file. */
function byteRange(
  { text, bom, bytes }: ParsedDocument,
  { start, end }: Splice,
): { readonly start: number; readonly end: number } {
  const length = Buffer.byteLength(text.slice(start, end));
  if (start > text.length - end) {
    const last = bytes.length - Buffer.byteLength(text.slice(end));
    return { start: last - length, end: last };
  }
  const first = (bom ? bomLength : 0) + Buffer.byteLength(text.slice(0, start));
  return { start: first, end: first + length };
}

/** From this size on, in UTF-16 code units, a text is read and edited in parts. */
export const largeText = 262_144;

/** As far as line endings are counted: enough to tell, little enough for a file of megabytes. */
const counted = 262_144;

/** The line ending that most lines have; `\n` when there is none. */
export function dominantEol(text: string): '\n' | '\r\n' {
  let lf = 0;
  let crlf = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < counted; at = text.indexOf('\n', at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) === 13) crlf += 1;
    else lf += 1;
  }
  return crlf > lf ? '\r\n' : '\n';
}

/** 1-based line of an offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}

/** 1-based column of an offset, in UTF-16 code units. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset) + 1;
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the line ending of this line, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return at > offset && text.charCodeAt(at - 1) === 13 ? at - 1 : at;
}

/** Offset after the line ending of this line. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at === -1 ? text.length : at + 1;
}

/** The blanks a line begins with. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return text.slice(start, skipBlanks(text, start));
}

/** Whether only blanks stand before the offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return skipBlanks(text, lineStart(text, offset)) >= offset;
}

/** Offset after spaces and tabs. */
export function skipBlanks(text: string, offset: number): number {
  let at = offset;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  return at;
}

/** Offset before spaces and tabs. */
export function skipBlanksBack(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && (text.charCodeAt(at - 1) === 32 || text.charCodeAt(at - 1) === 9)) at -= 1;
  return at;
}

/** Applies splices that do not overlap; those at one offset come out in the order given. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const ordered = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let from = 0;
  for (const splice of ordered) {
    result += text.slice(from, splice.start) + splice.text;
    from = splice.end;
  }
  return result + text.slice(from);
}

function looksLikeWideText(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  // Without a mark: ASCII in UTF-16 has a zero in every other byte, UTF-8 text has none.
  return bytes.length >= 2 && (first === 0 || second === 0);
}
