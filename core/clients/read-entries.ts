/** Reads the entries of one parsed file. Whatever is malformed becomes an entry with a problem, never an error. */
import type { DocumentNode, ParsedDocument, Path } from '../documents/document.ts';
import { isPlainMap, plainMap, plainOf } from '../documents/nodes.ts';
import { type Container, findContainers } from './containers.ts';
import type { Entry } from './entry.ts';
import { listFields } from './list-fields.ts';
import type { FileLocation } from './locate-files.ts';
import { plainIn } from './plain-map.ts';
import { launchBody, readLaunch } from './read-launch.ts';
import type { ClientRow, Dialect, RemoteWords } from './row.ts';

export type EntryPlace = Pick<FileLocation, 'containers' | 'firstContainerWins' | 'writable'>;

/** Every entry that the client would see in this document, in file order within each container. */
export function readEntries(
  row: ClientRow,
  location: EntryPlace,
  document: ParsedDocument,
): readonly Entry[] {
  return findContainers(location, document).flatMap((container) =>
    listItems(container, document).map((item) => {
      const writable = location.writable && container.row.access === undefined;
      return readEntry({ client: row.id, file: document.file, writable, container }, item);
    }),
  );
}

interface Item {
  readonly name: string;
  readonly path: Path;
  readonly node: DocumentNode;
  readonly problem?: string;
}

/** The entries of a container by key, position, or as a whole. A container of the wrong kind is one broken entry. */
function listItems({ row, path, node }: Container, document: ParsedDocument): readonly Item[] {
  if (row.kind === 'single') return [{ name: baseName(document.file), path, node }];
  if (node.kind === 'scalar' && node.value === null) return [];
  if (row.kind === 'list' && node.kind === 'list')
    return node.items.map((item, index) => nameItem(item, [...path, index], row.idField ?? 'name'));
  if (row.kind === 'map' && node.kind === 'map') return listKeys(node, path);
  const name = String(path.at(-1) ?? '');
  return [{ name, path, node, problem: `"${name}" is not a ${row.kind} of servers.` }];
}

function listKeys(node: Extract<DocumentNode, { kind: 'map' }>, path: Path): readonly Item[] {
  const items = new Map<string, Item>();
  for (const { key, node: child } of node.entries) {
    const problem = items.has(key)
      ? { problem: 'The name stands more than once; the client takes the last.' }
      : {};
    items.set(key, { name: key, path: [...path, key], node: child, ...problem });
  }
  return [...items.values()];
}

function nameItem(node: DocumentNode, path: Path, idField: string): Item {
  const name = plainIn(plainOf(node), [idField]);
  if (typeof name === 'string' && name !== '') return { name, path, node };
  return { name: `#${path.at(-1)}`, path, node, problem: `The entry has no "${idField}".` };
}

interface Around {
  readonly client: string;
  readonly file: string;
  readonly writable: boolean;
  readonly container: Container;
}

function readEntry({ client, file, writable, container }: Around, item: Item): Entry {
  const { dialect } = container.row;
  const raw = plainOf(item.node);
  const map = isPlainMap(raw) ? raw : plainMap([]);
  const { body, nested } = launchBody(map, dialect);
  const reading = item.problem === undefined ? readLaunch(raw, dialect) : undefined;
  const launch = reading?.launch ?? { transport: 'other' as const };
  const problem = item.problem ?? reading?.problem ?? item.node.locked;
  const shape = { container: container.row, dialect, nested };
  const remote = launch.transport === 'streamable-http' || launch.transport === 'sse';
  return {
    client,
    file,
    path: item.path,
    name: item.name,
    enabled: isEnabled(raw, dialect),
    raw,
    shape,
    launch,
    fields: listFields(raw, item.path, shape),
    clientOnly: remote ? listClientOnly(map, body, dialect.remote) : [],
    writable: writable && item.problem === undefined && item.node.locked === undefined,
    ...(problem === undefined ? {} : { problem }),
  };
}

function isEnabled(raw: Entry['raw'], { enable }: Dialect): boolean {
  return enable === undefined || plainIn(raw, enable.path) !== enable.offWhen;
}

/** Remote-only keys other than the header map itself and what we would write beside it. */
function listClientOnly(
  map: Entry['raw'] & object,
  body: Entry['raw'] & object,
  remote: RemoteWords,
): readonly string[] {
  const understood = (key: string): boolean =>
    remote.headers.some(([root, inner]) => {
      if (root !== key) return false;
      if (inner === undefined) return true;
      const value = plainIn(body, [key]);
      const beside = remote.headersBeside ?? {};
      return (
        value !== undefined &&
        isPlainMap(value) &&
        Object.keys(value).every((k) => k === inner || value[k] === beside[k])
      );
    });
  const has = (key: string): boolean => Object.hasOwn(map, key) || Object.hasOwn(body, key);
  return remote.only.filter((key) => has(key) && !understood(key));
}

function baseName(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/\.[^.]*$/, '');
}
