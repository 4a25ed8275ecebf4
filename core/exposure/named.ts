/** Step 4 of the decision: the name (or the provider) says that a credential stands here. */
import {
  type Context,
  type ContextShape,
  type Hit,
  type KindRow,
  scalarLimit,
} from './detection.ts';
import { kindTable } from './kinds.ts';
import { structureKinds } from './kinds-data.ts';
import { type NameMeaning, readName } from './names.ts';
import { isPlaceholder, isPlaceholderBody } from './placeholders.ts';
import { findPrefixed, kindByBeginning } from './prefixed.ts';
import { blank } from './references.ts';
import { decodesToPair, isPublicJwt } from './structures.ts';
import { isCredentialValue, isSeedPhrase, isUuid, looksRandom } from './values.ts';

interface ContextMatcher {
  readonly kind: KindRow;
  readonly shape: ContextShape;
  readonly pattern: RegExp;
}

const contextMatchers: readonly ContextMatcher[] = kindTable.flatMap((kind) =>
  (kind.context ?? []).map((shape) => ({
    kind,
    shape,
    pattern: new RegExp(`^(?:${shape.shape})$`),
  })),
);

/** Indexes of matchers by their first provider, in the order of the table; `''` for those without. */
const matchersByProvider: ReadonlyMap<string, readonly number[]> = Map.groupBy(
  contextMatchers.keys(),
  (index) => contextMatchers[index]?.shape.providers[0] ?? '',
);

/** All words that a provider is told by: others around a value say nothing of it. */
const hintWords: ReadonlySet<string> = new Set(
  contextMatchers.flatMap(({ shape }) => shape.providers),
);

export function isHint(word: string): boolean {
  return hintWords.has(word);
}

/** Words of provider rows that mean too much else to tell that a name has a provider of its own. */
const commonWords = new Set(
  'x api app key account storage blob home assistant labs maps places make render square fly linear together vault code'.split(
    ' ',
  ),
);

/** Words that name a provider: a variable that has one is not judged by its neighbours. */
const providerWords: ReadonlySet<string> = new Set(
  [
    ...contextMatchers.flatMap(({ shape }) => shape.providers),
    ...kindTable.map((kind) => kind.family),
  ].filter((word) => !commonWords.has(word)),
);

