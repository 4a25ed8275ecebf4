/** What one lift collects while it walks through an entry: names for values, and where each stood. */
import { secretNameSchema } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { Entry, EntryField } from '../clients/entry.ts';
import type { ClientRow } from '../clients/row.ts';
import type { Path } from '../documents/document.ts';
import type { TextRange } from '../edits/values.ts';
import type { Detection } from '../exposure/detection.ts';

/** A value on its way into the keychain, with the finding that asked for it. */
export interface LiftedSecret {
  readonly name: string;
  readonly value: Secret;
  readonly detection: Detection;
}

/** A piece of one text of the entry that a reference takes the place of. */
export interface Claim extends TextRange {
  readonly name: string;
}

export interface Collection {
  readonly row: ClientRow;
  readonly entry: Entry;
  readonly detections: readonly Detection[];
  readonly secrets: LiftedSecret[];
  /** The name that each finding's value is kept under; a finding without one would stay behind. */
  readonly names: Map<Detection, string>;
  /** By `pathKey` of the text. */
  readonly claims: Map<string, Claim[]>;
  readonly keptEnv: Map<string, string>;
}

export function beginCollection(
  start: Pick<Collection, 'row' | 'entry' | 'detections'>,
): Collection {
  return { ...start, secrets: [], names: new Map(), claims: new Map(), keptEnv: new Map() };
}

/**
 * Takes a piece of a field, with every finding in it, under the wanted name; its text goes into the
 * keychain as it is written there, escapes included, since it comes back into the same text. A dollar
 * sign in front goes along: before a reference it would say that none is meant.
 */
export function claimRange(
  field: EntryField,
  piece: TextRange,
  wanted: string,
  collection: Collection,
): Claim {
  const { end } = piece;
  const start = field.value[piece.start - 1] === '$' ? piece.start - 1 : piece.start;
  const found = detectionsIn(field, collection).filter(
    (one) => one.start >= start && one.end <= end,
  );
  const [first] = found;
  if (first === undefined) throw new TypeError('Only a finding is claimed.');
  const name = claimValue(wanted, new Secret(field.value.slice(start, end)), first, collection);
  for (const one of found) collection.names.set(one, name);
  const key = pathKey(field.path);
  const claim = { start, end, name };
  collection.claims.set(key, [...(collection.claims.get(key) ?? []), claim]);
  return claim;
}

/** Takes a name for a value: the wanted one, or the wanted one with a number behind it. */
export function claimValue(
  wanted: string,
  value: Secret,
  detection: Detection,
  collection: Collection,
): string {
  const base = toSecretName(wanted) ?? toSecretName(detection.suggestedName) ?? 'SECRET';
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}_${count}`;
    const holder = collection.secrets.find((secret) => secret.name === name);
    if (holder === undefined) collection.secrets.push({ name, value, detection });
    else if (!holder.value.equals(value)) continue;
    collection.names.set(detection, name);
    return name;
  }
}

function toSecretName(text: string): string | undefined {
  const name = text
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[^A-Za-z_]+/, '')
    .slice(0, 100);
  const header = /^[A-Za-z]+(-[A-Za-z]+)*$/.test(name)
    ? name.replaceAll('-', '_').toUpperCase()
    : name;
  return secretNameSchema.safeParse(header).success ? header : undefined;
}

/** The findings in one text, in order of place. */
export function detectionsIn(field: EntryField, collection: Collection): readonly Detection[] {
  const key = pathKey(field.path);
  return collection.detections
    .filter((found) => found.path !== undefined && pathKey(found.path) === key)
    .toSorted((a, b) => a.start - b.start);
}

export function pathKey(path: Path): string {
  return JSON.stringify(path);
}
