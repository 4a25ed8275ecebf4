/** How an entry in a file relates to the one that we wrote there: by meaning, in whatever dialect. */
import type { Placement, ServerId, ServerRecord } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import { type ComparableEntry, comparableEntry } from '../clients/compare-entries.ts';
import type { Entry, EntryLaunch } from '../clients/entry.ts';
import type { FileLocation } from '../clients/locate-files.ts';
import { handedOver, isNamedLikeOurs } from '../clients/managed-entry.ts';
import { readEntryValue, type ValueReading } from '../clients/read-value.ts';
import { strangeKeys } from '../clients/strange-keys.ts';
import type { Plain } from '../documents/document.ts';
import { equalPlain, isPlainList, isPlainMap, textOfScalar } from '../documents/nodes.ts';
import { hashPlain, readPlain } from '../documents/plain-json.ts';
import { toPointer } from '../documents/pointer.ts';

type Containers = Pick<FileLocation, 'containers'>['containers'];

export interface Written extends ValueReading {
  readonly raw: Plain;
}

/** What we wrote last, read again. Undefined in records that did not keep it. */
export function readWritten(
  { entry }: Pick<Placement, 'entry'>,
  containers: Containers,
  actual: Entry | undefined,
): Written | undefined {
  if (entry === undefined) return undefined;
  const raw = readPlain(entry);
  const dialects = actual === undefined ? containers : [actual.shape, ...containers];
  const reading = readEntryValue(raw, dialects);
  return reading === undefined ? undefined : { ...reading, raw };
}

/** Names of the fields whose meaning differs, or may. */
function changedFields(written: Written | undefined, actual: Entry): readonly string[] {
  if (written === undefined) return [];
  const before = comparableEntry(written);
  const after = comparableEntry(actual);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return [
    ...keys.filter((key) => !equalPlain(fieldOf(before, key), fieldOf(after, key))),
    ...strangeKeys(written.raw, actual.raw, actual.shape.dialect),
  ];
}

function fieldOf(entry: ComparableEntry, key: string): Plain {
  return Object.hasOwn(entry, key) ? (entry[key] ?? null) : null;
}

/** How an entry relates to the record that placed it, or to none. */
export interface Relation {
  /** The server that it starts through us. */
  readonly managed?: ServerId;
  /** It only looks as if it did. */
  readonly namedLikeOurs: boolean;
  /** Nothing differs that a client would notice. */
  readonly asWritten: boolean;
  /** Fields whose meaning differs. */
  readonly changed: readonly string[];
  /** Names of what it gives to the launcher and we did not write. */
  readonly handed: readonly string[];
}

export function relate(
  actual: Entry,
  containers: Containers,
  record?: ServerRecord,
  placement?: Placement,
): Relation {
  const written = placement && readWritten(placement, containers, actual);
  const isSame = placement !== undefined && hashPlain(actual.raw) === placement.written;
  const changed = changedFields(written, actual);
  const untouched = isSame || (written !== undefined && changed.length === 0);
  // What we wrote ourselves is ours, though the launcher has moved since.
  const managed = actual.managed ?? (untouched ? record?.id : undefined);
  const given = handedOver(actual.launch, written?.launch ?? referencesOf(actual, record));
  const handed = untouched ? [] : given;
  return {
    ...(managed === undefined ? {} : { managed }),
    namedLikeOurs: managed === undefined && isNamedLikeOurs(actual),
    // Older records kept the hash alone; then starting the right server, and no more, is what can be asked.
    asWritten:
      untouched ||
      (written === undefined &&
        managed !== undefined &&
        managed === record?.id &&
        handed.length === 0),
    changed: written === undefined ? [...new Set(handed.map(fieldOfHanded))] : changed,
    handed: managed === undefined && !isNamedLikeOurs(actual) ? [] : handed,
  };
}

/** The variables that stand for the client's own references in the record, whatever is in them. */
function referencesOf({ launch }: Entry, record: ServerRecord | undefined): EntryLaunch {
  const templates =
    record?.launch.transport === 'stdio'
      ? [...record.launch.args, ...Object.values(record.launch.env), record.launch.cwd ?? '']
      : [];
  const names = templates.flatMap(parseTemplate).flatMap((part) => {
    return part.kind === 'client' ? [part.name, `PORTCULLIS_REF_${part.name}`] : [];
  });
  const env = launch.transport === 'stdio' ? launch.env : {};
  const agreed = Object.entries(env).filter(([name]) => names.includes(name));
  return { transport: 'stdio', command: '', args: [], env: Object.fromEntries(agreed) };
}

function fieldOfHanded(handed: string): string {
  return handed.split(' ', 1)[0] ?? handed;
}

/** Whether the entry is the one from before it was ours, whatever its secrets are by now. */
export function isOriginal({ original }: Pick<Placement, 'original'>, actual: Entry): boolean {
  return original !== undefined && matches(readPlain(original), actual.raw);
}

function matches(template: Plain, value: Plain): boolean {
  if (typeof template === 'string') {
    const text = textOfScalar(value);
    return text !== undefined && fits(template, text);
  }
  if (isPlainList(template)) {
    return (
      isPlainList(value) &&
      template.length === value.length &&
      template.every((item, at) => matches(item, value[at] ?? null))
    );
  }
  if (!isPlainMap(template)) return equalPlain(template, value);
  if (!isPlainMap(value)) return false;
  const keys = Object.keys(template);
  return (
    keys.length === Object.keys(value).length &&
    keys.every(
      (key) => Object.hasOwn(value, key) && matches(template[key] ?? null, value[key] ?? null),
    )
  );
}

/** Whether the text is the template with any values in the places of its references. */
function fits(template: string, text: string): boolean {
  const parts = parseTemplate(template);
  const pattern = parts.map((part) =>
    part.kind === 'text' ? part.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : '[^]*',
  );
  return new RegExp(`^${pattern.join('')}$`).test(text);
}

/**
 * The entry of a placement among those of its file: the one at its place, else the one of its name,
 * else one that starts the same server and stands where no other placement is.
 */
export function findOwn(
  placement: Pick<Placement, 'entryName' | 'pointer'>,
  server: string,
  entries: readonly Entry[],
  others: ReadonlySet<string>,
): { readonly entry: Entry; readonly renamed: boolean } | undefined {
  const named = entries.filter(({ name }) => name === placement.entryName);
  const here =
    named.find(({ path }) => toPointer(path) === placement.pointer) ??
    named.find(({ managed }) => managed === server) ??
    named.find(({ path }) => !others.has(toPointer(path)));
  if (here !== undefined) return { entry: here, renamed: false };
  const moved = entries.find(
    ({ managed, path }) => managed === server && !others.has(toPointer(path)),
  );
  return moved === undefined ? undefined : { entry: moved, renamed: true };
}
