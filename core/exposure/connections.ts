/** Passwords and keys in connection strings: URLs, libpq, ADO, JDBC, Azure. */
import type { Hit, KindRow } from './detection.ts';
import { kindById } from './kinds.ts';
import { structureKinds } from './kinds-data.ts';
import { isPlaceholder } from './placeholders.ts';
import { blank } from './references.ts';

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

const pairKey = /(?<![A-Za-z0-9_-])(?:password|passwd|pwd)\s*=\s*/gi;
const connectionMark =
  /(?<![A-Za-z])(?:host|hostaddr|server|data source|datasource|addr|address|network address|user id|userid|uid|user|username|dbname|database|initial catalog|jdbc:[a-z]+|driver|port)\s*[=:]/i;
const pairValue = /"[^"]*"|'[^']*'|\{[^}]*\}/y;
const adoValue = /[^;"'\n]+/y;
const libpqValue = /[^\s;&"']+/y;

function findPairs(text: string): readonly Hit[] {
  if (
    !/(?:password|passwd|pwd)\s*=/i.test(text) ||
    !(connectionMark.test(text) || isDatabaseUrl(text))
  )
    return [];
  const isAdo = text.includes(';');
  return [...text.matchAll(pairKey)].flatMap((key) => {
    if (text[key.index - 1] === '?' || text[key.index - 1] === '&') {
      if (!isDatabaseUrl(text)) return [];
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

function isDatabaseUrl(text: string): boolean {
  const scheme = /^\s*([a-z][a-z0-9+.-]{1,30}):/i.exec(text)?.[1] ?? '';
  return scheme.toLowerCase() === 'jdbc' || databaseSchemes.test(scheme);
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

/** Too short, or a placeholder, once references are taken out. */
export function isStandIn(value: string, shortest: number): boolean {
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

const oracleThin = /jdbc:oracle:thin:[A-Za-z0-9_]{1,60}\/([^@\s"']{4,200})@/g;

function findOracle(text: string): readonly Hit[] {
  if (!text.includes('jdbc:oracle:thin:')) return [];
  return [...text.matchAll(oracleThin)].flatMap((match) => {
    const value = match[1] ?? '';
    const end = match.index + match[0].length - 1;
    return isStandIn(value, 4) ? [] : [databaseHit(end - value.length, end)];
  });
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

/** Every connection string with a password or key, in a text whose references are blanked. */
export function findConnections(text: string): readonly Hit[] {
  const hits = [...findUserInfo(text), ...findOracle(text)];
  return text.includes('=') ? [...hits, ...findPairs(text), ...findAzure(text)] : hits;
}
