/** Secrets in URLs: query values and path segments. User names and passwords are `structures.ts`. */

import { decodePercent } from './connections.ts';
import type { Context, Hit } from './detection.ts';
import { once } from './frames.ts';
import { idSegments, pathRules, secretSegments } from './hosts.ts';
import { structureKinds } from './kinds-data.ts';
import { wordsOf } from './names.ts';
import { isPlaceholder } from './placeholders.ts';
import { blank } from './references.ts';
import { entropyOf, isUuid, looksRandom } from './values.ts';

const url =
  /(?<![A-Za-z0-9])(?:https?|wss?):\/\/([^\s/"'`<>?#\\]{1,300})([^\s"'`<>?#\\]{0,2000})(\?[^\s"'`<>#\\]{0,8000})?/gi;

/** Judges a named value; `judge.ts` hands its own function in. */
export type JudgeNamed = (value: string, context: Context) => readonly Hit[];

/** Hits in the queries and paths of all URLs in a text. */
export function findInUrls(text: string, context: Context, judgeNamed: JudgeNamed): readonly Hit[] {
  if (!text.includes('://')) return findInQuery(text, context, judgeNamed);
  return [...text.matchAll(url)].flatMap((match) => {
    const [whole, authority = '', path = '', query = ''] = match;
    const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:[0-9]{1,5}$/, '');
    const hints = once(() => new Set([...context.hints(), ...wordsOf(host)]));
    const queryStart = match.index + whole.length - query.length;
    const inQuery = judgeQuery(query.slice(1), queryStart + 1, { ...context, hints }, judgeNamed);
    const pathStart = queryStart - path.length;
    return [...inQuery, ...findInPath(host, path, pathStart)];
  });
}

/** A query by itself, as in `/mcp?api_key=…`. */
function findInQuery(text: string, context: Context, judgeNamed: JudgeNamed): readonly Hit[] {
  if (!text.includes('?')) return [];
  const at = /^[^\s?]{0,200}\?(?=[A-Za-z0-9_.~-]{1,60}=)/.exec(text);
  if (at === null || /\s/.test(text)) return [];
  return judgeQuery(text.slice(at[0].length), at[0].length, context, judgeNamed);
}

function judgeQuery(
  query: string,
  start: number,
  context: Context,
  judgeNamed: JudgeNamed,
): readonly Hit[] {
  const hits: Hit[] = [];
  let offset = start;
  for (const pair of query.split(/[&;]/)) {
    const equals = pair.indexOf('=');
    if (equals > 0) {
      const name = decodePercent(pair.slice(0, equals));
      const raw = pair.slice(equals + 1);
      hits.push(...judgePair(name, raw, offset + equals + 1, context, judgeNamed));
    }
    offset += pair.length + 1;
  }
  return hits;
}

function judgePair(
  name: string,
  raw: string,
  start: number,
  context: Context,
  judgeNamed: JudgeNamed,
): readonly Hit[] {
  const value = decodePercent(raw);
  const found = judgeNamed(value, { ...context, name, role: 'query' });
  // In an escaped value the offsets of the decoded one mean nothing: the whole value is the secret.
  return found.map((hit) =>
    value === raw
      ? { ...hit, start: hit.start + start, end: hit.end + start, place: hit.place ?? 'url' }
      : { ...hit, start, end: start + raw.length, place: 'url' as const },
  );
}

function findInPath(host: string, path: string, start: number): readonly Hit[] {
  for (const rule of pathRules) {
    if (!rule.host.test(host)) continue;
    const match = rule.path.exec(path);
    const value = match?.[1] ?? '';
    if (match === null || isPlaceholder(value) || /^[a-z_-]+$/.test(value)) continue;
    const at = start + path.indexOf(value, match.index);
    return [
      pathHit(
        at,
        at + value.length,
        rule.kind,
        'The path of this URL is its credential.',
        'certain',
      ),
    ];
  }
  return findRandomSegment(path, start);
}

function pathHit(
  start: number,
  end: number,
  kind: Hit['kind'],
  reason: string,
  confidence: Hit['confidence'],
): Hit {
  return { start, end, kind, confidence, reason, rank: 58, name: 'URL_KEY', place: 'url' };
}

function findRandomSegment(path: string, start: number): readonly Hit[] {
  const segments = path.split('/');
  let offset = start;
  return segments.flatMap((segment, index) => {
    const at = offset;
    offset += segment.length + 1;
    const before = segments[index - 1]?.toLowerCase() ?? '';
    if (segment.length < 16 || segment.includes(blank) || !isSecretSegment(segment, before))
      return [];
    return [
      pathHit(
        at,
        at + segment.length,
        structureKinds.apiKey,
        'A random piece in the path of this URL looks like a key.',
        'likely',
      ),
    ];
  });
}

function isSecretSegment(segment: string, before: string): boolean {
  if (idSegments.has(before) || !looksRandom(segment) || /[@:.%]/.test(segment)) return false;
  if (isUuid(segment)) return false;
  const marked = secretSegments.has(before);
  if (/^[0-9a-f]+$/i.test(segment))
    return marked && segment.length >= 32 && before !== 'mcp' && before !== 'u';
  if (segment.length < 20) return false;
  const mixed = /[A-Z]/.test(segment) && /[a-z]/.test(segment);
  return mixed ? entropyOf(segment) > 3.6 : marked && entropyOf(segment) > 3.5;
}
