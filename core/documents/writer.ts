/** What a format must do so that `edit-document.ts` can edit it. */

import type {
  DocumentNode,
  Edit,
  ListNode,
  MapNode,
  ParsedDocument,
  Path,
  Plain,
  Splice,
} from './document.ts';

export type ValueEdit = Exclude<Edit, { op: 'text' }>;

export interface Writer {
  /** Whether a value means the same wherever it stands, so that it can be checked by itself. */
  readonly valuesStandAlone: boolean;
  /** Puts a value in the place of a node that exists. */
  readonly replace: (
    document: ParsedDocument,
    path: Path,
    node: DocumentNode,
    value: Plain,
  ) => Splice[];
  /** Adds a key to a map or an item to the end of a list. */
  readonly insert: (
    document: ParsedDocument,
    path: Path,
    container: MapNode | ListNode,
    key: string | undefined,
    value: Plain,
  ) => Splice[];
  /** Removes a key or an item that exists. */
  readonly remove: (document: ParsedDocument, path: Path) => Splice[];
  /** Smaller edits that make up a `set` which the format cannot do at a stroke. */
  readonly divide?: (
    document: ParsedDocument,
    path: Path,
    value: Plain,
  ) => readonly ValueEdit[] | undefined;
  /** False for a map that has no one place where another value could be put (a TOML table). */
  readonly hasPlace?: (document: ParsedDocument, path: Path) => boolean;
  /** The path that goes with a removal, when more than the key goes (a TOML table that was only implied). */
  readonly alsoRemoved?: (document: ParsedDocument, path: Path) => Path;
}
