/** Named values in running text: comments, logs, broken files, settings that hold several lines. */

import type { JudgeValue } from './arguments.ts';
import type { Context, Hit, NameRole } from './detection.ts';
import { readName } from './names.ts';
import { blank } from './references.ts';

const telling = /pass|pwd|secret|token|key|auth|bearer|cred|cookie|session|sig|jwt|pat\b/i;
const before =
  /(?<![A-Za-z0-9_.$-])(?:\$\{?[eE][nN][vV]:|[eE]nv:|[$])?([A-Za-z_][A-Za-z0-9_.-]{0,80}?)(?:\\{0,3}["'`\]]){0,2}[ \t]{0,4}(?:=>|:=|==?|:)[ \t]{0,4}(?:\\{0,3}(["'`]))?/g;
const flagged =
  /(?<![A-Za-z0-9_-])--?([A-Za-z][A-Za-z0-9_-]{1,60})[ \t]{1,4}(?:\\{0,3}(["']))?(?=[^\s-])/g;
const setLike =
  /(?<![A-Za-z0-9_-])(?:setx|set[ \t]+-[gUx]{1,3}|setenv)[ \t]+(?:-[A-Za-z][ \t]+)?([A-Za-z_][A-Za-z0-9_]{1,80})[ \t]+(?:(["']))?/g;
const dotNet = /SetEnvironmentVariable\(\s*["']([A-Za-z_][A-Za-z0-9_]{1,80})["']\s*,\s*(["'])/g;
const schemeWord = /^(?:bearer|basic|token|apikey|bot|key|flyv1)$/i;

function roleOf(name: string, fallback: NameRole): NameRole {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return 'variable';
  return /^(?:authorization|cookie|x-[a-z-]+|api-key|private-token)$/i.test(name)
    ? 'header'
    : fallback;
}

/** Where the value that begins at `start` ends. */
function endOfValue(
  text: string,
  start: number,
  quote: string | undefined,
  inQuery: boolean,
): number {
  if (quote !== undefined) {
    for (let at = start; at < text.length && at < start + 8192; at += 1) {
      const char = text[at];
      if (char === '\n' && quote !== '`') return at;
      if (char === '\\' && text[at + 1] === quote) return at;
      if (char === quote) return at;
    }
    return Math.min(text.length, start + 8192);
  }
  let end = unquotedEnd(text, start);
  if (inQuery) {
    const next = text.indexOf('&', start);
    return next < 0 ? end : Math.min(end, next);
  }
  if (schemeWord.test(text.slice(start, end)) && text[end] === ' ')
    end = unquotedEnd(text, end + 1);
  return end;
}

function unquotedEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\s"'`,;<>{}]/.test(text[at] ?? '')) at += 1;
  while (at > start && /[).\]:\\]/.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

/** A longer value is judged as one: names inside it are not looked at again. */
const longValue = 200;

/**
 * Hits under every name in a text; the text is judged as a whole elsewhere. Values are judged flat:
 * what is assigned inside them stands in this text too.
 */
export function findAssignments(
  text: string,
  context: Context,
  judgeValue: JudgeValue,
): readonly Hit[] {
  if (context.flat === true || !telling.test(text)) return [];
  return [before, flagged, setLike, dotNet].flatMap((pattern) => {
    const hits: Hit[] = [];
    let passed = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index < passed) continue;
      const start = match.index + match[0].length;
      const name = (match[1] ?? '').replace(/^.*\./, '');
      const role = roleOf(name, pattern === flagged ? 'flag' : 'setting');
      if (name === '' || readName(name, role).strength === 'none') continue;
      const inQuery = /[?&]/.test(text[match.index - 1] ?? '');
      const end = endOfValue(text, start, match[2], inQuery);
      if (end - start > longValue) passed = end;
      const value = text.slice(start, end);
      if (value.length < 6 || value.startsWith(blank)) continue;
      const inner: Context = { ...context, name, role, depth: context.depth + 1, flat: true };
      for (const hit of judgeValue(value, inner)) {
        if (hit.confidence === 'possible') continue;
        hits.push({ ...hit, start: hit.start + start, end: hit.end + start });
      }
    }
    return hits;
  });
}
