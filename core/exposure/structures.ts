/** Secrets that show by structure: PEM keys, JSON Web Tokens, connection strings, basic auth. */
import type { Hit, KindRow } from './detection.ts';
import { kindById } from './kinds.ts';
import { structureKinds } from './kinds-data.ts';
import { isPlaceholder } from './placeholders.ts';
import { blank } from './references.ts';

const pemBegin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const pemEnd = /-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** PKCS#8 of Ed25519 is the one key whose body is short. */
const shortKey = /^MC4CAQAwBQYDK2Vw[A-Za-z0-9+/]{48}$/;

function findPem(text: string): readonly Hit[] {
  if (!text.includes('PRIVATE KEY')) return [];
  return [...text.matchAll(pemBegin)].flatMap((begin) => {
    const bodyStart = begin.index + begin[0].length;
    pemEnd.lastIndex = bodyStart;
    const close = pemEnd.exec(text);
    const bodyEnd = close?.index ?? Math.min(text.length, bodyStart + 16_384);
    const end = close === null ? bodyEnd : close.index + close[0].length;
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

const pairKey = /(?<![A-Za-z0-9_-])(?:password|passwd|pwd)\s*=\s*/gi;
const connectionMark =
  /(?<![A-Za-z])(?:host|hostaddr|server|data source|datasource|addr|address|network address|user id|userid|uid|user|username|dbname|database|initial catalog|jdbc:[a-z]+|driver|port)\s*[=:]/i;
const pairValue = /"[^"]*"|'[^']*'|\{[^}]*\}/y;
const adoValue = /[^;"'\n]+/y;
const libpqValue = /[^\s;&"']+/y;

function findPairs(text: string): readonly Hit[] {
  if (!/(?:password|passwd|pwd)\s*=/i.test(text) || !connectionMark.test(text)) return [];
  const isAdo = text.includes(';');
  return [...text.matchAll(pairKey)].flatMap((key) => {
    if (text[key.index - 1] === '?' || text[key.index - 1] === '&') {
      if (!/^jdbc:/i.test(text)) return [];
    }
    let start = key.index + key[0].length;
    pairValue.lastIndex = start;
    const quoted = pairValue.exec(text)?.[0];
    const plain = isAdo && !text.includes('&') ? adoValue : libpqValue;
    plain.lastIndex = start;
    const found = quoted ?? plain.exec(text)?.[0];
    if (found === undefined) return [];
    if (quoted !== undefined) start += 1;
    const value = quoted === undefined ? found.trimEnd() : found.slice(1, -1);
    return isStandIn(value, 4) ? [] : [databaseHit(start, start + value.length)];
  });
}

function databaseHit(start: number, end: number): Hit {
  return hit(
    kindById('database-url'),
    start,
    end,
    'certain',
    'A connection string holds a password.',
    88,
  );
}

function isStandIn(value: string, shortest: number): boolean {
  const text = value.replaceAll(blank, '');
  return text.length < shortest || isPlaceholder(text);
}

const accountKey =
  /(?<![A-Za-z])(AccountKey|SharedAccessKey|SharedSecretValue)\s*=\s*([A-Za-z0-9+/_-]{20,100}={0,2})/gi;
const sharedSignature = /(?<![A-Za-z0-9])sig=([A-Za-z0-9%+/_-]{20,120}={0,2})/g;

function findAzure(text: string): readonly Hit[] {
  const hits: Hit[] = [];
  if (/Key=|Value=/i.test(text)) {
    for (const match of text.matchAll(accountKey)) {
      const value = match[2] ?? '';
      const end = match.index + match[0].length;
      if (!isStandIn(value, 20)) {
        hits.push(
          hit(
            kindById('azure-storage-conn'),
            end - value.length,
            end,
            'certain',
            'A connection string holds an account key.',
            88,
          ),
        );
      }
    }
  }
  if (text.includes('sig=') && /(?<![A-Za-z])(?:sv|se|sp|sr|st|ss)=/.test(text)) {
    for (const match of text.matchAll(sharedSignature)) {
      const value = match[1] ?? '';
      const end = match.index + match[0].length;
      if (!isStandIn(value, 20)) {
        hits.push(
          hit(
            kindById('azure-sas'),
            end - value.length,
            end,
            'certain',
            'A URL holds a shared access signature.',
            88,
          ),
        );
      }
    }
  }
  return hits;
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

const authority = /(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{1,30}):\/\/([^\s"'`<>|\\]{1,2000})/g;
const databaseSchemes =
  /^(?:jdbc:)?(?:postgres|postgresql|pgsql|cockroachdb|redshift|mysql|mysql2|mariadb|mongodb|mongodb\+srv|redis|rediss|valkey|amqp|amqps|mssql|sqlserver|clickhouse|clickhouses|oracle|cassandra|couchbase|couchbases|neo4j|neo4j\+s|neo4j\+ssc|bolt|bolt\+s|snowflake|memcached|libsql|surrealdb|arangodb|influxdb|db2|singlestore|trino|presto|nats|kafka|mqtt|mqtts|postgresql\+[a-z0-9]+|postgres\+[a-z0-9]+|mysql\+[a-z0-9]+|mssql\+[a-z0-9]+|mariadb\+[a-z0-9]+|oracle\+[a-z0-9]+)$/i;

/** Where the user part of an authority ends: at the last `@` before a host. */
function userInfoEnd(rest: string): number {
  const slash = rest.search(/[/?#]/);
  const strict = slash < 0 ? rest : rest.slice(0, slash);
  const last = strict.lastIndexOf('@');
  if (last >= 0) return last;
  if (slash < 0 || !/^[^:/?#]*:/.test(strict) || /:[0-9]{1,5}$/.test(strict)) return -1;
  const loose = rest.lastIndexOf('@');
  return /^@[A-Za-z0-9[][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?,]|$)/.test(rest.slice(loose))
    ? loose
    : -1;
}

function findUserInfo(text: string): readonly Hit[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(authority)].flatMap((match) => {
    const scheme = match[1] ?? '';
    const rest = match[2] ?? '';
    const at = userInfoEnd(rest);
    if (at < 0) return [];
    const start = match.index + match[0].length - rest.length;
    const info = rest.slice(0, at);
    const colon = info.indexOf(':');
    const isDatabase = databaseSchemes.test(scheme);
    if (colon < 0) return userOnly(info, start, isDatabase);
    const password = info.slice(colon + 1);
    const plain = decodePercent(password);
    if (isStandIn(plain, isDatabase ? 4 : 6) || plain === info.slice(0, colon)) {
      return userOnly(info.slice(0, colon), start, isDatabase);
    }
    if (isDatabase) return [databaseHit(start + colon + 1, start + at)];
    return [
      hit(
        structureKinds.password,
        start + colon + 1,
        start + at,
        'likely',
        'A URL holds a user name and a password.',
        60,
      ),
    ];
  });
}

const sentryHost = /(?:^|\.)sentry\.io$|ingest/;

/** `https://<token>@host`, a token in place of the user name. */
function userOnly(info: string, start: number, isDatabase: boolean): readonly Hit[] {
  if (isDatabase || info.length < 20 || !/[0-9]/.test(info) || !/[A-Za-z]/.test(info)) return [];
  if (
    /^[0-9a-f]{32}$/.test(info) ||
    sentryHost.test(info) ||
    isPlaceholder(info) ||
    /[.@%]/.test(info)
  )
    return [];
  return [
    hit(
      structureKinds.apiKey,
      start,
      start + info.length,
      'likely',
      'A URL holds a token in place of a user name.',
      55,
    ),
  ];
}

/** Percent-decoding that leaves broken escapes as they are. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const oracleThin = /jdbc:oracle:thin:[A-Za-z0-9_]{1,60}\/([^@\s"']{4,200})@/g;

function findOracle(text: string): readonly Hit[] {
  if (!text.includes('jdbc:oracle:thin:')) return [];
  return [...text.matchAll(oracleThin)].flatMap((match) => {
    const value = match[1] ?? '';
    const end = match.index + match[0].length - 1;
    return isStandIn(value, 4) ? [] : [databaseHit(end - value.length, end)];
  });
}

/** Every structured secret in a text whose references are blanked. */
export function findStructured(text: string): readonly Hit[] {
  const hits: Hit[] = [
    ...findPem(text),
    ...findJwt(text),
    ...findBasic(text),
    ...findUserInfo(text),
  ];
  if (text.includes('=')) hits.push(...findPairs(text), ...findAzure(text), ...findOracle(text));
  return hits.concat(text.includes('=') ? [] : findOracle(text));
}
