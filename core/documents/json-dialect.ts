/** What the three JSON dialects tolerate, and the trivia (blanks and comments) between their tokens. */

import { TextProblem } from './problem.ts';

export interface JsonDialect {
  readonly comments: boolean;
  readonly trailingCommas: boolean;
  /** JSON5: bare keys, single quotes, more numbers, more white space. */
  readonly extended: boolean;
}

export const jsonDialects = {
  json: { comments: false, trailingCommas: false, extended: false },
  jsonc: { comments: true, trailingCommas: true, extended: false },
  json5: { comments: true, trailingCommas: true, extended: true },
} as const satisfies Record<string, JsonDialect>;

/** Offset after a comment that begins here; undefined when none does. The line ending stays outside. */
export function commentEnd(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) !== 47) return undefined;
  const second = text.charCodeAt(at + 1);
  if (second === 42) {
    const close = text.indexOf('*/', at + 2);
    if (close === -1) throw new TextProblem(at, 'a comment is never closed');
    return close + 2;
  }
  if (second !== 47) return undefined;
  let end = at + 2;
  while (end < text.length && !isLineBreak(text.charCodeAt(end))) end += 1;
  return end;
}

/** Offset of the next token. @throws TextProblem for a comment in a dialect that has none. */
export function skipTrivia(
  text: string,
  from: number,
  dialect: JsonDialect,
  onComment?: (start: number, end: number) => void,
): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13 || code === 9) at += 1;
    else if (dialect.extended && isExtendedSpace(code)) at += 1;
    else if (code === 47) {
      const end = commentEnd(text, at);
      if (end === undefined) return at;
      if (!dialect.comments)
        throw new TextProblem(at, 'a comment stands here, which this format does not allow');
      onComment?.(at, end);
      at = end;
    } else return at;
  }
}

function isLineBreak(code: number): boolean {
  return code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
}

function isExtendedSpace(code: number): boolean {
  if (
    code === 11 ||
    code === 12 ||
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x2028 ||
    code === 0x2029
  )
    return true;
  return code > 0x7f && /\p{Zs}/u.test(String.fromCharCode(code));
}
