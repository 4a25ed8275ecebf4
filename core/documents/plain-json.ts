/** Plain data as JSON text and as a hash: how entries are kept in records and told apart. */
import { createHash } from 'node:crypto';
import type { Plain } from './document.ts';
import { isPlainList, isPlainMap, plainOf } from './nodes.ts';
import { parseDocument } from './parse-document.ts';

/** JSON in which integers that JavaScript numbers cannot hold keep all their digits. */
export function stringifyPlain(value: Plain): string {
  if (typeof value === 'bigint') return value.toString();
  if (isPlainList(value)) return `[${value.map(stringifyPlain).join(',')}]`;
  if (!isPlainMap(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${stringifyPlain(item)}`,
  );
  return `{${members.join(',')}}`;
}

/** The data of a text that `stringifyPlain` made. Large integers stay exact. */
export function readPlain(text: string): Plain {
  return plainOf(parseDocument(new TextEncoder().encode(text), 'json', 'records.json').root);
}

/** SHA-256 (hex) of the canonical JSON: keys sorted, no spaces. */
export function hashPlain(value: Plain): string {
  return createHash('sha256')
    .update(stringifyPlain(sortKeys(value)))
    .digest('hex');
}

function sortKeys(value: Plain): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (isPlainList(value)) return value.map((item) => sortKeys(item));
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
