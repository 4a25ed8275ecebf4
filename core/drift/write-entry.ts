/** Writes entries into the bytes of a client's file, and reads back what then stands there. Pure. */
import { AppError } from '../../shared/errors.ts';
import type { Placement } from '../../shared/models/server.ts';
import type { Entry } from '../clients/entry.ts';
import { type KnownFile, openKnownFile } from '../clients/known-files.ts';
import { planEntryPut, planEntryRemove } from '../clients/plan-entry.ts';
import type { Path, Plain } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { equalPlain, nodeAt, plainOf } from '../documents/nodes.ts';
import { hashPlain, stringifyPlain } from '../documents/plain-json.ts';
import { toPointer } from '../documents/pointer.ts';

/** One entry to write into a file, or to take out of it. */
export interface EntryWrite {
  readonly how: KnownFile;
  readonly server?: string;
  readonly name: string;
  /** The entry as the plan saw it; none where none stood. */
  readonly existing?: Entry;
  /** What it is to be; undefined to remove it. */
  readonly value?: Plain;
  /** Where a new one goes, when not where the client takes new servers. */
  readonly path?: Path;
}

/**
 * The file with these entries as they are to be; every other byte stays. Errors: `conflict` when an
 * entry is no longer what was planned from, and what parsing and editing throw.
 */
export function applyWrites(bytes: Uint8Array, writes: readonly EntryWrite[], launcher: string) {
  return writes.reduce((current, write) => applyWrite(current, write, launcher), bytes);
}

function applyWrite(bytes: Uint8Array, write: EntryWrite, launcher: string): Uint8Array {
  const { how, existing, value, name } = write;
  const { document, entries } = openKnownFile(how, bytes, launcher);
  const now =
    existing === undefined
      ? entries.find((entry) => entry.name === name && entry.managed === write.server)
      : (entries.find((entry) => entry.name === name && isSamePath(entry.path, existing.path)) ??
        entries.find((entry) => entry.name === name && equalPlain(entry.raw, existing.raw)));
  if (value === undefined) {
    if (now === undefined) return bytes;
    requirePlanned(how, now, existing, undefined);
    return editDocument(document, planEntryRemove(how.row, document, now.path));
  }
  requirePlanned(how, now, existing, value);
  const path = now?.path ?? write.path;
  const put = {
    name,
    value,
    containers: how.location.containers,
    ...(path === undefined ? {} : { path }),
  };
  if (now === undefined && path !== undefined && nodeAt(document, path) !== undefined) {
    throw changed(how, name);
  }
  return editDocument(document, planEntryPut(how.row, document, put));
}

function isSamePath(left: Path, right: Path): boolean {
  return toPointer(left) === toPointer(right);
}

/** Somebody else's newer words are never written over: only the entry that the person saw, or ours. */
function requirePlanned(
  how: KnownFile,
  now: Entry | undefined,
  existing: Entry | undefined,
  value: Plain | undefined,
): void {
  if (now === undefined) {
    if (existing === undefined) return;
    // It vanished since: putting it (back) is still what was asked for.
    if (value !== undefined) return;
  }
  if (now === undefined) return;
  if (existing !== undefined && equalPlain(now.raw, existing.raw)) return;
  if (value !== undefined && equalPlain(now.raw, value)) return;
  if (existing === undefined && now.managed !== undefined) return;
  throw changed(how, now.name);
}

function changed({ location }: KnownFile, name: string): AppError {
  return new AppError('conflict', `“${name}” in ${location.path} was changed in the meantime.`, {
    hint: 'Look again; nothing was changed there.',
    details: { file: location.path, entry: name },
  });
}

/** The placement of an entry as it stands in these bytes. */
export function readPlaced(
  how: KnownFile,
  bytes: Uint8Array,
  launcher: string,
  place: { readonly server: string; readonly name: string; readonly at: string },
): Placement | undefined {
  const { document, entries } = openKnownFile(how, bytes, launcher);
  const entry = entries.find(
    (one) =>
      one.managed === place.server && one.name === (how.row.keyOf?.(place.name) ?? place.name),
  );
  if (entry === undefined) return undefined;
  const node = nodeAt(document, entry.path);
  return node === undefined
    ? undefined
    : describePlacement(how.row.id, how.location.path, { ...entry, raw: plainOf(node) }, place.at);
}

export function describePlacement(
  client: string,
  file: string,
  entry: Entry,
  at: string,
): Placement {
  return {
    client,
    file,
    pointer: toPointer(entry.path),
    entryName: entry.name,
    entry: stringifyPlain(entry.raw),
    written: hashPlain(entry.raw),
    writtenAt: at,
  };
}
