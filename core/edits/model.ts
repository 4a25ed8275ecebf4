/** What the parts of `core/edits` hand to each other and to the jobs, as data. */
import type { AppError } from '../../shared/errors.ts';
import type { SecretName, ServerId } from '../../shared/models/server.ts';
import type { SecretValues } from '../secrets/secrets.ts';

/**
 * What a move is for. `protect` takes values out of files, `undo` and `leave` put them back, `scrub`
 * takes copies of values out of other files, `repair` and `place` write entries without moving values,
 * `remove` takes entries out, `restore` puts a whole file back.
 */
export const moveKinds = [
  'protect',
  'undo',
  'leave',
  'scrub',
  'repair',
  'place',
  'remove',
  'restore',
] as const;
export type MoveKind = (typeof moveKinds)[number];

/** Secrets that must be in the keychain before any file loses them. */
export interface StoredItem {
  readonly server: ServerId;
  readonly values: SecretValues;
  /** Names whose present value may be replaced by another one. Without it that is a `conflict`. */
  readonly replace?: readonly SecretName[];
}

/** A place in a file at which a value or a reference to a server stands. */
export interface MovePlace {
  readonly server: ServerId;
  /** RFC 6901, or `#L<line>`, as findings name it. */
  readonly pointer: string;
}

export interface MoveFile {
  /** As the client names it; links are resolved here. */
  readonly file: string;
  /** Every place that changes. The file is edited only when all their servers' items are stored. */
  readonly places: readonly MovePlace[];
  /** SHA-256 (hex) of the bytes the plan was made from; only reported, `edit` decides (see there). */
  readonly expect?: string;
  /**
   * The new bytes, from whatever is in the file at that moment: called again when another program
   * wrote in between. Pure. Throws `conflict` when an expected value is no longer there, and what
   * parsing throws. It gets no bytes (length 0) when the file is absent and `create` allows that.
   */
  readonly edit: (bytes: Uint8Array) => Uint8Array;
  /** Proves the written bytes by reading them back: throws when they are not what was meant. */
  readonly check?: (bytes: Uint8Array) => void;
  /** Creates the file (0600) and its folders (0700) when it is not there. */
  readonly create?: boolean;
  /**
   * Where the links of `file` led when the person agreed. Writing fails with `conflict` when they lead
   * elsewhere now; without any link the file itself is written.
   */
  readonly path?: string;
  /** How many names the file may have: one that came since may be the name of any other file. */
  readonly links?: number;
  /** Folder by which the client itself locks the file (`<file>.lock` with an `owner.<token>` in it). */
  readonly lockDirectory?: string;
}

export interface Move {
  /** From `newMoveId()`; also the id of the run in the records. */
  readonly id: string;
  readonly kind: MoveKind;
  readonly store: readonly StoredItem[];
  /**
   * Called once, after the items are stored and before any file is touched, with the servers to record
   * and the files that will refer to them: those whose items are all stored. Files that failed so far
   * are not among them. When it throws, no file is touched.
   */
  readonly commitRecords?: (stored: readonly ServerId[], files: readonly string[]) => Promise<void>;
  readonly files: readonly MoveFile[];
  /**
   * Called when every file is written and durable, before the move is closed: `undo` and `leave`
   * remove their records and items here. Not called when a file failed.
   */
  readonly finish?: () => Promise<void>;
  readonly onProgress?: (step: MoveStep) => void;
}

/** News of a running move, for progress display. */
export type MoveStep =
  | { readonly step: 'backed-up' | 'rewritten' | 'failed'; readonly file: string }
  | { readonly step: 'stored' | 'not-stored'; readonly server: ServerId }
  | { readonly step: 'recorded' };

export interface FileResult {
  readonly file: string;
  /** `unchanged`: the edit had nothing to change. `failed`: the file is as another program left it. */
  readonly outcome: 'rewritten' | 'unchanged' | 'failed';
  readonly error?: AppError;
  /** Id of the sealed copy of the content that was replaced. Absent for files that we created. */
  readonly backup?: string;
  /** Marks of the content before and after. Absent where nothing was written, or no key could be had. */
  readonly before?: string;
  readonly after?: string;
  /** The file was no longer what `expect` says, and the edit still applied. */
  readonly merged?: boolean;
}

export interface ItemResult {
  readonly server: ServerId;
  /** `skipped`: every file that would have referred to it failed before anything was stored. */
  readonly outcome: 'stored' | 'failed' | 'skipped';
  readonly error?: AppError;
}

export interface MoveResult {
  readonly id: string;
  readonly files: readonly FileResult[];
  readonly items: readonly ItemResult[];
  /** Why no file was touched although items were stored. */
  readonly error?: AppError;
  /**
   * True when something is stored that no file refers to yet. The journal keeps the move open; call
   * `recover`, which looks at the files and either finishes or takes everything back.
   */
  readonly pending: boolean;
}

/** A sealed copy of a whole file, as the index names it. */
export interface Backup {
  readonly id: string;
  /** The file as the client names it. */
  readonly file: string;
  /** Where its links led. Absent in copies of before this was kept. */
  readonly path?: string;
  readonly at: string;
  readonly size: number;
  /** Mode of the file when it was copied. */
  readonly mode: number;
  /** How many names it had then (hard links). Absent in copies of before this was kept. */
  readonly links?: number;
  /** SHA-256 (hex) of the sealed bytes. */
  readonly sealed: string;
  /** HMAC-SHA-256 (hex) of the content under the sealing key: equal contents have equal marks. */
  readonly mark: string;
  /** Which door made it: `command line`, `desktop`, … */
  readonly who: string;
  /** Why, in a word: the kind of the move, or what the caller says. */
  readonly reason: string;
  readonly move?: string;
}

/** What stands at a place right now, decided by the job that knows entries. */
export type PlaceState =
  /** The value in plain text, equal to the stored one if there is one. */
  | 'value'
  /** Our launcher or our reference. */
  | 'reference'
  | 'neither'
  | 'file-missing'
  | 'file-unparsable';

export type FileOutcome =
  /** The file does not refer to the keychain; what was stored for it alone is taken back. */
  | 'untouched'
  /** The file holds what the move meant it to hold, and the items are readable. */
  | 'moved'
  /** A later move wrote this file; what became of it is told there. */
  | 'superseded'
  /** Moved, but another program wrote the plain value back. */
  | 'resurrected'
  /** Entry edited or removed by the person; the stored secrets are kept and shown. */
  | 'orphan'
  /** The file refers to items that are not readable: the secrets must be entered again, or restored. */
  | 'needs-reentry'
  /** File missing or broken: nothing was touched; offer a backup. */
  | 'needs-restore'
  /** Cannot be decided now (keychain locked, file busy): nothing is lost, the next start looks again. */
  | 'waiting';

/** One thing that happened to a file. */
export interface HistoryLine {
  readonly what: 'changed' | 'backed-up';
  readonly at: string;
  readonly who: string;
  /** The kind of the move, or why the backup was made. */
  readonly reason: string;
  readonly move?: string;
  readonly pointers: readonly string[];
  /** Marks of the whole file (see `marks.ts`). */
  readonly before?: string;
  readonly after?: string;
  /** The sealed copy of what was there before. */
  readonly backup?: string;
}
