/**
 * The decision about one fragment of text (facts §11, steps 1 to 6): references blanked, known
 * forms, structures, then what the name says. What is peeled open (JSON, base64, shell) is judged by
 * the function that the caller hands in.
 */
import type { Context, Hit } from './detection.ts';
import { structureKinds } from './kinds-data.ts';
import { findNamed } from './named.ts';
import { isPlaceholder } from './placeholders.ts';
import { findPrefixed } from './prefixed.ts';
import { blank, blankReferences } from './references.ts';
import { findStructured } from './structures.ts';
import { findInUrls } from './urls.ts';
import { entropyOf, isPlainValue, isUuid } from './values.ts';

/** Longest scalar that is looked at, in UTF-16 code units. */
export const scalarLimit = 65_536;

/** Opens a nested form; offsets of its hits are relative to the text it was given. */
export type Peel = (text: string, context: Context) => readonly Hit[];

export function judge(value: string, context: Context, peel: Peel): readonly Hit[] {
  if (value.length < 6) return [];
  const text = blankReferences(value.length > scalarLimit ? value.slice(0, scalarLimit) : value);
  const hits: Hit[] = [
    ...findPrefixed(text),
    ...findStructured(text),
    ...findInUrls(text, context, (inner, innerContext) => judgePlain(inner, innerContext, peel)),
    ...findNamed(text, context),
    ...(context.depth < 4 ? peel(text, context) : []),
  ];
  return settle(hits.length === 0 ? findRandom(text) : hits);
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

const token = /[A-Za-z0-9+/_=-]{20,200}/g;

/** Step 6 without a name: random text, a note only. */
function findRandom(text: string): readonly Hit[] {
  if (text.length < 20 || text.length > 4096) return [];
  const hits: Hit[] = [];
  for (const match of text.matchAll(token)) {
    const value = match[0];
    if (!isNoteworthy(value) || /[@:]$/.test(text.slice(0, match.index))) continue;
    hits.push({
      start: match.index,
      end: match.index + value.length,
      kind: structureKinds.apiKey,
      confidence: 'possible',
      reason: 'The text looks random, and nothing says what it is.',
      rank: 1,
    });
  }
  return hits;
}

function isNoteworthy(value: string): boolean {
  if (isUuid(value) || value.includes(blank) || isPlainValue(value) || isPlaceholder(value))
    return false;
  if (/^[0-9a-f]{32,}$/i.test(value)) return entropyOf(value) > 3.4;
  return (
    /[0-9]/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value) && entropyOf(value) > 4.2
  );
}
