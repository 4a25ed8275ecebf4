/**
 * Which proxy and which authorities our own connections trust, as they carry secrets: those of the
 * person, noted with the search path, and none that only a client names.
 */

/** Names of variables to values. */
export type Network = Readonly<Record<string, string>>;

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
const exceptions = 'NO_PROXY';
const authorities = 'NODE_EXTRA_CA_CERTS';
/** Node trusts the system's authorities beside its own when this is `1`. */
const systemAuthorities = 'NODE_USE_SYSTEM_CA';

export const networkNames: readonly string[] = [
  ...[...proxies, exceptions].flatMap((name) => [name, name.toLowerCase()]),
  authorities,
  systemAuthorities,
];

type Variables = Readonly<Record<string, string | undefined>>;

/** What may be written down of the person's variables: not the password that a proxy may want. */
export function noteNetwork(env: Variables): Network {
  const noted = networkNames.flatMap((name) => {
    const value = isProxy(name) ? withoutPassword(env[name]) : env[name];
    return value === undefined || value === '' || !isUsable(name, value)
      ? []
      : [[name, value] as const];
  });
  return Object.fromEntries(noted);
}

function isUsable(name: string, value: string): boolean {
  if (name === authorities) return /^(?:\/|[A-Za-z]:[\\/])/.test(value);
  return name !== systemAuthorities || value === '1';
}

/** What our own connections use: what was noted, with the client's password for the same proxy. */
export function chooseNetwork(noted: Network, client: Variables): Network {
  const chosen = Object.entries(noted).map(([name, value]) => {
    const theirs = client[name];
    const isSame = isProxy(name) && theirs !== undefined && withoutPassword(theirs) === value;
    return [name, isSame ? theirs : value] as const;
  });
  return Object.fromEntries(chosen);
}

/** A proxy that the client names and that is not used. */
export function isOverruled(chosen: Network, client: Variables): boolean {
  const inUse = new Set(Object.values(chosen));
  return networkNames.some((name) => {
    const value = client[name];
    return isProxy(name) && value !== undefined && value !== '' && !inUse.has(value);
  });
}

/** Of unknown content, as it was noted. */
export function readNetwork(value: unknown): Network | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const known = Object.entries(value).filter(
    (pair): pair is [string, string] =>
      networkNames.includes(pair[0]) && typeof pair[1] === 'string',
  );
  return noteNetwork(Object.fromEntries(known));
}

function isProxy(name: string): boolean {
  return proxies.includes(name.toUpperCase());
}

/** In one spelling, so that the same proxy is known again. */
function withoutPassword(proxy: string | undefined): string | undefined {
  if (proxy === undefined) return undefined;
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
