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

export interface Writer {
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
  /** Smaller edits that make up one that the format cannot do at a stroke. */
  readonly divide?: (document: ParsedDocument, edit: Edit) => readonly Edit[] | undefined;
  /** Data of the document after a removal, when more than the key goes (TOML's implicit tables). */
  readonly alsoRemoved?: (document: ParsedDocument, path: Path) => Path;
}
