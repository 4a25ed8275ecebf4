/** What a client row says: where a client keeps its servers and in which words. Only data, and small pure functions. */
import type { ClientFile, ClientSummary } from '../../shared/models/client.ts';
import type { DocumentFormat, Plain } from '../documents/document.ts';
import type { PlainMap } from '../documents/nodes.ts';
import type { Platform } from '../ports.ts';
import type { ReferencePattern } from './references.ts';

export type RemoteTransport = 'streamable-http' | 'sse';
/** What stands at a path of the document: read only what is needed, the file may be large. */
export type PlainAt = (path: readonly string[]) => Plain | undefined;
/** A fact nobody has confirmed is read leniently and never relied on when writing. */
export type Known = boolean | 'unknown';

/** A way to tell that a client is installed: a path in the notation of `FileRow.path`, or a program on the PATH. */
export type DetectRule =
  | { readonly path: string; readonly os?: readonly Platform[] }
  | { readonly program: string };

export interface FileRow {
  readonly role: ClientFile['role'];
  /**
   * `~` home; `<appdata>` the per-user application folder; `%NAME%` a Windows folder; `{$NAME|other}`
   * the variable when set, else the other text; `$NAME` at the front: only when the variable is set;
   * `{a,b}` alternatives; `*` a wildcard inside one name. A `project` path is relative to the project.
   */
  readonly path: string;
  readonly os?: readonly Platform[];
  /** `script` and `opaque` files are never parsed or written. */
  readonly format?: DocumentFormat | 'script' | 'opaque';
  /** Where servers stand in this file, when not where the row says. */
  readonly containers?: readonly ContainerRow[];
  readonly access?: 'read-only';
  /** An override that adds a file to the usual ones and does not take their place. */
  readonly additional?: true;
  /** A project file that the client also looks for in the folders above the project. */
  readonly ancestors?: true;
  readonly note?: string;
}

export interface ContainerRow {
  /** Keys from the root; `*` stands for every key. */
  readonly path: readonly string[];
  /** `single`: the whole file is one entry, named after the file. */
  readonly kind: 'map' | 'list' | 'single';
  /** The field that names an item of a list. */
  readonly idField?: string;
  readonly dialect: Dialect;
  /** Decides between variants that share a place. */
  readonly applies?: (at: PlainAt) => boolean;
  /** Entries here belong to the client's own machinery. */
  readonly access?: 'read-only';
  /** Never created, only used when it is there. */
  readonly existingOnly?: true;
}

/** The words of one kind of entry. */
export interface Dialect {
  /** Fields that may name the transport, the usual one first. */
  readonly typeFields: readonly string[];
  /** Launch fields stand in a map under this key; entries that have them flat are read and kept flat. */
  readonly nestedUnder?: string;
  readonly stdio: StdioWords;
  readonly remote: RemoteWords;
  readonly enable?: EnableWords;
  /** Values of the type field that are not MCP servers we know how to start; never touched. */
  readonly otherTypes?: readonly string[];
  /** Entries with one of these fields and no command or URL are another kind of thing; never touched. */
  readonly otherFields?: readonly string[];
  /** The entry repeats its name in this field. */
  readonly nameField?: string;
}

export interface StdioWords {
  readonly command: string;
  readonly commandShape: 'string' | 'array-with-args' | 'string-or-array';
  readonly args: string;
  readonly argsRequired?: true;
  readonly env: string;
  /** A null or empty value means "take it from the environment of the client". */
  readonly emptyEnvInherits?: true;
  /** A list of variable names that the client itself supplies. */
  readonly suppliedEnv?: string;
  readonly cwd?: string;
  readonly envFile?: string;
  /** `always`: written even where the client would guess it. */
  readonly type?: {
    readonly value: string;
    readonly aliases?: readonly string[];
    readonly always?: true;
  };
  /** What a new entry needs besides. */
  readonly extras?: PlainMap;
}

export interface RemoteWords {
  readonly supported: Known;
  /** Why not, or how else; completes the hint of an `unsupported` error. */
  readonly hint?: string;
  /** URL fields, the written one for a transport being the first that allows it. */
  readonly urls: readonly {
    readonly field: string;
    readonly transport?: RemoteTransport | 'other';
  }[];
  readonly types?: {
    readonly read: Readonly<Record<string, RemoteTransport | 'other'>>;
    readonly write: Partial<Readonly<Record<RemoteTransport, string>>>;
    readonly always?: true;
  };
  /** What a URL without a type means. */
  readonly untyped: RemoteTransport;
  /** Transports that the client can be given. */
  readonly transports: readonly RemoteTransport[];
  /** Places of the header map, the written one first. */
  readonly headers: readonly (readonly string[])[];
  /** Fields beside a written header map. */
  readonly headersBeside?: PlainMap;
  /** Fields that only a remote entry may have: dropped when it becomes a launcher entry. */
  readonly only: readonly string[];
  readonly extras?: PlainMap;
}

export interface EnableWords {
  readonly path: readonly string[];
  /** The value that switches the entry off. */
  readonly offWhen: boolean;
}

export type Rewriting = 'constant' | 'on-ui-action' | 'never-observed' | 'unknown';

export interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly tier: 1 | 2 | 3;
  readonly evidence: ClientSummary['evidence'];
  readonly access: ClientSummary['access'];
  readonly detect: readonly DetectRule[];
  readonly files: readonly FileRow[];
  /** Files of an administrator: read-only, in the notation of `FileRow.path`. */
  readonly managedFiles: readonly { readonly path: string; readonly os: readonly Platform[] }[];
  readonly format: DocumentFormat;
  /** What the client's own parser tolerates. */
  readonly comments: Known;
  readonly trailingCommas: Known;
  /** In the order of preference for new entries. */
  readonly containers: readonly ContainerRow[];
  /** Only the first container that is there counts. */
  readonly firstContainerWins?: true;
  readonly references: readonly ReferencePattern[];
  readonly rewriting: Rewriting;
  /** Where its own state names the folders it was used in, as the keys of a map. */
  readonly projectsAt?: readonly string[];
  /** The client guards its file with a folder `<file>.lock` that holds `owner.<token>`. */
  readonly lock?: { readonly kind: 'folder'; readonly suffix: string; readonly staleAfter: number };
  readonly reload: ClientSummary['reload'];
  readonly reloadNote?: string;
  /** Names of programs that mean the client runs. Best knowledge, not confirmed by the vendors. */
  readonly processes: readonly string[];
  /** Turns a name into the key the client would make of it. */
  readonly keyOf?: (name: string) => string;
  /** What a file that we create needs at its top besides servers. */
  readonly newFile?: PlainMap;
  readonly reservedNames?: readonly string[];
  /** Where a snippet is to be pasted; for rows that are not written. */
  readonly snippetNote?: string;
}
