/**
 * Copies of found values that no finding tells of: the same token once more under a name that says
 * nothing, encoded in a URL, in a key. They become findings of their own, so that they move, or keep
 * their entry from moving, as any other does. Pure.
 */
import { Secret } from '../../shared/secret.ts';
import type { Entry } from '../clients/entry.ts';
import type { FieldPlace } from '../clients/references.ts';
import type { DocumentNode, ParsedDocument, Path } from '../documents/document.ts';
import { nodeAt } from '../documents/nodes.ts';
import { toPointer } from '../documents/pointer.ts';
import { lineOf } from '../documents/text.ts';
import {
  searchValue,
  shortestSearchable,
  type TextRange,
  withoutOverlaps,
} from '../edits/values.ts';
import type { Detection } from '../exposure/detection.ts';
import type { EnvFileSource } from './source.ts';

export interface Echoes {
  /** The findings in an entry, and the copies in it of their values and of all others that are known. */
  inEntry(document: ParsedDocument, entry: Entry, own: readonly Detection[]): readonly Detection[];
  /** The same for the variables of an env file. */
  inEnvFile(envFile: EnvFileSource): readonly Detection[];
  /** Whether any form of a known value stands in a text. */
  holdsAny(text: string): boolean;
}

interface Needle {
  readonly found: Detection;
  readonly find: (text: string) => readonly TextRange[];
}

/** A text in which copies are looked for. */
type Haystack = Pick<Detection, 'path' | 'keyPath' | 'pointer' | 'line' | 'where'> & {
  readonly text: string;
  readonly known: readonly TextRange[];
};

/** `known` are all findings that a person would take for a secret, wherever they stand. */
export function createEchoes(known: readonly Detection[]): Echoes {
  const needles = toNeedles(known.filter(({ value }) => value.length >= shortestSearchable));
  const complete = (haystacks: readonly Haystack[], own: readonly Detection[]) => {
    const whole = haystacks.map(({ text }) => text).join('\0');
    const near = needles.filter(({ find }) => find(whole).length > 0);
    // Short values stand in texts by accident; beside themselves, as the whole text or a word, they do not.
    const short = toNeedles(own.filter(({ value }) => value.length < shortestSearchable));
    const wanted = [...near, ...short];
    return [...own, ...haystacks.flatMap((haystack) => findCopies(haystack, wanted))];
  };
  return {
    inEntry: (document, entry, own) => complete(textsOf(document, entry, own), own),
    inEnvFile: (envFile) => complete(variablesOf(envFile), envFile.detections),
    holdsAny: (text) => needles.some(({ find }) => find(text).length > 0),
  };
}

function toNeedles(known: readonly Detection[]): readonly Needle[] {
  const distinct: Needle[] = [];
  for (const found of known) {
    if (distinct.some((one) => one.found.value.equals(found.value))) continue;
    distinct.push({ found, find: searchValue(found.value) });
  }
  return distinct;
}

function findCopies({ text, known, ...place }: Haystack, needles: readonly Needle[]) {
  const hits = needles.flatMap(({ found, find }) =>
    find(text)
      .filter(({ start, end }) => !known.some((one) => one.start < end && one.end > start))
      .map((range) => ({ ...range, found })),
  );
  return withoutOverlaps(hits).map(({ start, end, found }): Detection => {
    const { path: _path, keyPath: _keyPath, entry: _entry, ...facts } = found;
    return { ...facts, ...place, start, end, value: new Secret(text.slice(start, end)) };
  });
}

const fieldPlaces = {
  command: 'command',
  args: 'args',
  env: 'env',
  url: 'url',
  header: 'header',
  cwd: 'setting',
  envFile: 'setting',
  setting: 'setting',
} as const satisfies Record<FieldPlace, Detection['where']>;

function textsOf(
  document: ParsedDocument,
  entry: Entry,
  own: readonly Detection[],
): readonly Haystack[] {
  const lineAt = (node: { readonly start: number } | undefined) =>
    lineOf(document.text, node?.start ?? 0);
  const fields = entry.fields.map(({ path, place, value }): Haystack => {
    const pointer = toPointer(path);
    const known = own.filter(
      (found) => found.path !== undefined && toPointer(found.path) === pointer,
    );
    const line = lineAt(nodeAt(document, path));
    return { text: value, path, pointer, line, where: fieldPlaces[place], known };
  });
  const keys = keysOf(document, entry.path).map(({ keyPath, start }): Haystack => {
    const pointer = `#L${lineAt({ start })}`;
    const key = String(keyPath.at(-1));
    const known = own.filter(
      (found) => found.keyPath !== undefined && toPointer(found.keyPath) === toPointer(keyPath),
    );
    return { text: key, keyPath, pointer, line: lineAt({ start }), where: 'setting', known };
  });
  return [...fields, ...keys];
}

interface PlacedKey {
  readonly keyPath: Path;
  readonly start: number;
}

/** The entry's own name, where it is a key, and every key inside. */
function keysOf(document: ParsedDocument, path: Path): readonly PlacedKey[] {
  const node = nodeAt(document, path);
  if (node === undefined) return [];
  const inner = keysUnder(node, path);
  return typeof path.at(-1) === 'string' ? [{ keyPath: path, start: node.start }, ...inner] : inner;
}

function keysUnder(node: DocumentNode, path: Path): readonly PlacedKey[] {
  if (node.kind === 'scalar') return [];
  if (node.kind === 'list') return node.items.flatMap((item, at) => keysUnder(item, [...path, at]));
  return node.entries.flatMap(({ key, keyStart, node: child }) => {
    const keyPath = [...path, key];
    return [{ keyPath, start: keyStart }, ...keysUnder(child, keyPath)];
  });
}

function variablesOf({ variables, detections }: EnvFileSource): readonly Haystack[] {
  return variables.map(({ name, value, line }): Haystack => {
    const pointer = toPointer([name]);
    // A variable moves whole, whatever of it is the secret.
    const isKnown = detections.some((found) => found.pointer === pointer);
    const known = isKnown ? [{ start: 0, end: value.length }] : [];
    return { text: value, pointer, line, where: 'env-file', known };
  });
}
