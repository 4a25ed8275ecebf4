/**
 * Structured text with places: one syntax tree for JSON, JSONC, JSON5, TOML and YAML, in which every
 * node knows where it stands, so that an edit can splice the bytes of one node and leave all others
 * alone. What the tree means (which map holds servers) is the business of `core/clients`.
 */

export type DocumentFormat = 'json' | 'jsonc' | 'json5' | 'toml' | 'yaml';

export type Key = string | number;
/** From the root to a node: map keys and list indexes. */
export type Path = readonly Key[];

/** Data without places. Maps have no prototype, so `__proto__` is a key like any other. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

export interface NodeEntry {
  readonly key: string;
  /** Range of the key as written, quotes included. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly node: DocumentNode;
}

interface NodePlace {
  /** Offsets count UTF-16 code units in `ParsedDocument.text`. */
  readonly start: number;
  readonly end: number;
  /** Why this node may be read but never written (a YAML anchor, say), in words for a person. */
  readonly locked?: string;
}

export type Scalar = null | boolean | number | bigint | string;

export interface MapNode extends NodePlace {
  readonly kind: 'map';
  readonly entries: readonly NodeEntry[];
}

export interface ListNode extends NodePlace {
  readonly kind: 'list';
  readonly items: readonly DocumentNode[];
}

export interface ScalarNode extends NodePlace {
  readonly kind: 'scalar';
  readonly value: Scalar;
}

/** Containers of a large JSON file are scanned on first access: a walk costs only what it visits. */
export type DocumentNode = MapNode | ListNode | ScalarNode;

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** With its delimiters. */
  readonly text: string;
}

export interface ParsedDocument {
  readonly file: string;
  readonly format: DocumentFormat;
  /** Without the byte order mark. */
  readonly text: string;
  readonly bom: boolean;
  /**
   * The whole file: as it was read, or what an edit makes of it.
   * @throws AppError `file_unsupported` when a value holds half a surrogate pair
   */
  readonly bytes: Uint8Array;
  /** The line ending that most lines have. */
  readonly eol: '\n' | '\r\n';
  readonly root: DocumentNode;
  readonly comments: readonly Comment[];
  /** Keys that stand more than once in one map: such a map is read (last wins) but never written. Walks the whole tree on access. */
  readonly duplicates: readonly { readonly path: Path; readonly line: number }[];
}

/** One change. `set` creates the key in its map (or appends to the list) when it is missing. */
export type Edit =
  | { readonly op: 'set'; readonly path: Path; readonly value: Plain }
  | { readonly op: 'remove'; readonly path: Path }
  /** Splices raw text, for comments: the tree must come out the same. */
  | { readonly op: 'text'; readonly start: number; readonly end: number; readonly text: string };

/** Replaces `[start, end)` of a text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
