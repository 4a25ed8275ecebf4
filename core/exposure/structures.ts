/** Secrets that show by structure: PEM keys, JSON Web Tokens, basic auth; `connections.ts` for the rest. */

import { findConnections, isStandIn } from './connections.ts';
import type { Hit, KindRow } from './detection.ts';
import { kindById } from './kinds.ts';
import { structureKinds } from './kinds-data.ts';
import { isPlaceholder } from './placeholders.ts';

const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const pemEnd = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** PKCS#8 of Ed25519 is the one key whose body is short. */
const shortKey = /^MC4CAQAwBQYDK2Vw[A-Za-z0-9+/]{48}$/;

function findPem(text: string): readonly Hit[] {
  if (!text.includes('PRIVATE KEY')) return [];
  const begins = [...text.matchAll(pemBegin)];
  const closes = [...text.matchAll(pemEnd)];
  return begins.flatMap((begin, index) => {
    const bodyStart = begin.index + begin[0].length;
    const next = begins[index + 1]?.index ?? text.length;
    const close = closes.find((end) => end.index >= bodyStart && end.index < next);
    const bodyEnd = close?.index ?? Math.min(next, bodyStart + 16_384);
    const end = close === undefined ? bodyEnd : close.index + close[0].length;
    const raw = text.slice(bodyStart, bodyEnd).replace(/\\+[nr]/g, '\n');
    const lines = raw.split(/\r?\n/).filter((line) => !/^[A-Za-z-]{3,20}: /.test(line));
    const body = lines.join('').replace(/[^A-Za-z0-9+/=]/g, '');
    const real = body.length >= 100 || shortKey.test(body);
    if (!real || /^(.)\1+$/.test(body) || /\.{3}|\u2026|x{8}|X{8}|\*{3}/.test(raw)) return [];
    const inJson = /private_key["'\\]*\s*[:=]\s*["'\\]*$/.test(
      text.slice(Math.max(0, begin.index - 40), begin.index),
    );
    const kind = inJson ? kindById('gcp-sa-key') : structureKinds.privateKey;
    return [hit(kind, begin.index, end, 'certain', `The value is a ${kind.label}.`, 95)];
  });
}

function hit(
  kind: KindRow,
  start: number,
  end: number,
  confidence: Hit['confidence'],
  reason: string,
  rank: number,
): Hit {
  return { start, end, kind, confidence, reason, rank };
}

const jwt = /eyJ[A-Za-z0-9_-]{8,20000}\.eyJ[A-Za-z0-9_-]{4,20000}\.[A-Za-z0-9_-]{16,4000}/y;

function decodeJson(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    // JSON.parse of an object literal gives string keys.
    return typeof data === 'object' && data !== null
      ? (data as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function judgeJwt(value: string): KindRow | undefined {
  const [header = '', payload = ''] = value.split('.');
  const head = decodeJson(header);
  const body = decodeJson(payload);
  if (
    head === undefined ||
    body === undefined ||
    typeof head.alg !== 'string' ||
    head.alg === 'none'
  )
    return undefined;
  const { role } = body;
  if (role === 'anon' || body.iss === 'supabase-demo') return undefined;
  if (body.sub === '1234567890' && (body.name === 'John Doe' || body.iat === 1516239022))
    return undefined;
  return role === 'service_role' || role === 'supabase_admin'
    ? kindById('supabase-service-jwt')
    : structureKinds.jwt;
}

function findJwt(text: string): readonly Hit[] {
  const hits: Hit[] = [];
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', at + 3)) {
    if (
      at > 0 &&
      /[A-Za-z0-9_-]/.test(text[at - 1] ?? '') &&
      !/\\[nrt]$|%[0-9A-F]{2}$/.test(text.slice(Math.max(0, at - 3), at))
    )
      continue;
    jwt.lastIndex = at;
    const value = jwt.exec(text)?.[0];
    if (value === undefined) continue;
    const kind = judgeJwt(value);
    if (kind !== undefined)
      hits.push(
        hit(kind, at, at + value.length, 'certain', 'The value is a signed JSON Web Token.', 85),
      );
    at += value.length - 3;
  }
  return hits;
}

/** A token in JWT form that is public by its own words: the anonymous role, a documented sample. */
export function isPublicJwt(value: string): boolean {
  jwt.lastIndex = 0;
  const matched = jwt.exec(value)?.[0];
  return matched === value && judgeJwt(value) === undefined;
}

const basic = /(?<![A-Za-z0-9])basic[ +:]\s*([A-Za-z0-9+/_-]{8,2000}={0,2})/gi;

/** True when base64 stands for `user:password` with a real password. */
export function decodesToPair(value: string): boolean {
  if (value.length < 12 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return false;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (
    colon < 0 ||
    !/^[\x20-\x7e\u00a0-\u{10ffff}]+$/u.test(text) ||
    /\s/.test(text.slice(0, colon))
  )
    return false;
  const password = text.slice(colon + 1);
  const left = text.slice(0, colon);
  if (password === '') return left.length >= 16 && !isPlaceholder(left);
  if (password === 'x' || password === 'X' || password === 'api_token')
    return left.length >= 12 && !isPlaceholder(left);
  return !isStandIn(password, 4) && password !== left;
}

function findBasic(text: string): readonly Hit[] {
  if (!/basic/i.test(text)) return [];
  return [...text.matchAll(basic)].flatMap((match) => {
    const value = match[1] ?? '';
    const end = match.index + match[0].length;
    return decodesToPair(value)
      ? [
          hit(
            structureKinds.basicAuth,
            end - value.length,
            end,
            'certain',
            'Basic authentication: decodes to a user name and a password.',
            86,
          ),
        ]
      : [];
  });
}

/** Every structured secret in a text whose references are blanked. */
export function findStructured(text: string): readonly Hit[] {
  return [...findPem(text), ...findJwt(text), ...findBasic(text), ...findConnections(text)];
}
