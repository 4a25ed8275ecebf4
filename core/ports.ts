/**
 * What the application needs from the outside world. `platform/` implements these for real machines,
 * tests with fakes that pass the same suites. Every method may be the last one that runs before the
 * power goes: callers order them so that this is safe.
 *
 * Errors: each method throws `AppError` with a `file_*`, `disk_full`, `keychain_*`, … code; nothing
 * here answers a failure with null.
 */
import type { Secret } from '../shared/secret.ts';

export type Platform = 'linux' | 'macos' | 'windows';

/** The machine and the person, as data: functions that need them take them as arguments. */
export interface Machine {
  readonly platform: Platform;
  readonly home: string;
  /** The environment we were started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The login shell of the account, whatever the environment says. */
  readonly shell?: string;
}

/** Our own folders (DESIGN "Where things live"). */
export interface Roots {
  readonly config: string;
  readonly data: string;
  readonly cache: string;
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** Permission bits, `0o7777` masked; 0 on Windows. */
  readonly mode: number;
  readonly device: string;
  readonly inode: string;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch, with fraction. */
  readonly modified: number;
}

/** Tells whether two looks have met one and the same file. */
export type FileIdentity = Pick<FileFacts, 'device' | 'inode'>;

/** File access in steps small enough that a test can stop the world after each one. */
export interface Files {
  /** Follows links. Undefined when nothing is there. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Does not follow a final link. Undefined when nothing is there. */
  lstat(path: string): Promise<FileFacts | undefined>;
  realpath(path: string): Promise<string>;
  /**
   * Whole file. `limit` in bytes: a larger file fails with `file_too_large`. `last`: of a larger one
   * only so many bytes, from its end.
   */
  read(path: string, options?: { limit?: number; last?: number }): Promise<Uint8Array>;
  list(path: string): Promise<readonly string[]>;
  /**
   * Creates missing folders with `mode` (default 0700). `exclusive` creates one folder, whose parent
   * must exist, and fails with `conflict` when something is already there.
   */
  makeFolder(path: string, options?: { mode?: number; exclusive?: boolean }): Promise<void>;
  /** Creates a file that must not exist yet (else `conflict`), writes all bytes and fsyncs it. */
  createExclusive(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  /**
   * Overwrites in place and fsyncs: only for hard-linked files, where a rename would part the twins.
   * Follows no final link. When another file than `same` is there by now: `file_changed`.
   */
  overwrite(path: string, bytes: Uint8Array, same?: FileIdentity): Promise<void>;
  /** Appends one chunk with a single write and fsyncs when asked. */
  append(path: string, bytes: Uint8Array, options: { mode: number; sync: boolean }): Promise<void>;
  /** Atomic replacement; on Windows retried while another program holds the file. */
  rename(from: string, to: string): Promise<void>;
  /** Makes a rename or creation inside the folder durable. No effect on Windows. */
  syncFolder(path: string): Promise<void>;
  /** Missing is not an error. */
  remove(path: string): Promise<void>;
  /** With everything in it, following no links. Missing is not an error. */
  removeFolder(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** Fails with `file_unwritable` when this user may not write the file or folder. */
  checkWritable(path: string): Promise<void>;
  /** Whether an access list lets in more people than mode and group tell. Not told on Windows. */
  hasAccessList(path: string): Promise<boolean>;
  /** Free bytes for this user on the file system that holds `path`. */
  freeSpace(path: string): Promise<number>;
  /**
   * Holds an exclusive lock across processes while `work` runs; a lock of a dead process is taken
   * over. Leaves empty files `<path>.lock*` behind, whose folder must exist. Not re-entrant.
   */
  withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
}

export interface LockOptions {
  /** How long to wait for the lock, in milliseconds (default 10 000). Then `file_busy`. */
  readonly wait?: number;
}

export type KeychainState =
  | 'ready'
  | 'locked'
  | 'unavailable'
  | 'denied'
  | 'timeout'
  /** No keychain, and the person has chosen the passphrase vault, which is open. */
  | 'vault'
  | 'vault-locked';

export interface KeychainStatus {
  readonly state: KeychainState;
  /** What keeps the secrets, in words: `Secret Service (org.freedesktop.secrets)`. */
  readonly backend: string;
  /** What to do when the state is not `ready`. */
  readonly hint?: string;
}

/**
 * Named items in the system's keychain under our service name. An account is a server id, or begins
 * with `:` for our own keys.
 */
export interface Keychain {
  /** Undefined only when the item is certainly absent; locked and unreachable are errors. */
  get(account: string): Promise<Secret | undefined>;
  /** Resolves when the provider has taken the value; the caller reads it back. */
  set(account: string, value: Secret): Promise<void>;
  /** True when there was an item. */
  delete(account: string): Promise<boolean>;
  status(): Promise<KeychainStatus>;
  /** Drops the connection, so that the next call reads through a fresh one. */
  reconnect(): Promise<void>;
}

/** The passphrase vault, which a person may choose where there is no keychain. */
export interface VaultControl {
  /** Makes the vault and from now on uses it. Errors: `conflict` when there is one, `file_*`. */
  create(passphrase: Secret): Promise<void>;
  /** Opens it for this process. Errors: `not_found`, `passphrase_wrong`. */
  open(passphrase: Secret): Promise<void>;
}

export interface Clock {
  /** ISO 8601, UTC, milliseconds. */
  now(): string;
  /** Milliseconds from an arbitrary start, never going back. */
  monotonic(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Random {
  /** Cryptographically secure. */
  bytes(count: number): Uint8Array;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/** A child whose stdio we speak MCP with. */
export interface ChildServer {
  readonly pid: number;
  readonly input: WritableStream<Uint8Array>;
  readonly output: ReadableStream<Uint8Array>;
  readonly errors: ReadableStream<Uint8Array>;
  readonly exited: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
  /** Ends the whole process group: input closed, then SIGTERM, then SIGKILL, `grace` milliseconds apart. */
  stop(options?: { grace?: number }): Promise<void>;
}

export interface Processes {
  /** Runs a program without a shell and collects its output (1 MiB each at most). */
  run(
    command: string,
    args: readonly string[],
    options: {
      env: Readonly<Record<string, string>>;
      cwd?: string;
      timeout: number;
      input?: string;
    },
  ): Promise<RunResult>;
  /** Starts a server without a shell, in a process group of its own. */
  start(
    command: string,
    args: readonly string[],
    options: { env: Readonly<Record<string, string>>; cwd?: string },
  ): Promise<ChildServer>;
  /** Processes of this user, for "is the client running". */
  list(): Promise<readonly RunningProcess[]>;
  /** With `startTime` (see `LaunchLine`) a number that another process has taken over does not count. */
  isAlive(pid: number, startTime?: number): boolean;
  /** Bytes of memory that a process takes by itself; undefined where the system does not tell. */
  memoryOf(pid: number): number | undefined;
}

export interface FileProbe {
  readonly kind: 'missing' | 'folder' | 'file';
  readonly executable: boolean;
  /** Belongs to whom we run as; absent where files have no such owner. */
  readonly mine?: boolean;
}

/**
 * The few questions a launch asks of the disk. Synchronous: a launch does nothing beside them. They throw only
 * what nobody foresaw.
 */
export interface ProgramFiles {
  probe(path: string): FileProbe;
  /** The first bytes of a file, `limit` at most; the whole of a small one. */
  head(path: string, limit: number): Uint8Array;
  /** Without any links in it; undefined when it leads nowhere. */
  realpath(path: string): string | undefined;
  /** What is in a folder, links not followed; nothing when it cannot be read. */
  list(path: string): readonly { readonly name: string; readonly isFolder: boolean }[];
}

/** A place that a confined program sees, read-only or not. */
export interface Bind {
  readonly from: string;
  /** The path inside. */
  readonly to: string;
  readonly access: 'read' | 'write';
}

/**
 * One program and all that it may see, as data; nothing else of the person's is there. Paths are
 * absolute. Holds secrets in `env`: never print it.
 */
export interface Confinement {
  readonly server: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Inside. */
  readonly cwd: string;
  readonly binds: readonly Bind[];
  /** Hidden again inside of `binds`, by the path inside. */
  readonly masks: readonly { readonly path: string; readonly kind: 'folder' | 'file' }[];
  /** A proxy: the only way out, reached at this port of loopback inside and over this socket outside. */
  readonly network: 'open' | 'none' | { readonly port: number; readonly socket: string };
}

/** A program that starts another one enclosed. */
export interface Enclosed {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What a machine can do to enclose a program. */
export interface SandboxAbility {
  /** By the system itself; and so that a proxy is its only way out. */
  readonly confined: boolean;
  readonly filtered: boolean;
  /** Why not, and what to do about it. */
  readonly problem?: string;
  readonly hint?: string;
}

/** The sandbox of a system. Each has its own file in `platform/sandbox`. */
export interface Sandbox {
  /** Every confined start needs a process of ours that stays, not only those with a proxy. */
  readonly alwaysSupervised: boolean;
  /** Asked of the system once and kept until the system changes; `anew` asks again. */
  probe(options?: { readonly anew?: boolean }): SandboxAbility;
  /**
   * Makes what the program needs on disk (a home of its own) and answers how to start it.
   * Errors: `not_confined` where the system cannot, `disk_full`.
   */
  enclose(confinement: Confinement): Enclosed;
}

/** What sees that files changed. Content may be the same as before: whoever is told looks. */
export interface Watch {
  /**
   * Calls `onChange` soon after any of these files appears, changes or goes, in batches, until
   * closed. Files and folders need not exist.
   */
  start(paths: readonly string[], onChange: (paths: readonly string[]) => void): Promise<Watching>;
}

export interface Watching {
  /** Watches these in place of those before. */
  replace(paths: readonly string[]): void;
  close(): Promise<void>;
}

export interface RemoteRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

export interface RemoteReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Ends with an error when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the response stream without reading the rest. */
  discard(): void;
}

/**
 * One HTTP exchange, no redirect followed. Rejects with `remote_unreachable`; `details.sent` tells
 * whether the server may have seen the request.
 */
export interface RemoteHttp {
  send(request: RemoteRequest): Promise<RemoteReply>;
}

export interface Ports {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: Files;
  readonly keychain: Keychain;
  readonly vault: VaultControl;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
}
