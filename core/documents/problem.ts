/** Errors of reading and editing. None quotes the file: what stands there may be a secret. */

import { AppError } from '../../shared/errors.ts';
import type { Path } from './document.ts';
import { columnOf, lineOf } from './text.ts';

/** Nesting beyond this is refused: no config needs it, and recursion must not be led to overflow. */
export const deepestNesting = 200;

/** A place where a text breaks its grammar. Thrown inside this folder, turned into AppError at its front. */
export class TextProblem extends Error {
  readonly offset: number;

  constructor(offset: number, what: string) {
    super(what);
    this.name = 'TextProblem';
    this.offset = offset;
  }
}

export function tooDeep(offset: number): TextProblem {
  return new TextProblem(offset, `lists and maps are nested deeper than ${deepestNesting} levels`);
}

/**
 * Refuses a text with thousands of brackets open at once, before it is given to a parser that
 * recurses or takes quadratic time. Generous, since brackets in texts and comments count too.
 */
export function guardBrackets(text: string): void {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 91 || code === 123) open += 1;
    else if ((code === 93 || code === 125) && open > 0) open -= 1;
    if (open > 10_000) throw tooDeep(at);
  }
}

export function unparsable(file: string, text: string, problem: TextProblem): AppError {
  const offset = Math.min(problem.offset, text.length);
  const line = lineOf(text, offset);
  const column = columnOf(text, offset);
  return new AppError('file_unparsable', `${file}:${line}:${column}: ${problem.message}.`, {
    hint: 'Correct the file in an editor and try again. Portcullis has not changed it.',
    details: { file, line, column },
  });
}

export function unwritable(file: string, why: string, details: { line?: number } = {}): AppError {
  return new AppError(
    'file_unsupported',
    `Portcullis cannot change this entry of ${file} without touching other text: ${why}.`,
    {
      hint: 'Change this entry in an editor. Portcullis has not changed the file.',
      details: { file, ...details },
    },
  );
}

export function duplicateKeys(file: string, path: Path, line: number): AppError {
  const place = path.map(String).join(' > ');
  return new AppError(
    'file_duplicate_keys',
    `${file}:${line}: the key ${place} stands there twice.`,
    {
      hint: 'Remove one of the two in an editor and try again.',
      details: { file, line, path: path.map(String) },
    },
  );
}
