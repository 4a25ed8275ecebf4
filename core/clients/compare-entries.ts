/** What an entry means apart from its dialect, so that two clients' entries can be compared. */

import type { Plain } from '../documents/document.ts';
import { equalPlain } from '../documents/nodes.ts';
import type { Entry, EntryLaunch } from './entry.ts';

export type ComparableEntry = { readonly [key: string]: Plain };

/**
 * Transport names, URL field names, header case and defaults evened out; keys sorted. Holds the
 * entry's values: for comparing and hashing only, never shown.
 */
export function comparableEntry(entry: Pick<Entry, 'launch' | 'enabled' | 'raw'>): ComparableEntry {
  return { ...comparableLaunch(entry), enabled: entry.enabled };
}

/** Whether two entries start or reach the same thing in the same way, switched on or not. */
export function sameLaunch(
  a: Pick<Entry, 'launch' | 'raw'>,
  b: Pick<Entry, 'launch' | 'raw'>,
): boolean {
  return equalPlain(comparableLaunch(a), comparableLaunch(b));
}

function comparableLaunch({ launch, raw }: Pick<Entry, 'launch' | 'raw'>): ComparableEntry {
  if (launch.transport === 'other') return { transport: 'other', raw };
  if (launch.transport !== 'stdio') return comparableRemote(launch);
  return {
    transport: 'stdio',
    command: launch.command,
    args: launch.args,
    env: sortKeys(launch.env),
    ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
    ...(launch.envFile === undefined ? {} : { envFile: launch.envFile }),
    ...(launch.suppliedEnv === undefined ? {} : { suppliedEnv: launch.suppliedEnv.toSorted() }),
  };
}

function comparableRemote(
  launch: Exclude<EntryLaunch, { transport: 'stdio' | 'other' }>,
): ComparableEntry {
  return {
    transport: launch.transport,
    url: launch.url,
    headers: sortKeys(launch.headers, (name) => name.toLowerCase()),
  };
}

function sortKeys(
  map: Readonly<Record<string, string>>,
  rename: (name: string) => string = (name) => name,
): ComparableEntry {
  const sorted: Record<string, Plain> = Object.create(null);
  const pairs = Object.entries(map).map(([name, value]) => [rename(name), value] as const);
  for (const [name, value] of pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))) sorted[name] = value;
  return sorted;
}
