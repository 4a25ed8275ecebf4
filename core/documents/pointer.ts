/** JSON Pointer, RFC 6901. */

import { AppError } from '../../shared/errors.ts';
import type { Path } from './document.ts';

/** A path as a JSON Pointer (RFC 6901 §3); the root is the empty text. */
export function toPointer(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Reads a JSON Pointer (RFC 6901 §4). List indexes come out as text, since only the document can
 * tell them from keys; `nodeAt` and `editDocument` take them so.
 * @throws AppError `bad_input`
 */
export function fromPointer(text: string): string[] {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) {
    throw new AppError(
      'bad_input',
      'This is not a JSON Pointer: it starts with / and has ~ only as ~0 or ~1.',
    );
  }
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
