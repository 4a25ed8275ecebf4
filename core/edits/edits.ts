/**
 * Edits: every write to a file that is not ours goes through here, with a sealed backup before it, a
 * journal beside it, and a recovery after a crash. One lock covers all of it, so that recovery never
 * takes a running move of another process for an interrupted one. What an entry means and which edit
 * is wanted is the business of `core/clients` and the jobs.
 */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Retention } from '../../shared/models/server.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import type { Files, Machine } from '../ports.ts';
import { readIfThere } from '../records/replace-own-file.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { type BackupPorts, createBackups } from './backup.ts';
import { readHistory } from './history.ts';
import { createJournal, type JournalMove } from './journal.ts';
import { isPlainHash, type Marks, renewMark } from './marks.ts';
import type { Backup, FileResult, HistoryLine, Move, MoveResult } from './model.ts';
import { type MovePorts, newMoveId, runMove } from './move.ts';
import { recoverMoves } from './recover.ts';
import type { Recovery, RecoveryReport } from './recovery.ts';
import { findPaths, readTarget } from './target.ts';

/** A move can wait for the keychain's prompt, which people answer within a minute or not at all. */
const lockWait = 90_000;

export interface Edits {
  newMoveId(): string;
  /** See `runMove` in `move.ts`. Also `file_busy` while another process runs a move. */
  runMove(move: Move): Promise<MoveResult>;
  /** See `recoverMoves` in `recover.ts`. Run before anything else writes. */
  recover(recovery: Recovery): Promise<RecoveryReport>;
  /** Moves that are not closed: their backups and items are still needed. */
  listOpen(): Promise<readonly JournalMove[]>;
  /** What the journal tells of these moves, open or closed, oldest first. */
  readMoves(ids: readonly string[]): Promise<readonly JournalMove[]>;
  /** Closes a move for good because the person says so: a deleted file that shall not come back. */
  dismiss(move: string): Promise<void>;
  /** A sealed copy of a file as it is now, at any time. Errors: `file_missing`, `keychain_*`, `disk_full`. */
  backUp(file: string, reason: string): Promise<Backup>;
  /** Seals a content that the caller has read already. Errors: `keychain_*`, `disk_full`. */
  seal(copy: {
    readonly file: string;
    readonly path?: string;
    readonly bytes: Uint8Array;
    readonly mode: number;
    readonly links?: number;
    readonly reason: string;
  }): Promise<Backup>;
  listBackups(file: string): Promise<readonly Backup[]>;
  /** The content of a backup, which may hold secrets. Errors: `not_found`, `backup_unreadable`. */
  openBackup(id: string): Promise<{ backup: Backup; bytes: Uint8Array }>;
  /**
   * Puts a file back to one of its backups, byte for byte; the present content is sealed first. A
   * missing file is created. Errors: as opening and writing; `conflict` when a link leads elsewhere
   * now than when the copy was made, or the file has more names (hard links).
   */
  restore(file: string, backup: string): Promise<FileResult>;
  /** Knows contents again by the marks of the journal and of runs. For one piece of work. */
  marks(): Marks;
  /** What a run keeps in place of a plain hash of before; undefined when it goes. */
  renewMark(file: string, mark: string): Promise<string | undefined>;
  /** What happened to a file, newest first. */
  history(file: string): Promise<readonly HistoryLine[]>;
  /**
   * Removes backups and journal lines past their time; returns the ids of the backups. `neededMoves`
   * are those of runs that can still be undone; what open moves need is kept anyway.
   */
  prune(neededMoves: readonly string[], limits?: Retention): Promise<readonly string[]>;
  /** Runs `work` while no move is under way. Errors: `file_busy` after `wait` milliseconds. */
  quietly<T>(work: () => Promise<T>, wait: number): Promise<T>;
}

export interface EditsPorts extends BackupPorts {
  readonly secrets: Secrets;
  readonly machine: Pick<Machine, 'home'>;
}

