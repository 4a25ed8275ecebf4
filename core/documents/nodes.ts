/** Walking the tree, and data without places. */

import type {
  DocumentNode,
  Key,
  MapNode,
  NodeEntry,
  ParsedDocument,
  Path,
  Plain,
} from './document.ts';
import { lineOf } from './text.ts';

/** The entry of a key; of duplicates the last, as every parser reads them. */
export function entryOf(map: MapNode, key: Key): NodeEntry | undefined {
  const name = String(key);
  return map.entries.findLast((entry) => entry.key === name);
}

/** A list index from a number or from the digits of a JSON Pointer. */
export function indexOf(key: Key): number | undefined {
  if (typeof key === 'number') return Number.isInteger(key) && key >= 0 ? key : undefined;
  return /^(0|[1-9]\d*)$/.test(key) ? Number(key) : undefined;
}

export function childOf(node: DocumentNode, key: Key): DocumentNode | undefined {
  if (node.kind === 'map') return entryOf(node, key)?.node;
  if (node.kind === 'scalar') return undefined;
  const index = indexOf(key);
  return index === undefined ? undefined : node.items[index];
}

/** The node at a path, if there is one. */
export function nodeAt(document: ParsedDocument, path: Path): DocumentNode | undefined {
  let node: DocumentNode | undefined = document.root;
  for (const key of path) {
    node = childOf(node, key);
    if (node === undefined) return undefined;
  }
  return node;
}

/** The data of a node. Maps have no prototype. */
export function plainOf(node: DocumentNode): Plain {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return plainMap(node.entries.map((entry) => [entry.key, plainOf(entry.node)]));
}

export function plainAt(document: ParsedDocument, path: Path): Plain | undefined {
  const node = nodeAt(document, path);
  return node === undefined ? undefined : plainOf(node);
}

export type PlainMap = { readonly [key: string]: Plain };

/** A map without a prototype; of duplicates the last wins. */
export function plainMap(entries: Iterable<readonly [string, Plain]>): PlainMap {
  const map: Record<string, Plain> = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}

export function isPlainMap(value: Plain): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or a number as the text that whoever takes it for one gets; a number can be a password. */
export function textOfScalar(value: Plain): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

export function isPlainList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Equal as data: the order of keys does not matter, NaN equals NaN, `5n` equals `5`. */
export function equalPlain(a: Plain, b: Plain): boolean {
  if (isPlainList(a)) {
    return (
      isPlainList(b) &&
      a.length === b.length &&
      a.every((item, index) => equalPlain(item, b[index] ?? null))
    );
  }
  if (isPlainMap(a)) {
    if (!isPlainMap(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    return keys.every((key) => Object.hasOwn(b, key) && equalPlain(a[key] ?? null, b[key] ?? null));
  }
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isInteger(b) && a === BigInt(b);
  if (typeof a === 'number' && typeof b === 'bigint') return equalPlain(b, a);
  return Object.is(a, b) || a === b;
}

/** 1-based line of an offset in the document. */
export function lineAt(document: ParsedDocument, offset: number): number {
  return lineOf(document.text, offset);
}

/** Keys that stand twice in one map, anywhere under a node. */
export function findDuplicates(text: string, root: DocumentNode): { path: Path; line: number }[] {
  const found: { path: Path; line: number }[] = [];
  const visit = (node: DocumentNode, path: Path): void => {
    if (node.kind === 'list')
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    if (node.kind !== 'map') return;
    for (const twin of twinsOf(node))
      found.push({ path: [...path, twin.key], line: lineOf(text, twin.keyStart) });
    for (const entry of node.entries) visit(entry.node, [...path, entry.key]);
  };
  visit(root, []);
  return found;
}

/** Entries whose key an earlier entry of the same map has too. */
export function twinsOf(map: MapNode): NodeEntry[] {
  const seen = new Set<string>();
  return map.entries.filter((entry) => {
    if (seen.has(entry.key)) return true;
    seen.add(entry.key);
    return false;
  });
}
