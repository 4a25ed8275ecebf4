/** Makes text that others wrote safe to look at: what cannot be seen is written out. */

/**
 * Control, format (bidi overrides, zero-width, soft hyphen, tags) and private-use characters, line
 * and paragraph separators, lone surrogates and blanks that pose as spaces. The plain space stays.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u3164\uffa0\u115f\u1160]|\u034f|[\ufe00-\ufe0f]/gu;

/** More marks than this on one letter climb over the lines above. */
const stackedMarks = /(\p{M}{2})\p{M}+/gu;

export function hasUnseen(text: string): boolean {
  return text.search(unseen) !== -1;
}

export function escapeText(text: string): string {
  return text.replace(stackedMarks, '$1').replace(unseen, writeOut);
}

function writeOut(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16)}}`;
}

export interface Cut {
  readonly head: string;
  /** Characters (code points) that were left out. */
  readonly rest: number;
}

/** Cuts between code points, never inside one. */
export function cutText(text: string, cap: number): Cut {
  if (text.length <= cap) return { head: text, rest: 0 };
  const characters = [...text];
  return characters.length <= cap
    ? { head: text, rest: 0 }
    : { head: characters.slice(0, cap).join(''), rest: characters.length - cap };
}

/** Splits a path after its last separator, so that the name can stay when the folder is cut. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: path.slice(0, at + 1), name: path.slice(at + 1) };
}

/** The person's own folder as `~`; everybody else's stays whole. */
export function shortenHome(path: string): string {
  return path
    .replace(/^\/(?:home|Users)\/[^/]+(?=\/)/, '~')
    .replace(/^[A-Za-z]:\\Users\\[^\\]+(?=\\)/, '~');
}
