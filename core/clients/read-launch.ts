/** Reads what an entry starts, in the words of its dialect. Tolerant: says what is wrong instead of throwing. */
import type { Plain } from '../documents/document.ts';
import { isPlainList, isPlainMap, type PlainMap } from '../documents/nodes.ts';
import type { EntryLaunch } from './entry.ts';
import { plainIn } from './plain-map.ts';
import type { Dialect, RemoteTransport, StdioWords } from './row.ts';
import { splitWords } from './split-words.ts';

export interface LaunchReading {
  readonly launch: EntryLaunch;
  readonly problem?: string;
}

const other: EntryLaunch = { transport: 'other' };

function fail(problem: string): LaunchReading {
  return { launch: other, problem };
}

/** The map that holds the launch fields: the nested one where it is there. */
export function launchBody(raw: PlainMap, dialect: Dialect): { body: PlainMap; nested: boolean } {
  const inner = dialect.nestedUnder === undefined ? undefined : raw[dialect.nestedUnder];
  return inner !== undefined && isPlainMap(inner)
    ? { body: inner, nested: true }
    : { body: raw, nested: false };
}

export function readLaunch(raw: Plain, dialect: Dialect): LaunchReading {
  if (!isPlainMap(raw)) return fail('The entry is not a map of fields.');
  const { body } = launchBody(raw, dialect);
  const type = readType(body, dialect);
  if (type !== undefined && dialect.otherTypes?.includes(type)) return { launch: other };
  const command = body[dialect.stdio.command];
  const url = dialect.remote.urls.find(({ field }) => body[field] !== undefined);
  const kind = kindOf(type, dialect);
  if (kind === 'unknown') return fail('Its type is not one that this client is known to have.');
  if (kind === 'other' || url?.transport === 'other') return { launch: other };
  if (kind === 'stdio') return readStdio(body, dialect.stdio);
  if (kind !== undefined) return readRemote(body, dialect, kind);
  if (command !== undefined && url !== undefined) return fail('It has both a command and a URL.');
  if (command !== undefined) return readStdio(body, dialect.stdio);
  if (url !== undefined) return readRemote(body, dialect, url.transport ?? dialect.remote.untyped);
  if (dialect.otherFields?.some((field) => body[field] !== undefined)) return { launch: other };
  return fail('It has neither a command nor a URL.');
}

function readType(body: PlainMap, dialect: Dialect): string | undefined {
  const value = dialect.typeFields
    .map((field) => body[field])
    .find((candidate) => typeof candidate === 'string');
  return typeof value === 'string' ? value : undefined;
}

type Kind = 'stdio' | 'other' | 'unknown' | RemoteTransport;

function kindOf(type: string | undefined, { stdio, remote }: Dialect): Kind | undefined {
  // A client without such words does not look at the field.
  if (type === undefined || (stdio.type === undefined && remote.types === undefined))
    return undefined;
  const types = remote.types?.read ?? {};
  if (Object.hasOwn(types, type)) return types[type];
  const starts = [stdio.type?.value ?? 'stdio', ...(stdio.type?.aliases ?? [])];
  return starts.includes(type) ? 'stdio' : 'unknown';
}

function readStdio(body: PlainMap, words: StdioWords): LaunchReading {
  const line = readCommand(body, words);
  if (typeof line === 'string') return fail(line);
  const env = readEnv(body[words.env], words.emptyEnvInherits ?? false);
  if (env === undefined) return fail('Its variables are not a map of texts.');
  const [command = '', ...args] = line;
  const cwd = words.cwd === undefined ? undefined : body[words.cwd];
  const envFile = words.envFile === undefined ? undefined : body[words.envFile];
  const supplied = [...env.inherited, ...suppliedNames(body, words)];
  return {
    launch: {
      transport: 'stdio',
      command,
      args,
      env: env.values,
      ...(typeof cwd === 'string' ? { cwd } : {}),
      ...(typeof envFile === 'string' ? { envFile } : {}),
      ...(supplied.length === 0 ? {} : { suppliedEnv: supplied }),
    },
  };
}

/** Command and arguments, or what is wrong with them. */
function readCommand(body: PlainMap, words: StdioWords): readonly string[] | string {
  const command = body[words.command];
  const args = words.commandShape === 'array-with-args' ? [] : readTexts(body[words.args] ?? []);
  if (args === undefined) return 'Its arguments are not a list of texts.';
  const first = readFirst(command, words);
  if (first === undefined) return 'Its command is not written the way this client reads it.';
  return first[0] === undefined || first[0] === '' ? 'Its command is empty.' : [...first, ...args];
}

function readFirst(command: Plain | undefined, words: StdioWords): readonly string[] | undefined {
  if (command === undefined) return undefined;
  if (words.commandShape === 'string') return typeof command === 'string' ? [command] : undefined;
  if (typeof command !== 'string') return readTexts(command);
  return words.commandShape === 'string-or-array' ? splitWords(command) : undefined;
}

function readTexts(value: Plain): readonly string[] | undefined {
  if (!isPlainList(value)) return undefined;
  const texts = value.map(readText);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Clients take numbers and booleans where a text is meant. */
function readText(value: Plain): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

interface EnvReading {
  readonly values: Readonly<Record<string, string>>;
  readonly inherited: readonly string[];
}

/** A null takes the variable from the client's own environment, or unsets it, as the dialect says. */
function readEnv(value: Plain | undefined, emptyInherits: boolean): EnvReading | undefined {
  if (value === undefined || value === null) return { values: textMap([]), inherited: [] };
  if (!isPlainMap(value)) return undefined;
  const pairs = Object.entries(value);
  const isEmpty = (v: Plain): boolean => v === null || (emptyInherits && v === '');
  const texts = pairs
    .filter(([, v]) => !isEmpty(v))
    .map(([name, v]) => [name, readText(v)] as const);
  if (texts.some(([, text]) => text === undefined)) return undefined;
  return {
    values: textMap(texts.map(([name, text]) => [name, text ?? ''])),
    inherited: emptyInherits ? pairs.filter(([, v]) => isEmpty(v)).map(([name]) => name) : [],
  };
}

/** Items are names, or maps with a name in them. */
function suppliedNames(body: PlainMap, words: StdioWords): readonly string[] {
  const value = words.suppliedEnv === undefined ? undefined : body[words.suppliedEnv];
  if (value === undefined || !isPlainList(value)) return [];
  return value
    .map((item) => (isPlainMap(item) ? item.name : item))
    .filter((name) => typeof name === 'string');
}

function readRemote(body: PlainMap, dialect: Dialect, transport: RemoteTransport): LaunchReading {
  const field = dialect.remote.urls.find((url) => typeof body[url.field] === 'string');
  const url = field === undefined ? undefined : body[field.field];
  if (typeof url !== 'string' || url === '') return fail('It has no URL.');
  const headers = dialect.remote.headers
    .map((path) => plainIn(body, path))
    .find((value) => value !== undefined && value !== null);
  const texts = readEnv(headers, false);
  if (texts === undefined) return fail('Its headers are not a map of texts.');
  return { launch: { transport, url, headers: texts.values } };
}

/** Without a prototype, so that no name is special. */
export function textMap(
  pairs: Iterable<readonly [string, string]>,
): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) map[name] = value;
  return map;
}
