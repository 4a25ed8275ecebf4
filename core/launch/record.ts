/**
 * Finds the one record to launch. A full check of the records file with Zod costs more time than
 * everything else in a launch, so the one record that matters is checked by hand. Of all that a launch
 * depends on the checks accept what `serverRecordSchema` accepts, no more and no less (a property test
 * compares the two): an unknown field could be a restriction that this launcher would not keep.
 */
import { AppError } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';

/** The version of the records file that this launcher reads. */
const knownSchema = 1;

const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const secretNamePattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
const datePattern =
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8])))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, Check | { readonly optional: Check }>>;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isFilled: Check = (value) => typeof value === 'string' && value.length > 0;
// Zod counts characters, not UTF-16 units.
const isName: Check = (value) => isFilled(value) && [...String(value)].length <= 200;
const isTime: Check = (value) => typeof value === 'string' && datePattern.test(value);
const isUrl: Check = (value) => typeof value === 'string' && URL.canParse(value.trim());
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isTextMap: Check = (value) => isMap(value) && Object.values(value).every(isText);

const stdioFields: Fields = {
  transport: (value) => value === 'stdio',
  command: isFilled,
  args: isTexts,
  env: isTextMap,
  cwd: { optional: isText },
};
const remoteFields: Fields = {
  transport: (value) => value === 'streamable-http' || value === 'sse',
  url: isText,
  headers: isTextMap,
};
const secretFields: Fields = {
  name: (value) => typeof value === 'string' && secretNamePattern.test(value),
  kind: isText,
  storedAt: isTime,
  rotateUrl: { optional: isUrl },
};
const hostPattern =
  /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[1-9]\d{0,4})?$/;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const isHosts: Check = (value) =>
  Array.isArray(value) &&
  value.every((host) => typeof host === 'string' && host.length <= 260 && hostPattern.test(host));
const isOneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const folderFields: Fields = {
  path: (value) => typeof value === 'string' && /^(?:\/|[A-Za-z]:[\\/])/.test(value),
  access: isOneOf('read', 'write'),
  target: { optional: isText },
};
const scopeFields: Fields = {
  level: isOneOf('scoped-environment', 'confined', 'listed-hosts', 'masked'),
  runtime: isOneOf('node', 'python', 'docker', 'binary'),
  environment: (value) =>
    Array.isArray(value) &&
    value.every((name) => typeof name === 'string' && variablePattern.test(name)),
  folders: (value) => isListOf(value, folderFields),
  hosts: (value) => value === 'any' || value === 'none' || isHosts(value),
  secretHosts: { optional: (value) => isMap(value) && Object.values(value).every(isHosts) },
  otherwise: { optional: isOneOf('lower') },
};
const recordFields: Fields = {
  id: (value) => typeof value === 'string' && idPattern.test(value),
  name: isName,
  enabled: isFlag,
  launch: (value) => hasFields(value, stdioFields) || hasFields(value, remoteFields),
  secrets: (value) => isListOf(value, secretFields),
  scope: { optional: (value) => hasFields(value, scopeFields) },
  // Where entries stand is nothing to a launch; it changes shape more often than the launcher does.
  placements: Array.isArray,
  wanted: { optional: Array.isArray },
  former: { optional: Array.isArray },
  driftPolicy: { optional: isOneOf('ask', 'repair', 'adopt') },
  createdAt: isTime,
  updatedAt: isTime,
};

/** True for exactly the values that `serverRecordSchema` accepts, places of entries apart. */
export function isServerRecord(value: unknown): value is ServerRecord {
  return hasFields(value, recordFields);
}

/**
 * The record of a server from the text of the records file.
 * Errors: `bad_input` for an id that cannot be one, `not_found`, `server_disabled`,
 * `records_newer`, `records_unreadable`. Nothing of the file's content is quoted.
 */
export function findLaunchRecord(text: string | undefined, id: string, file: string): ServerRecord {
  requireServerId(id);
  const records = text === undefined ? { schema: knownSchema, servers: [] } : parse(text, file);
  const found = records.servers.filter((server) => isMap(server) && server.id === id);
  if (found.length === 0)
    throw new AppError('not_found', `There is no server "${id}".`, {
      hint: 'Run `portcullis servers` to see the ids that exist, and `portcullis drift` to mend the entry that names this one.',
      details: { server: id },
    });
  const record = found[0];
  if (found.length > 1 || !isServerRecord(record))
    throw unreadable(file, `the record of "${id}" is not in the form Portcullis writes`);
  if (!record.enabled)
    throw new AppError('server_disabled', `The server "${id}" is switched off.`, {
      hint: `Run \`portcullis servers enable ${id}\` to switch it on.`,
      details: { server: id },
    });
  return record;
}

/** Errors: `bad_input`. The id is not repeated when it could not be one: it may be anything. */
export function requireServerId(id: string): void {
  if (!idPattern.test(id))
    throw new AppError('bad_input', 'This is not the id of a server.', {
      hint: 'An id has 1 to 63 lower-case letters, digits and hyphens. `portcullis servers` lists them.',
    });
}

function parse(
  text: string,
  file: string,
): { readonly schema: number; readonly servers: readonly unknown[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The engine's message quotes the text.
    throw unreadable(file, 'the file is not JSON');
  }
  if (!isMap(parsed)) throw unreadable(file, 'the file is not one map');
  const { schema, servers } = parsed;
  if (typeof schema === 'number' && schema > knownSchema)
    throw new AppError('records_newer', `${file} was written by a newer Portcullis.`, {
      hint: 'Open the newer Portcullis once: it renews the launcher.',
      details: { file, found: schema, known: knownSchema },
    });
  if (schema !== knownSchema) throw unreadable(file, 'it names no version');
  if (!Array.isArray(servers)) throw unreadable(file, 'it holds no list of servers');
  return { schema, servers };
}

function unreadable(file: string, what: string): AppError {
  return new AppError('records_unreadable', `The records cannot be read: ${what}.`, {
    hint: `Run \`portcullis doctor\`. ${file}.previous holds the state before the last change.`,
    details: { file },
  });
}

function hasFields(value: unknown, fields: Fields): boolean {
  if (!isMap(value)) return false;
  const fits = Object.entries(fields).every(([name, check]) => {
    const field = value[name];
    if (typeof check === 'function') return check(field);
    return field === undefined || check.optional(field);
  });
  return fits && Object.keys(value).every((name) => Object.hasOwn(fields, name));
}

function isListOf(value: unknown, fields: Fields): boolean {
  return Array.isArray(value) && value.every((item) => hasFields(item, fields));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
