/** Writes entries in a client's own dialect, as plain data; `plan-entry.ts` turns them into edits. */
import { AppError } from '../../shared/errors.ts';
import type { Plain } from '../documents/document.ts';
import { isPlainMap, type PlainMap, plainMap } from '../documents/nodes.ts';
import type { Entry, EntryLaunch, RemoteEntryLaunch, StdioEntryLaunch } from './entry.ts';
import { plainIn, withPlain } from './plain-map.ts';
import { launchBody } from './read-launch.ts';
import type { ClientRow, ContainerRow, Dialect, StdioWords } from './row.ts';

export interface LauncherEntry {
  /** Absolute path of the launcher. */
  readonly launcher: string;
  readonly server: string;
  /** Only variables that the client has to resolve itself. */
  readonly env: Readonly<Record<string, string>>;
  /** Name of a new entry; the server id when missing. */
  readonly name?: string;
  /** Where a new entry goes, for clients with variants; the row's usual container when missing. */
  readonly container?: ContainerRow;
}

/**
 * The entry that starts `launcher run <server>`. An existing entry keeps its unknown keys and their
 * order and loses what moved into the record: URL, headers, variables, folder.
 * @throws AppError `unsupported` for an existing entry that is not a server entry
 */
export function renderLauncherEntry(
  row: ClientRow,
  existing: Entry | undefined,
  spec: LauncherEntry,
): Plain {
  const launch: StdioEntryLaunch = {
    transport: 'stdio',
    command: spec.launcher,
    args: ['run', spec.server],
    env: spec.env,
  };
  if (existing === undefined)
    return renderLaunchEntry(row, spec.name ?? spec.server, launch, spec.container);
  if (existing.launch.transport === 'other' || !isPlainMap(existing.raw)) {
    throw new AppError('unsupported', `The entry "${existing.name}" does not start a server.`, {
      hint: 'Only entries with a command or a URL can be given to the launcher.',
      details: { file: existing.file, entry: existing.name },
    });
  }
  return replaceLaunch(existing.raw, existing, launch);
}

/**
 * A new entry with literal values, as a person would write it by hand.
 * @throws AppError `unsupported` when the client has no words for it
 */
export function renderLaunchEntry(
  row: ClientRow,
  name: string,
  spec: Exclude<EntryLaunch, { transport: 'other' }>,
  container: ContainerRow | undefined = usualContainer(row),
): Plain {
  if (container === undefined) throw noWords(row, 'entries of our own');
  const { dialect } = container;
  const body =
    spec.transport === 'stdio' ? stdioBody(row, dialect, spec) : remoteBody(row, dialect, spec);
  const extras = spec.transport === 'stdio' ? dialect.stdio.extras : dialect.remote.extras;
  const inner =
    dialect.nestedUnder === undefined
      ? body
      : { [dialect.nestedUnder]: plainMap(Object.entries(body)) };
  const title = dialect.nameField === undefined ? {} : { [dialect.nameField]: name };
  return plainMap(Object.entries({ ...title, ...inner, ...extras }));
}

function usualContainer(row: ClientRow): ContainerRow | undefined {
  return row.containers.find((container) => container.existingOnly === undefined);
}

function stdioBody(row: ClientRow, dialect: Dialect, spec: StdioEntryLaunch): PlainMap {
  const words = dialect.stdio;
  const missing = (['cwd', 'envFile'] as const).find(
    (key) => spec[key] !== undefined && words[key] === undefined,
  );
  if (missing !== undefined)
    throw noWords(row, missing === 'cwd' ? 'a working folder' : 'a file of variables');
  const [typeField] = dialect.typeFields;
  const args = words.argsRequired || spec.args.length > 0 ? { [words.args]: spec.args } : {};
  return {
    ...(typeField !== undefined && words.type?.always ? { [typeField]: words.type.value } : {}),
    [words.command]: commandValue(words, spec),
    ...(words.commandShape === 'array-with-args' ? {} : args),
    ...(Object.keys(spec.env).length === 0
      ? {}
      : { [words.env]: plainMap(Object.entries(spec.env)) }),
    ...(words.cwd !== undefined && spec.cwd !== undefined ? { [words.cwd]: spec.cwd } : {}),
    ...(words.envFile !== undefined && spec.envFile !== undefined
      ? { [words.envFile]: spec.envFile }
      : {}),
  };
}

/** A text where the client splits commands like a shell would be torn at spaces and backslashes: then a list. */
function commandValue(words: StdioWords, spec: StdioEntryLaunch): Plain {
  if (words.commandShape === 'array-with-args') return [spec.command, ...spec.args];
  if (words.commandShape === 'string' || /^[\w@%+=:,./-]+$/.test(spec.command)) return spec.command;
  return [spec.command];
}

