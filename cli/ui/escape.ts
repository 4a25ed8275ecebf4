/** Makes text that others wrote safe for a terminal: what cannot be seen, or would act, is written out. */

/**
 * Control, format (bidi overrides, zero-width, tags), private-use and unassigned characters, line and
 * paragraph separators, lone surrogates and blanks that pose as spaces. The plain space stays.
 */
const unseen = () =>
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800\u3164\uffa0\u115f\u1160]|\u034f|[\ufe00-\ufe0f]/gu;

/** More marks than this on one letter climb over the lines above. */
const stackedMarks = () => /(\p{M}{2})\p{M}+/gu;

/** Most texts: nothing to do, and none of the patterns above to build. */
const harmless = /^[\x20-\x7e]*$/;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

/** The same text with every unseen character as `\n`, `\t`, `\r` or `\u{…}`: one line, no orders. */
export function escapeText(text: string): string {
  if (harmless.test(text)) return text;
  return text
    .replace(stackedMarks(), '$1')
    .replace(
      unseen(),
      (character) => named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}
