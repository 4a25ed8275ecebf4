/** Finds the places in a document where entries stand, and the place where a new one goes. */
import type { DocumentNode, ParsedDocument, Path } from '../documents/document.ts';
import { nodeAt, plainOf } from '../documents/nodes.ts';
import type { ContainerRow } from './row.ts';

export interface Container {
  readonly row: ContainerRow;
  /** The row's path with its wildcards filled in. */
  readonly path: Path;
  readonly node: DocumentNode;
}

interface Holding {
  readonly containers: readonly ContainerRow[];
  readonly firstContainerWins?: boolean;
}

/** Every container that is there, in the order of the table. */
export function findContainers(where: Holding, document: ParsedDocument): readonly Container[] {
  const found = where.containers
    .filter((row) => appliesTo(row, document))
    .map((row) => expandPath(row, document));
  return where.firstContainerWins
    ? (found.find((containers) => containers.length > 0) ?? [])
    : found.flat();
}

/** The container for a new entry: the first that is there, else the first that may be created. */
export function chooseContainer(
  where: Holding,
  document: ParsedDocument,
): Pick<Container, 'row' | 'path'> | undefined {
  const fixed = where.containers.filter(
    (row) => row.access === undefined && row.kind !== 'single' && !row.path.includes('*'),
  );
  const usable = fixed.filter((row) => appliesTo(row, document));
  const present = usable.find((row) => nodeAt(document, row.path) !== undefined);
  const row = present ?? usable.find((candidate) => candidate.existingOnly === undefined);
  return row === undefined ? undefined : { row, path: row.path };
}

function appliesTo(row: ContainerRow, document: ParsedDocument): boolean {
  if (row.applies === undefined) return true;
  return row.applies((path) => {
    const node = nodeAt(document, path);
    return node === undefined ? undefined : plainOf(node);
  });
}

function expandPath(row: ContainerRow, document: ParsedDocument): readonly Container[] {
  const walk = (node: DocumentNode, path: Path, rest: readonly string[]): readonly Container[] => {
    const [key, ...after] = rest;
    if (key === undefined) return [{ row, path, node }];
    if (node.kind !== 'map') return [];
    // Of a key that stands twice the last counts, as for the client.
    const children = new Map(node.entries.map((entry) => [entry.key, entry.node]));
    const keys = key === '*' ? [...children.keys()] : [key];
    return keys.flatMap((name) => {
      const child = children.get(name);
      return child === undefined ? [] : walk(child, [...path, name], after);
    });
  };
  return walk(document.root, [], row.path);
}