function remoteBody(row: ClientRow, dialect: Dialect, spec: RemoteEntryLaunch): PlainMap {
  const words = dialect.remote;
  const url = words.urls.find(({ transport }) => (transport ?? spec.transport) === spec.transport);
  if (words.supported !== true || url === undefined || !words.transports.includes(spec.transport)) {
    throw noWords(row, spec.transport === 'sse' ? 'an SSE server' : 'a remote server', words.hint);
  }
  const [typeField] = dialect.typeFields;
  const type = words.types?.write[spec.transport];
  const needed = words.types?.always || spec.transport !== words.untyped;
  const body: PlainMap = {
    ...(typeField !== undefined && type !== undefined && needed ? { [typeField]: type } : {}),
    [url.field]: spec.url,
  };
  const [path] = words.headers;
  if (path === undefined || Object.keys(spec.headers).length === 0) return body;
  const parent = path.slice(0, -1);
  const beside = Object.entries(words.headersBeside ?? {});
  const withBeside = beside.reduce(
    (map, [key, value]) => withPlain(map, [...parent, key], value),
    body,
  );
  return withPlain(withBeside, path, plainMap(Object.entries(spec.headers)));
}

function noWords(row: ClientRow, what: string, hint?: string): AppError {
  return new AppError('unsupported', `${row.name} has no way to say ${what} in its file.`, {
    hint: hint ?? 'Let the launcher start the server: it needs only a command.',
    details: { client: row.id },
  });
}

/** The entry with its launch fields exchanged where they stand. */
function replaceLaunch(raw: PlainMap, { shape }: Entry, launch: StdioEntryLaunch): PlainMap {
  const { dialect } = shape;
  const { body, nested } = launchBody(raw, dialect);
  const dropped = new Set(droppedKeys(raw, body, dialect));
  const kept = plainMap(Object.entries(raw).filter(([key]) => nested || !dropped.has(key)));
  const next = exchange(nested ? body : kept, body, dialect, launch, dropped);
  if (!nested || dialect.nestedUnder === undefined) return next;
  const outer = Object.entries(raw).filter(
    ([key]) => !dropped.has(key) || key === dialect.nestedUnder,
  );
  return plainMap(outer.map(([key, value]) => [key, key === dialect.nestedUnder ? next : value]));
}

/** Keys that an entry of ours must not have; remote-only ones count only where a URL was. */
function droppedKeys(raw: PlainMap, body: PlainMap, { stdio, remote }: Dialect): readonly string[] {
  const urls = remote.urls.map(({ field }) => field);
  const wasRemote = urls.some((field) => Object.hasOwn(body, field) || Object.hasOwn(raw, field));
  const optional = [stdio.cwd, stdio.envFile].filter((key) => key !== undefined);
  return [...urls, ...optional, ...(wasRemote ? remote.only : [])];
}

/** Replaces in place what is there and puts the rest where the URL stood, else in front. */
function exchange(
  map: PlainMap,
  before: PlainMap,
  dialect: Dialect,
  launch: StdioEntryLaunch,
  dropped: ReadonlySet<string>,
): PlainMap {
  const words = dialect.stdio;
  const fresh = freshFields(before, dialect, launch);
  const names = new Set([words.command, words.args, words.env, ...dialect.typeFields]);
  const rest = Object.entries(map).filter(([key]) => !dropped.has(key));
  const placed = rest.flatMap(([key, value]): (readonly [string, Plain])[] => {
    if (!names.has(key)) return [[key, value]];
    const now = fresh.get(key);
    return now === undefined ? [] : [[key, now]];
  });
  const added = [...fresh].filter(([key]) => !Object.hasOwn(map, key));
  const order = Object.keys(before);
  const urls = new Set<string>(dialect.remote.urls.map(({ field }) => field));
  const url = order.findIndex((key) => urls.has(key));
  const front = Math.max(url, 0);
  const index = placed.filter(([key]) => order.indexOf(key) < front).length;
  return plainMap([...placed.slice(0, index), ...added, ...placed.slice(index)]);
}

/** The launch fields of an entry of ours, in the order for a new one. */
function freshFields(
  before: PlainMap,
  dialect: Dialect,
  launch: StdioEntryLaunch,
): ReadonlyMap<string, Plain> {
  const words = dialect.stdio;
  const fields = new Map<string, Plain>();
  const typeField = dialect.typeFields.find((field) => Object.hasOwn(before, field));
  const [usualField] = dialect.typeFields;
  const { type } = words;
  const wasStdio = Object.hasOwn(before, words.command);
  const isSaid = typeField !== undefined && before[typeField] === 'stdio';
  if (typeField !== undefined && (type !== undefined || isSaid))
    fields.set(typeField, keptType(before[typeField], words));
  else if (type?.always && usualField !== undefined && !wasStdio)
    fields.set(usualField, type.value);
  fields.set(words.command, commandValue(words, launch));
  if (words.commandShape !== 'array-with-args') fields.set(words.args, launch.args);
  const env = [...unsetVariables(before, words), ...Object.entries(launch.env)];
  if (env.length > 0) fields.set(words.env, plainMap(env));
  return fields;
}

/** An entry that was stdio already keeps its spelling of the word. */
function keptType(was: Plain | undefined, words: StdioWords): Plain {
  const known = words.type?.aliases?.some((alias) => alias === was) ? was : undefined;
  return known ?? words.type?.value ?? 'stdio';
}

/** A null (and, where the client says so, an empty text) is an instruction to the client, not a value. */
function unsetVariables(
  before: PlainMap,
  words: StdioWords,
): readonly (readonly [string, Plain])[] {
  const env = plainIn(before, [words.env]);
  if (env === undefined || !isPlainMap(env)) return [];
  return Object.entries(env).filter(
    ([, value]) => value === null || (words.emptyEnvInherits === true && value === ''),
  );
}