/** Opens the edits of this process. Touches nothing until the first call. */
export function createEdits(ports: EditsPorts): Edits {
  const { files, clock, roots, secrets, who } = ports;
  const backups = createBackups(ports);
  const journal = createJournal({ files, roots, clock });
  const process = randomUUID();

  async function locked<T>(work: (move: MovePorts) => Promise<T>): Promise<T> {
    const folder = join(roots.data, 'locks');
    await files.makeFolder(folder);
    return files.withLock(
      join(folder, 'edits'),
      async () => {
        const ownUid = await readOwnUid(files, folder);
        const marks = backups.marks();
        return work({ files, clock, secrets, backups, journal, marks, who, process, ownUid });
      },
      { wait: lockWait },
    );
  }

  async function listOpen(): Promise<readonly JournalMove[]> {
    return (await journal.read()).moves.filter(({ closed }) => closed === undefined);
  }

  return {
    newMoveId: () => newMoveId(clock),
    runMove: (move) => locked((move_) => runMove(move_, move)),
    recover: (recovery) => locked((move) => recoverMoves(move, recovery)),
    listOpen,
    readMoves: async (ids) =>
      (await journal.read()).moves.filter(({ prepared }) => ids.includes(prepared.move)),
    dismiss: (move) => locked(() => journal.append({ state: 'DONE', move, process })),
    backUp: async (file, reason) => {
      const { path, content } = await readTarget(files, file);
      if (content === undefined) throw missing(file);
      const { mode, links } = content.facts;
      return backups.seal({ file, path, bytes: content.bytes, mode, links, reason });
    },
    seal: backups.seal,
    listBackups: backups.list,
    openBackup: backups.open,
    restore: (file, id) =>
      locked(async (move) => {
        const { backup, bytes } = await backups.open(id);
        if (backup.file !== file) throw otherFile(file, backup.file);
        const path = await agreedPath(move, backup, ports.machine.home);
        // Of a copy that does not say it, one name is all that can be relied on.
        return restoreBytes(move, { file, path, links: backup.links ?? 1 }, bytes);
      }),
    marks: () => backups.marks(),
    renewMark: (file, mark) => renewIn({ files, marks: backups.marks() }, file, mark),
    history: (file) => readHistory({ backups, journal }, file),
    quietly: async (work, wait) => {
      const folder = join(roots.data, 'locks');
      await files.makeFolder(folder);
      return files.withLock(join(folder, 'edits'), work, { wait });
    },
    prune: (neededMoves, limits) =>
      locked(async (move) => {
        await journal.compact((file, mark) => renewIn(move, file, mark));
        const open = (await listOpen()).map(({ prepared }) => prepared.move);
        return backups.prune(new Set([...neededMoves, ...open]), limits);
      }),
  };
}

async function renewIn(
  { files, marks }: Pick<MovePorts, 'files' | 'marks'>,
  file: string,
  mark: string,
): Promise<string | undefined> {
  if (!isPlainHash(mark)) return mark;
  return renewMark(marks, mark, await readIfThere(files, file));
}

/**
 * Where the links led when the copy was made. Of a copy that does not say it the journal may; else a
 * link, which anybody may have put there since, leads nowhere that was agreed to.
 */
async function agreedPath(
  { files, journal }: MovePorts,
  { file, path, move }: Backup,
  home: string,
): Promise<string | undefined> {
  if (path !== undefined) return path;
  const { moves } = await journal.read();
  const prepared = moves.find((one) => one.prepared.move === move)?.prepared;
  const known = prepared?.files.find((one) => one.file === file)?.path;
  if (known !== undefined) return known;
  const behindLink = (await findPaths(files, home, [file])).behindLink(file);
  return behindLink === undefined ? undefined : file;
}

async function restoreBytes(
  ports: MovePorts,
  {
    file,
    path,
    links,
  }: { readonly file: string; readonly path: string | undefined; readonly links: number },
  bytes: Uint8Array,
): Promise<FileResult> {
  const { files } = await runMove(ports, {
    id: newMoveId(ports.clock),
    kind: 'restore',
    store: [],
    files: [
      {
        file,
        places: [],
        create: true,
        edit: () => bytes,
        links,
        ...(path === undefined ? {} : { path }),
      },
    ],
  });
  const result = files[0];
  if (result === undefined) throw new TypeError('A move answers for each of its files.');
  if (result.error !== undefined) throw result.error;
  return result;
}

/** Our own folder was made by this user, so it tells who this user is. */
async function readOwnUid(files: Files, folder: string): Promise<number> {
  const facts = await files.stat(folder);
  if (facts === undefined) throw missing(dirname(folder));
  return facts.uid;
}

function missing(file: string): AppError {
  return new AppError('file_missing', `There is nothing at ${file}.`, {
    hint: 'Check the path; the file may have been moved or deleted.',
    details: { file },
  });
}

function otherFile(file: string, other: string): AppError {
  return new AppError('bad_input', `That backup is of ${other}, not of ${file}.`, {
    hint: `List the backups of this file with \`portcullis history ${quoteForShell(file)}\`.`,
    details: { file, other },
  });
}
