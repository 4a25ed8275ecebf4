/** One server inside one config file, as read: what it starts, where each of its texts stands, how to write it back. */
import type { ServerId } from '../../shared/models/server.ts';
import type { Path, Plain } from '../documents/document.ts';
import type { FieldPlace } from './references.ts';
import type { ContainerRow, Dialect, RemoteTransport } from './row.ts';

export interface StdioEntryLaunch {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly envFile?: string;
  /** Names of variables whose values the client itself supplies. */
  readonly suppliedEnv?: readonly string[];
}

export interface RemoteEntryLaunch {
  readonly transport: RemoteTransport;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Values are the client's own text, secrets and references included: never log one. */
export type EntryLaunch = StdioEntryLaunch | RemoteEntryLaunch | { readonly transport: 'other' };

export interface EntryField {
  /** From the root of the document. */
  readonly path: Path;
  readonly place: FieldPlace;
  /** Of the variable or header. */
  readonly name?: string;
  readonly value: string;
}

/** What is needed to write the entry again as it was found. */
export interface EntryShape {
  readonly container: ContainerRow;
  readonly dialect: Dialect;
  /** Launch fields stand in the nested map (see `Dialect.nestedUnder`). */
  readonly nested: boolean;
}

export interface Entry {
  readonly client: string;
  readonly file: string;
  readonly path: Path;
  readonly name: string;
  readonly enabled: boolean;
  readonly raw: Plain;
  readonly shape: EntryShape;
  readonly launch: EntryLaunch;
  readonly fields: readonly EntryField[];
  /** Keys with a meaning that only this client gives them; they are lost when the entry becomes a launcher entry. */
  readonly clientOnly: readonly string[];
  readonly writable: boolean;
  /** Why the entry cannot be used or written, in one sentence. */
  readonly problem?: string;
  /** Set when the entry starts our launcher. */
  readonly managed?: ServerId;
}