const scheme =
  /^\s*(bearer|basic|token|api-?key|bot|key|oauth|ssws|jwt|geniekey|private-token|deepl-auth-key|sso-key)\s+(?:token=)?["']?/i;

interface Candidate {
  readonly text: string;
  readonly start: number;
  /** The word before it, such as `bearer`. */
  readonly scheme: string | undefined;
}

function candidateIn(value: string): Candidate {
  const opening = scheme.exec(value);
  const from = opening?.[0].length ?? 0;
  let start = from;
  let end = value.length;
  while (start < end && ' \t\r\n"\'`,;'.includes(value[start] ?? '')) start += 1;
  while (end > start && ' \t\r\n"\'`,;'.includes(value[end - 1] ?? '')) end -= 1;
  const isWrapped = opening === null && value.trim() === value && !/^["'`].*["'`]$/s.test(value);
  if (isWrapped) [start, end] = [0, value.length];
  while (start < end && value[start] === blank) start += 1;
  while (end > start && value[end - 1] === blank) end -= 1;
  return { text: value.slice(start, end), start, scheme: opening?.[1]?.toLowerCase() };
}

/** Judges a whole value (references blanked) by the name it stands under. A cut one is not whole. */
export function findNamed(value: string, context: Context): readonly Hit[] {
  if (value.length >= scalarLimit) return [];
  const candidate = candidateIn(value);
  if (candidate.text.length < 8) return [];
  const name = context.name ?? '';
  const meaning = readName(name, context.role);
  const strength = context.declared === true ? 'strong' : meaning.strength;
  if (strength === 'none' && !isBareScheme(candidate)) return [];
  if (isExcluded(candidate.text, meaning)) return [];
  const special = byProvider(candidate.text, meaning, context);
  if (special !== undefined) return [toHit(candidate, special, name, 84, 'certain')];
  return generic(candidate, meaning, strength, context);
}

/** `Bearer <random>` speaks for itself under any name. */
function isBareScheme(candidate: Candidate): boolean {
  if (candidate.scheme !== 'bearer' && candidate.scheme !== 'bot' && candidate.scheme !== 'token')
    return false;
  return (
    looksRandom(candidate.text) ||
    (candidate.scheme === 'bearer' &&
      /^\S*[0-9]\S*$/.test(candidate.text) &&
      candidate.text.length >= 12)
  );
}

/** Ids that stand under credential names, and tokens that are public by their own words. */
function isExcluded(text: string, meaning: NameMeaning): boolean {
  if (isPublicJwt(text)) return true;
  return (
    meaning.words.includes('trello') &&
    !meaning.words.includes('token') &&
    !meaning.words.includes('secret') &&
    /^[0-9a-f]{32}$/.test(text)
  );
}

function generic(
  candidate: Candidate,
  meaning: NameMeaning,
  strength: NameMeaning['strength'],
  context: Context,
): readonly Hit[] {
  const { text } = candidate;
  const name = context.name ?? '';
  const credential = candidate.scheme === 'bearer' ? 'key' : meaning.credential;
  const counts =
    strength === 'weak' ? isWeaklyNamed(text, meaning) : isCredentialValue(text, credential, name);
  if (!counts) return [];
  if (decodesToPair(text) && candidate.scheme !== 'bearer' && /auth|basic|cred/i.test(name)) {
    return [toHit(candidate, structureKinds.basicAuth, name, 60, 'likely')];
  }
  const beginning = kindByBeginning(text);
  if (beginning !== undefined && text.length >= 16)
    return [toHit(candidate, beginning, name, 52, 'likely')];
  return [toHit(candidate, genericKind(candidate, meaning, context), name, 50, 'likely')];
}

function isWeaklyNamed(text: string, { words }: NameMeaning): boolean {
  if (looksRandom(text) || decodesToPair(text)) return true;
  if (isUuid(text)) return words.at(-1) === 'key' && !isPlaceholder(text);
  return isSeedPhrase(text) && !isPlaceholder(text);
}

function genericKind(candidate: Candidate, meaning: NameMeaning, context: Context): KindRow {
  if (candidate.scheme === 'bearer') return structureKinds.bearer;
  if (meaning.credential === 'password') return structureKinds.password;
  if (meaning.credential === 'bearer' && candidate.scheme === undefined)
    return structureKinds.bearer;
  if (context.role === 'header' && candidate.scheme === 'token') return structureKinds.bearer;
  return structureKinds.apiKey;
}

function byProvider(text: string, meaning: NameMeaning, context: Context): KindRow | undefined {
  const words = new Set(meaning.words);
  const own = meaning.words.some((word) => providerWords.has(word));
  for (const index of nearMatchers(words, own, context)) {
    const matcher = contextMatchers[index];
    if (matcher === undefined) continue;
    const { kind, shape, pattern } = matcher;
    const near = shape.providers.every(
      (provider) =>
        words.has(provider) || (!own && provider.length > 2 && context.hints().has(provider)),
    );
    if (!near || !matchesNames(shape, words, meaning, context) || !pattern.test(text)) continue;
    if (isPlaceholderBody(text, text) || kind.verify?.(text) === 'reject') continue;
    return kind;
  }
  return undefined;
}

/** In the order of the table, whose first match counts: those whose first provider is named. */
function nearMatchers(
  words: ReadonlySet<string>,
  own: boolean,
  context: Context,
): readonly number[] {
  const named = new Set(['', ...words, ...(own ? [] : context.hints())]);
  const near = [...named].flatMap((word) => matchersByProvider.get(word) ?? []);
  return near.sort((a, b) => a - b);
}

function matchesNames(
  shape: ContextShape,
  words: ReadonlySet<string>,
  meaning: NameMeaning,
  context: Context,
): boolean {
  if (shape.names === undefined) return true;
  if (meaning.strength === 'none') return false;
  // `Authorization` and `X-Api-Key` say that it is a credential; whose, says the provider.
  if (context.role === 'header' && shape.providers.length > 0) return true;
  return shape.names.some((name) => name.split(' ').every((word) => words.has(word)));
}

/** Forms that several kinds have: which of them it is, the name may tell. */
export function isDecidedByName(text: string): boolean {
  return text.startsWith('eyJ') || text.startsWith('AIza');
}

function toHit(
  candidate: Candidate,
  kind: KindRow,
  name: string,
  rank: number,
  confidence: Hit['confidence'],
): Hit {
  const { start, text } = candidate;
  return {
    start,
    end: start + text.length,
    kind,
    confidence,
    reason:
      candidate.scheme === undefined || name !== ''
        ? `The name ${showName(name)} says that a ${kind.label} stands here.`
        : `A ${kind.label} stands after the word ${candidate.scheme}.`,
    rank: isDecidedByName(text) && rank === 84 ? 92 : rank,
    name,
  };
}

/** A name may itself hold a secret; then it is not repeated. */
function showName(name: string): string {
  const isPlain = /^[A-Za-z_$][A-Za-z0-9_ .$-]{0,60}$/.test(name) && !/[A-Za-z0-9]{24}/.test(name);
  return isPlain && findPrefixed(name).length === 0 ? `“${name}”` : 'before it';
}
