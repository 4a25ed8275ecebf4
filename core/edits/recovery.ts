/** What recovery asks of the job that knows records and entries, and what it answers. */
import type { AppError } from '../../shared/errors.ts';
import type { SecretName, ServerId } from '../../shared/models/server.ts';
import type { FileOutcome, MoveFile, MoveKind, PlaceState } from './model.ts';

/** A move that is being recovered, as the job that knows records and entries sees it. */
export interface OpenMove {
  readonly id: string;
  readonly kind: MoveKind;
  readonly items: readonly { readonly server: ServerId; readonly added: readonly SecretName[] }[];
  readonly files: readonly string[];
  /** Of all its places: for `undo` and `leave` those whose records and items go at the end. */
  readonly servers: readonly ServerId[];
}

export interface DroppedRecords {
  readonly server: ServerId;
  readonly files: readonly string[];
  readonly names: readonly SecretName[];
}

/** What recovery asks of the job. None of these may start a move: the lock of all edits is held. */
export interface Recovery {
  /**
   * What stands at a place now. `value` only when the text there is the stored value, or nothing is
   * stored: another value is `neither`. A throw leaves the move as it is until the next start.
   */
  placeState(file: string, pointer: string, server: ServerId): Promise<PlaceState>;
  /** True when any known file other than `files` refers to the server. */
  isReferredTo(server: ServerId, besides: readonly string[]): Promise<boolean>;
  /**
   * Takes back what the move wrote into the records: its placements in `files`, the secret references
   * `names` (none while something still refers to them), and the record when the move made it and
   * nothing is left of it. Idempotent.
   */
  dropRecords(move: OpenMove, what: DroppedRecords): Promise<void>;
  /** The edit of a file whose items are stored and recorded; undefined to take the file's part back. */
  resume?(move: OpenMove, file: string): Promise<MoveFile | undefined>;
  /** Removes records and items after an `undo` or `leave` whose files are all done. Idempotent. */
  finish?(move: OpenMove): Promise<void>;
}

export interface RecoveredFile {
  readonly file: string;
  readonly outcome: FileOutcome;
  readonly error?: AppError;
}

export interface RecoveredMove {
  readonly id: string;
  readonly kind: MoveKind;
  readonly at: string;
  readonly files: readonly RecoveredFile[];
  /** Servers whose newly stored secrets were taken out of the keychain again. */
  readonly takenBack: readonly ServerId[];
  /** Closed moves are not looked at again; the next start looks again at all others. */
  readonly closed: boolean;
  /** Why nothing could be taken back or closed this time. Nothing is lost. */
  readonly error?: AppError;
}

export interface RecoveryReport {
  readonly moves: readonly RecoveredMove[];
  /** Journal lines torn by a crash. */
  readonly damaged: number;
}
