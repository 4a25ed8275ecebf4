/** Turns a wanted entry into the fewest edits, so that comments and odd layout inside it survive. */
import { AppError } from '../../shared/errors.ts';
import type { Edit, ParsedDocument, Path, Plain } from '../documents/document.ts';
import { equalPlain, isPlainMap, nodeAt, plainMap, plainOf } from '../documents/nodes.ts';
import { toPointer } from '../documents/pointer.ts';
import { type Container, chooseContainer } from './containers.ts';
import { plainIn } from './plain-map.ts';
import type { ClientRow, ContainerRow } from './row.ts';

export interface EntryPut {
  /** Of the entry to change; a new entry when missing. */
  readonly path?: Path;
  readonly name: string;
  readonly value: Plain;
  /** The containers of the file's location, when they are not the row's. */
  readonly containers?: readonly ContainerRow[];
}

/**
 * Edits that make the entry read as `value`, creating the container when it is missing.
 * @throws AppError `conflict` when a new entry's name is taken, `bad_input` when the client keeps
 * the name for itself, `unsupported` when the file has no place for new entries
 */
export function planEntryPut(
  row: ClientRow,
  document: ParsedDocument,
  put: EntryPut,
): readonly Edit[] {
  if (put.path === undefined) return planNewEntry(row, document, put);
  const node = nodeAt(document, put.path);
  if (node === undefined) return [createFrom(document, put.path, put.value)];
  return diffValue(plainOf(node), put.value, put.path);
}

/** @throws AppError `unsupported` when the entry is the whole file */
export function planEntryRemove(
  row: ClientRow,
  document: ParsedDocument,
  path: Path,
): readonly Edit[] {
  if (path.length > 0) return nodeAt(document, path) === undefined ? [] : [{ op: 'remove', path }];
  throw new AppError('unsupported', 'The entry is the whole file.', {
    hint: `Remove the file if ${row.name} is to forget this server.`,
    details: { file: document.file },
  });
}

function diffValue(was: Plain, value: Plain, path: Path): readonly Edit[] {
  if (equalPlain(was, value)) return [];
  if (!isPlainMap(was) || !isPlainMap(value)) return [{ op: 'set', path, value }];
  const removed = Object.keys(was)
    .filter((key) => !Object.hasOwn(value, key))
    .map((key): Edit => ({ op: 'remove', path: [...path, key] }));
  const changed = Object.entries(value).flatMap(([key, next]) => {
    const old = Object.hasOwn(was, key) ? was[key] : undefined;
    const at = [...path, key];
    return old === undefined
      ? [{ op: 'set', path: at, value: next } as const]
      : diffValue(old, next, at);
  });
  return [...changed, ...removed];
}

function planNewEntry(
  row: ClientRow,
  document: ParsedDocument,
  { name, value, containers }: EntryPut,
): readonly Edit[] {
  checkName(row, name);
  const where = {
    containers: containers ?? row.containers,
    firstContainerWins: row.firstContainerWins ?? false,
  };
  const container = chooseContainer(where, document);
  if (container === undefined) {
    throw new AppError('unsupported', `${row.name} takes no new servers in this file.`, {
      hint: 'Choose another file of this client.',
      details: { file: document.file, client: row.id },
    });
  }
  checkKind(document, container);
  const edits =
    container.row.kind === 'list'
      ? appendItem(row, document, container, { name, value })
      : addKey(document, container.path, row.keyOf?.(name) ?? name, value);
  return [...planNewFile(row, document), ...edits];
}

/** Keys without which the client refuses a file; a block file in JSON needs none of them. */
function planNewFile({ newFile, format }: ClientRow, document: ParsedDocument): readonly Edit[] {
  const { root } = document;
  if (newFile === undefined || document.format !== format) return [];
  if (root.kind === 'map' && root.entries.length > 0) return [];
  return Object.entries(newFile).map(([key, value]) => ({ op: 'set', path: [key], value }));
}

/** What stands there in another form is the person's, and never written over. */
function checkKind(document: ParsedDocument, { row, path }: Pick<Container, 'row' | 'path'>): void {
  const node = nodeAt(document, path);
  if (node === undefined || node.kind === row.kind) return;
  if (node.kind === 'scalar' && node.value === null) return;
  throw new AppError('file_unsupported', `${document.file} holds something else than servers.`, {
    hint: `Make ${toPointer(path)} a ${row.kind} of servers, or remove it, and try again.`,
    details: { file: document.file, pointer: toPointer(path) },
  });
}

function checkName(row: ClientRow, name: string): void {
  if (name !== '' && !row.reservedNames?.includes(name)) return;
  throw new AppError('bad_input', `${row.name} does not take a server called "${name}".`, {
    hint: 'Choose another name.',
    details: { client: row.id },
  });
}

function addKey(
  document: ParsedDocument,
  container: Path,
  key: string,
  value: Plain,
): readonly Edit[] {
  const path = [...container, key];
  if (nodeAt(document, path) !== undefined) throw nameTaken(document, key);
  return [createFrom(document, path, value)];
}

function appendItem(
  row: ClientRow,
  document: ParsedDocument,
  container: Pick<Container, 'row' | 'path'>,
  { name, value }: Pick<EntryPut, 'name' | 'value'>,
): readonly Edit[] {
  const list = nodeAt(document, container.path);
  if (list?.kind !== 'list') return [createFrom(document, container.path, [value])];
  const keyOf = row.keyOf ?? ((text: string) => text);
  const taken = list.items.some((item) => {
    const id = plainIn(plainOf(item), [container.row.idField ?? 'name']);
    return typeof id === 'string' && keyOf(id) === keyOf(name);
  });
  if (taken) throw nameTaken(document, name);
  return [{ op: 'set', path: [...container.path, list.items.length], value }];
}

/** One edit that creates all that is missing on the way. A null on the way counts as missing. */
function createFrom(document: ParsedDocument, path: Path, value: Plain): Edit {
  const depth = path.findIndex((_, index) => {
    const node = nodeAt(document, path.slice(0, index + 1));
    return node === undefined || (node.kind === 'scalar' && node.value === null);
  });
  const at = depth < 0 ? path.length : depth + 1;
  const nested = path
    .slice(at)
    .reduceRight<Plain>((inner, key) => plainMap([[String(key), inner]]), value);
  return { op: 'set', path: path.slice(0, at), value: nested };
}

function nameTaken(document: ParsedDocument, name: string): AppError {
  return new AppError('conflict', `There is already an entry called "${name}" in this file.`, {
    hint: 'Choose another name, or change the entry that is there.',
    details: { file: document.file, entry: name },
  });
}
