/** Blanks and `#` comments, as TOML and YAML flow collections have them between tokens. */

import type { BracketSyntax } from './brackets.ts';

export const hashSyntax: BracketSyntax = { skipTrivia, commentEnd };

function skipTrivia(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9 || code === 10 || code === 13) at += 1;
    else {
      const end = commentEnd(text, at);
      if (end === undefined) return at;
      at = end;
    }
  }
}

/** The line ending stays outside. */
function commentEnd(text: string, at: number): number | undefined {
  if (text.charCodeAt(at) !== 35) return undefined;
  let end = at + 1;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end += 1;
  return end;
}
