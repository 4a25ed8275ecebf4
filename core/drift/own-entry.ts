/** How an entry in a file relates to the one that we wrote there: by meaning, in whatever dialect. */
import type { Placement } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import { type ComparableEntry, comparableEntry } from '../clients/compare-entries.ts';
import type { Entry } from '../clients/entry.ts';
import type { FileLocation } from '../clients/locate-files.ts';
import { readEntryValue, type ValueReading } from '../clients/read-value.ts';
import type { Plain } from '../documents/document.ts';
import { equalPlain, isPlainList, isPlainMap } from '../documents/nodes.ts';
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

/** Names of the fields whose meaning differs. */
export function changedFields(written: Written | undefined, actual: Entry): readonly string[] {
  if (written === undefined) return [];
  const before = comparableEntry(written);
  const after = comparableEntry(actual);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.filter((key) => !equalPlain(fieldOf(before, key), fieldOf(after, key)));
}

function fieldOf(entry: ComparableEntry, key: string): Plain {
  return Object.hasOwn(entry, key) ? (entry[key] ?? null) : null;
}

/** True when nothing differs that a client would notice. */
export function isAsWritten(
  placement: Pick<Placement, 'written' | 'entry'>,
  written: Written | undefined,
  actual: Entry,
): boolean {
  if (hashPlain(actual.raw) === placement.written) return true;
  // Older records kept the hash alone; then starting the right server is all that can be asked.
  return written === undefined || changedFields(written, actual).length === 0;
}

/** Whether the entry is the one from before it was ours, whatever its secrets are by now. */
export function isOriginal({ original }: Pick<Placement, 'original'>, actual: Entry): boolean {
  return original !== undefined && matches(readPlain(original), actual.raw);
}

function matches(template: Plain, value: Plain): boolean {
  if (typeof template === 'string') return typeof value === 'string' && fits(template, value);
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
