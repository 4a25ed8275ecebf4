/** What may be shown of a secret: its public prefix, the last characters of a long one, an HMAC. */
import { createHmac } from 'node:crypto';
import type { Secret } from '../../shared/secret.ts';
import type { KindRow } from './detection.ts';
import { isPlaceholder } from './placeholders.ts';
import { findPrefixed, publicPrefix } from './prefixed.ts';
import { findStructured } from './structures.ts';
import { isPlainValue } from './values.ts';

const cover = '••••';

/** Kinds whose last characters say something of the content or are the same for all. */
const neverTail = new Set([
  'private-key-pem',
  'gcp-sa-key',
  'database-url',
  'generic-password',
  'basic-auth',
]);

/** Public prefix and, from 24 characters up, the last 4. */
export function maskValue(value: string, kind: KindRow): string {
  const prefix = publicPrefix(kind, value);
  const body = value.slice(prefix.length);
  const tail =
    value.length >= 24 && body.length >= 12 && !neverTail.has(kind.id) ? body.slice(-4) : '';
  return `${prefix}${cover}${/^[\x21-\x7e]*$/.test(tail) ? tail : ''}`;
}

/** Covers secrets that a text shows by their form alone: for map keys, file names, entry names. */
export function maskForms(text: string): string {
  if (text.length < 12) return text;
  const hits = [...findPrefixed(text), ...findStructured(text)].sort((a, b) => b.start - a.start);
  let out = text;
  for (const { start, end, kind } of hits) {
    out = out.slice(0, start) + maskValue(text.slice(start, end), kind) + out.slice(end);
  }
  return out;
}

/** HMAC-SHA-256 under a key of this machine, 16 bytes in base64url: equal values, equal text. */
export function fingerprintOf(value: Secret, key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(value.reveal())
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

/** Longer texts are said to be common by their form alone, which a secret address has too. */
const longestCommon = 20;

/** A word, a number, a host name: what people also write where nothing is secret. */
export function isCommonText(value: Secret): boolean {
  const text = value.reveal();
  return text.length < longestCommon && (isPlaceholder(text) || isPlainValue(text));
}
