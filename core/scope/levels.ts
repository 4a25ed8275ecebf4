/** What each level enforces, in words: the one place that says what may be claimed. */
import type { CredentialScope, Level, ScopeHosts } from '../../shared/models/scope.ts';

interface LevelRow {
  readonly level: Level;
  readonly title: string;
}

/** Weakest first. A program that we do not start has none of them: *not confined*. */
export const levelRows: readonly LevelRow[] = [
  { level: 'scoped-environment', title: 'scoped environment' },
  { level: 'confined', title: 'confined' },
  { level: 'listed-hosts', title: 'listed hosts' },
  { level: 'masked', title: 'masked' },
];

export function compareLevels(left: Level, right: Level): number {
  const rank = (level: Level) => levelRows.findIndex((row) => row.level === level);
  return rank(left) - rank(right);
}

export function titleOf(level: Level): string {
  return levelRows.find((row) => row.level === level)?.title ?? level;
}

export type ClaimedLevel = Level | 'not-confined';

/** The sentence that may be said of one server at one level, and no more. */
export function claimOf(level: ClaimedLevel, hosts: ScopeHosts): string {
  if (level === 'not-confined') return 'It can read what you can read.';
  if (level === 'scoped-environment') {
    return 'It is given only its own secrets, and can otherwise read what you can read.';
  }
  const files = 'It cannot read other servers’ secrets from files, processes or the keychain';
  if (hosts === 'none') return `${files}, and has no network.`;
  if (level === 'confined') {
    return `${files}. The network is open to it, services on this computer included.`;
  }
  const named = hosts === 'any' ? [] : hosts;
  const talks =
    named.length === 0 ? 'and can talk to no host' : `and can only talk to ${listOf(named)}`;
  if (level === 'listed-hosts') return `${files}, ${talks}.`;
  return `${files}, ${talks}. It never holds its secrets itself.`;
}

export const remoteClaim = 'It runs elsewhere and reads nothing on this computer.';

export function describeRemote(secrets: readonly string[]): string {
  return `Is sent ${secrets.length === 0 ? 'no secrets' : listOf(secrets)}, and runs elsewhere.`;
}

/** What a start shows beside the folders of the scope. */
export interface ShownBesides {
  /** Folders of the program itself. */
  readonly own: readonly string[];
  /** The client names a folder in an argument. */
  readonly workspace: boolean;
}

/** What a scope allows, in one sentence. `secrets` are names. */
export function describeScope(
  scope: Pick<CredentialScope, 'level' | 'folders' | 'hosts' | 'secretHosts'>,
  secrets: readonly string[],
  besides: ShownBesides,
): string {
  const given = secrets.length === 0 ? 'no secrets' : listOf(secrets);
  if (scope.level === 'scoped-environment') {
    return `Gets ${given}; its files and network are not limited.`;
  }
  const of = (access: 'read' | 'write') =>
    scope.folders.filter((folder) => folder.access === access).map(({ path }) => path);
  const read = [...new Set([...of('read'), ...besides.own])];
  const reads = read.length === 0 ? undefined : `reads ${listOf(read)}`;
  const written = [...of('write'), ...(besides.workspace ? ['the folder open in its client'] : [])];
  const writes = written.length === 0 ? undefined : `writes ${listOf(written)}`;
  const files = [reads, writes].filter((part) => part !== undefined);
  const held =
    scope.level === 'masked' && secrets.length > 0
      ? `uses ${listOf(secrets.map((name) => nameWithHosts(name, scope.secretHosts)))} unseen`
      : `gets ${given}`;
  const told = [
    held,
    ...(files.length === 0 ? ['sees none of your files'] : files),
    sayHosts(scope),
  ];
  const sentence = listOf(told);
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
}

function nameWithHosts(name: string, rows: CredentialScope['secretHosts']): string {
  const hosts = rows?.[name];
  if (hosts === undefined) return name;
  return `${name} (at ${hosts.length === 0 ? 'no host' : `${listOf(hosts)} only`})`;
}

function sayHosts({ level, hosts }: Pick<CredentialScope, 'level' | 'hosts'>): string {
  if (hosts === 'none') return 'has no network';
  if (hosts === 'any' || level === 'confined') return 'may talk to any host';
  return hosts.length === 0 ? 'may talk to no host' : `may talk to ${listOf(hosts)}`;
}

export function listOf(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
