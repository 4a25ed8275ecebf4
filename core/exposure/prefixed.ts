/** Kinds that show in the value itself: a literal beginning or a literal in the middle. */
import type { Hit, KindRow, Verdict } from './detection.ts';
import { kindTable } from './kinds.ts';
import { isPlaceholderBody } from './placeholders.ts';

interface Matcher {
  readonly kind: KindRow;
  readonly prefix: string;
  readonly pattern: RegExp;
  /** Code of the prefix's second character; 0 when it has none. */
  readonly second: number;
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function matchersOf(kind: KindRow): readonly Matcher[] {
  const { body, prefixes } = kind;
  if (body === undefined || prefixes === undefined) return [];
  return prefixes.map((prefix) => ({
    kind,
    prefix,
    pattern: new RegExp(`${escapeLiteral(prefix)}${body}`, 'y'),
    second: prefix.length > 1 ? prefix.charCodeAt(1) : 0,
  }));
}

/** Matchers by the code of the first character of what they match. */
function indexMatchers(): readonly (readonly Matcher[] | undefined)[] {
  const index: Matcher[][] = [];
  for (const matcher of kindTable.flatMap(matchersOf)) {
    const firsts = matcher.prefix === '' ? '0123456789' : matcher.prefix.charAt(0);
    for (const first of firsts) {
      const code = first.charCodeAt(0);
      index[code] = [...(index[code] ?? []), matcher];
    }
  }
  for (const list of index) list?.sort((a, b) => b.prefix.length - a.prefix.length);
  return index;
}

const byFirst = indexMatchers();
const infixKinds = kindTable.filter((kind) => kind.infix !== undefined);

function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isHexCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

/** Whether a token may begin here: after a non-word character, an escape (`\n`) or `%3D`. */
function isBoundary(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if (!isWordCode(before)) return true;
  if (at >= 2 && text[at - 2] === '\\' && 'ntrbf'.includes(text[at - 1] ?? '')) return true;
  return at >= 3 && text[at - 3] === '%' && isHexCode(before) && isHexCode(text.charCodeAt(at - 2));
}

const goesOn = /[A-Za-z0-9_-]*/y;

function judgeMatch(matcher: Matcher, text: string, at: number): Hit | undefined {
  const { kind, prefix, pattern } = matcher;
  if (prefix.length < 5 && prefix !== '' && (text[at - 1] === '-' || text[at - 1] === '_'))
    return undefined;
  // Compared first: an expression that is never run is never compiled.
  if (!text.startsWith(prefix, at)) return undefined;
  pattern.lastIndex = at;
  const matched = pattern.exec(text)?.[0];
  if (matched === undefined) return undefined;
  let end = at + matched.length;
  const longer = end < text.length && isWordCode(text.charCodeAt(end));
  if (longer) {
    goesOn.lastIndex = end;
    end += goesOn.exec(text)?.[0].length ?? 0;
  }
  const start = kind.leads?.includes(prefix) === true ? at + prefix.length : at;
  const value = text.slice(start, end);
  const body = text.slice(at + prefix.length, end);
  if (kind.mixedOnly === true && !isMixed(body)) return undefined;
  if (isPlaceholderBody(body, value)) return undefined;
  const verdict = kind.verify?.(value) ?? 'unknown';
  if (verdict === 'reject') return undefined;
  return toHit(kind, start, end, longer ? 'wrong' : verdict, prefix);
}

function isMixed(body: string): boolean {
  return /[0-9]/.test(body) && /[A-Z]/.test(body) && /[a-z]/.test(body);
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  right: 'has the form of a %, and the check inside it is right',
  wrong: 'looks like a %, though its length or checksum is not the usual one',
  unknown: 'has the form of a %',
};

/** Rank of a form that nothing speaks against. */
export const sureForm = 90;

function toHit(kind: KindRow, start: number, end: number, verdict: Verdict, prefix: string): Hit {
  const sure = verdict === 'right' || (verdict === 'unknown' && prefix.length >= 4);
  return {
    start,
    end,
    kind,
    confidence: sure ? 'certain' : 'likely',
    reason: `The value ${verdictWords[verdict].replace('%', kind.label)}.`,
    rank: verdict === 'wrong' ? 80 : sureForm,
  };
}

function matchAt(text: string, at: number, matchers: readonly Matcher[]): Hit | undefined {
  let best: Hit | undefined;
  const second = text.charCodeAt(at + 1);
  for (const matcher of matchers) {
    if (matcher.second !== 0 && matcher.second !== second) continue;
    const hit = judgeMatch(matcher, text, at);
    if (hit !== undefined && (best === undefined || hit.rank > best.rank)) best = hit;
  }
  return best;
}

function findInfix(kind: KindRow, text: string): readonly Hit[] {
  const { infix } = kind;
  if (infix === undefined || !text.includes(infix.literal)) return [];
  const pattern = new RegExp(
    `(?<![A-Za-z0-9])${infix.before}${escapeLiteral(infix.literal)}${infix.after}(?![A-Za-z0-9])`,
    'g',
  );
  return [...text.matchAll(pattern)]
    .filter((match) => !isPlaceholderBody(match[0], match[0]))
    .map((match) =>
      toHit(
        kind,
        match.index,
        match.index + match[0].length,
        'unknown',
        infix.literal + infix.before,
      ),
    );
}

/** Every value with a known form in a text, from left to right, none inside another. */
export function findPrefixed(text: string): readonly Hit[] {
  const hits: Hit[] = [];
  const hasEscapes = text.includes('\\') || text.includes('%');
  let inWord = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isWordCode(code)) {
      inWord = false;
      continue;
    }
    if (inWord && !(hasEscapes && isBoundary(text, at))) continue;
    inWord = true;
    const matchers = byFirst[code];
    const hit = matchers === undefined ? undefined : matchAt(text, at, matchers);
    if (hit === undefined) continue;
    hits.push(hit);
    at = hit.end - 1;
  }
  for (const kind of infixKinds) hits.push(...findInfix(kind, text));
  return hits;
}

/** The public beginning of a value of this kind. */
export function publicPrefix(kind: KindRow, value: string): string {
  return kind.prefixes?.find((prefix) => prefix.length > 2 && value.startsWith(prefix)) ?? '';
}

/** The kind whose distinctive beginning the value has, however the rest looks. */
export function kindByBeginning(value: string): KindRow | undefined {
  for (const matcher of byFirst[value.charCodeAt(0)] ?? []) {
    if (matcher.prefix.length >= 4 && value.startsWith(matcher.prefix)) return matcher.kind;
  }
  return undefined;
}
