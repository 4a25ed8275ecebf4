/**
 * The decision about one fragment of text (facts §11, steps 1 to 6): references blanked, known
 * forms, structures, then what the name says. What is peeled open (JSON, base64, shell) is judged by
 * the function that the caller hands in.
 */
import { type Context, type Hit, scalarLimit } from './detection.ts';
import { structureKinds } from './kinds-data.ts';
import { findNamed, isDecidedByName } from './named.ts';
import { isPlaceholder } from './placeholders.ts';
import { findPrefixed, sureForm } from './prefixed.ts';
import { blankReferences } from './references.ts';
import { findStructured } from './structures.ts';
import { findInUrls } from './urls.ts';
import { entropyOf, isPlainValue, isUuid } from './values.ts';

/** Opens a nested form; offsets of its hits are relative to the text it was given. */
export type Peel = (text: string, context: Context) => readonly Hit[];

export function judge(value: string, context: Context, peel: Peel): readonly Hit[] {
  if (value.length < 6) return [];
  const text = blankReferences(value.length > scalarLimit ? value.slice(0, scalarLimit) : value);
  const known = findPrefixed(text);
  if (isWhole(known[0], text)) return known;
  const hits: Hit[] = [
    ...known,
    ...findStructured(text),
    ...findInUrls(text, context, (inner, innerContext) => judgePlain(inner, innerContext, peel)),
    ...findNamed(text, context),
    ...(context.depth < 4 ? peel(text, context) : []),
  ];
  return settle(hits.length === 0 ? findRandom(text) : hits);
}

/** Whether the value is one secret of a known form, whatever else may be said of it. */
function isWhole(hit: Hit | undefined, text: string): boolean {
  const isAll = hit?.start === 0 && hit.end === text.length && hit.rank === sureForm;
  return isAll && !isDecidedByName(text);
}

/** As `judge`, for text that was blanked already. */
function judgePlain(text: string, context: Context, peel: Peel): readonly Hit[] {
  const hits = [
    ...findPrefixed(text),
    ...findStructured(text),
    ...findNamed(text, context),
    ...(context.depth < 4 ? peel(text, { ...context, depth: context.depth + 1 }) : []),
  ];
  return settle(hits);
}

/** Of hits that overlap the best stays; the rest in order of place. */
export function settle(hits: readonly Hit[]): readonly Hit[] {
  if (hits.length < 2) return hits;
  const kept: Hit[] = [];
  const best = [...hits].sort((a, b) => b.rank - a.rank || b.end - b.start - (a.end - a.start));
  for (const hit of best) {
    if (kept.every((other) => hit.end <= other.start || hit.start >= other.end)) kept.push(hit);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** Letters, digits and `+/_=-`, by code. */
const tokenCodes = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_=-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Step 6 without a name: random text, a note only. */
function findRandom(text: string): readonly Hit[] {
  if (text.length < 20 || text.length > 4096) return [];
  const hits: Hit[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && tokenCodes[text.charCodeAt(at)] === 1) continue;
    if (at - start >= 20 && at - start <= 200) hits.push(...noteRandom(text, start, at));
    start = at + 1;
  }
  return hits;
}

function noteRandom(text: string, start: number, end: number): readonly Hit[] {
  const value = text.slice(start, end);
  if (!isNoteworthy(value) || /[@:]/.test(text[start - 1] ?? '')) return [];
  return [
    {
      start,
      end,
      kind: structureKinds.apiKey,
      confidence: 'possible',
      reason: 'The text looks random, and nothing says what it is.',
      rank: 1,
    },
  ];
}

function isNoteworthy(value: string): boolean {
  if (!/[0-9]/.test(value)) return false;
  const isHex = value.length >= 32 && /^[0-9a-f]+$/i.test(value);
  if (!isHex && !(/[A-Z]/.test(value) && /[a-z]/.test(value))) return false;
  if (isUuid(value) || isPlainValue(value) || isPlaceholder(value)) return false;
  return entropyOf(value) > (isHex ? 3.4 : 4.2);
}
