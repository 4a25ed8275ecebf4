/**
 * What becomes of moves that were interrupted (security facts §6, the recovery table). Run at every
 * start before anything else writes, and after a move that reports `pending`. The live files decide;
 * the journal only says where to look. Nothing is taken out of the keychain while a file refers to it.
 */
import { dirname, join } from 'node:path';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { SecretName, ServerId } from '../../shared/models/server.ts';
import { readIfThere } from '../records/replace-own-file.ts';
import type { JournalMove } from './journal.ts';
import type { FileOutcome, MoveFile, MoveKind, PlaceState } from './model.ts';
import { appendRewritten, type MovePorts } from './move.ts';
import { hashBytes } from './seal.ts';
import { temporaryPrefix, writeFile } from './write-file.ts';

/** A move that is being recovered, as the job that knows records and entries sees it. */
export interface OpenMove {
  readonly id: string;
  readonly kind: MoveKind;
  readonly items: readonly { readonly server: ServerId; readonly added: readonly SecretName[] }[];
  readonly files: readonly string[];
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
  /** Closed moves are not looked at again. */
  readonly closed: boolean;
}

export interface RecoveryReport {
  readonly moves: readonly RecoveredMove[];
  /** Journal lines torn by a crash. */
  readonly damaged: number;
}

/** Whether values go into the keychain or come out of it; undefined when the content decides. */
const directions = {
  protect: 'in',
  place: 'in',
  repair: 'in',
  undo: 'out',
  leave: 'out',
  scrub: undefined,
  restore: undefined,
} as const satisfies Record<MoveKind, 'in' | 'out' | undefined>;

const closing: ReadonlySet<FileOutcome> = new Set(['untouched', 'moved', 'resurrected', 'orphan']);

/** Settles every open move; the caller holds the lock of all edits. One move's failure stops no other. */
export async function recoverMoves(ports: MovePorts, recovery: Recovery): Promise<RecoveryReport> {
  const { moves, damaged } = await ports.journal.read();
  const recovered: RecoveredMove[] = [];
  for (const move of moves) {
    if (move.closed === undefined) recovered.push(await recoverMove(ports, recovery, move));
  }
  return { moves: recovered, damaged };
}

async function recoverMove(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
): Promise<RecoveredMove> {
  const open = describeMove(move);
  const files: RecoveredFile[] = [];
  for (const { file } of move.prepared.files) {
    files.push(await recoverFile(ports, recovery, move, open, file));
  }
  const { takenBack, error } = await takeBack(ports, recovery, move, open, files);
  await removeTemporaries(ports, move);
  const closed = error === undefined && (await close(ports, recovery, move, open, files));
  const { kind, at } = move.prepared;
  const shown = error === undefined ? files : files.map((file) => waiting(file.file, error));
  return { id: open.id, kind, at, files: shown, takenBack, closed };
}

function describeMove({ prepared }: JournalMove): OpenMove {
  return {
    id: prepared.move,
    kind: prepared.kind,
    items: prepared.items.map(({ server, added }) => ({ server, added })),
    files: prepared.files.map(({ file }) => file),
  };
}

async function recoverFile(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  file: string,
): Promise<RecoveredFile> {
  try {
    const state = await fileState(ports, recovery, move, file);
    if (state === 'after') return await verifyItems(ports, move, file);
    if (state === 'before') return await recoverUntouched(ports, recovery, move, open, file);
    if (state === 'mixed') return await reportResurrected(ports, move, file);
    return { file, outcome: state };
  } catch (thrown) {
    return waiting(file, thrown);
  }
}

/** The file still is as before the move: redo, take back, or another program undid it. */
async function recoverUntouched(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  file: string,
): Promise<RecoveredFile> {
  if (move.rewritten.has(file)) {
    // Only a value that came back is news; an entry that is gone is the person's or drift's matter.
    const exposed = (await placeStates(recovery, move, file)).includes('value');
    const back = exposed && directions[open.kind] === 'in';
    return back ? reportResurrected(ports, move, file) : { file, outcome: 'orphan' };
  }
  if (!isStored(move, file) || recovery.resume === undefined) return { file, outcome: 'untouched' };
  const verified = await verifyItems(ports, move, file);
  if (verified.outcome === 'waiting') return verified;
  const edit = verified.outcome === 'moved' ? await recovery.resume(open, file) : undefined;
  return edit === undefined ? { file, outcome: 'untouched' } : resumeFile(ports, open, edit);
}

async function reportResurrected(
  { journal }: MovePorts,
  move: JournalMove,
  file: string,
): Promise<RecoveredFile> {
  if (!move.resurrected.has(file))
    await journal.append({ state: 'RESURRECTED', move: move.prepared.move, file });
  return { file, outcome: 'resurrected' };
}

/** A file that cannot be written now is taken back: untouched is as good an end as moved. */
async function resumeFile(
  ports: MovePorts,
  open: OpenMove,
  edit: MoveFile,
): Promise<RecoveredFile> {
  const { file } = edit;
  try {
    const written = await writeFile(ports, {
      file: edit,
      move: open.id,
      backUp: async ({ content }) => {
        if (content === undefined) return undefined;
        const { bytes, facts } = content;
        const copy = { file, bytes, mode: facts.mode, reason: open.kind, move: open.id };
        return (await ports.backups.seal(copy)).id;
      },
    });
    await appendRewritten(ports.journal, open.id, { file, ...written });
    return { file, outcome: 'moved' };
  } catch (thrown) {
    const error = toAppError(thrown);
    return passing(error)
      ? { file, outcome: 'waiting', error }
      : { file, outcome: 'untouched', error };
  }
}

const passingCodes = new Set(['file_busy', 'file_changed', 'internal', 'records_busy']);

/** What the next start may well not meet again. */
function passing(error: AppError): boolean {
  const { code } = error;
  return (
    passingCodes.has(code) || (code.startsWith('keychain_') && code !== 'keychain_item_unreadable')
  );
}

/** All items of the file are stored, and the records that go with them are written. */
function isStored(move: JournalMove, file: string): boolean {
  const { items, records, files } = move.prepared;
  if (records && !move.recorded) return false;
  const places = files.find((one) => one.file === file)?.places ?? [];
  const needed = items.filter((item) => places.some(({ server }) => server === item.server));
  return needed.every(({ server }) => move.stored.has(server));
}

type FileState = 'before' | 'after' | 'mixed' | 'orphan' | 'needs-restore';

async function fileState(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  file: string,
): Promise<FileState> {
  const direction = directions[move.prepared.kind];
  const states = await placeStates(recovery, move, file);
  if (direction === undefined || states.length === 0) return contentState(ports, move, file);
  const prepared = move.prepared.files.find((one) => one.file === file);
  if (states.includes('file-missing')) {
    return prepared?.before === undefined ? 'before' : 'needs-restore';
  }
  if (states.includes('file-unparsable')) return 'needs-restore';
  return direction === 'in' ? stateInward(move.prepared.kind, states) : stateOutward(states);
}

/** The move was to end with references. One reference is enough to keep what it refers to. */
function stateInward(kind: MoveKind, states: readonly PlaceState[]): FileState {
  if (states.includes('reference')) return states.includes('value') ? 'mixed' : 'after';
  // A value that was in the file and is not any more may now be in the keychain alone.
  const neitherIsBefore = kind !== 'protect';
  const before = states.every((state) => state === 'value' || neitherIsBefore);
  return before ? 'before' : 'orphan';
}

/** The move was to end with values. One reference left means that the items are still needed. */
function stateOutward(states: readonly PlaceState[]): FileState {
  if (states.includes('reference')) return 'before';
  return states.includes('value') ? 'after' : 'orphan';
}

async function placeStates(
  recovery: Recovery,
  move: JournalMove,
  file: string,
): Promise<readonly PlaceState[]> {
  const places = move.prepared.files.find((one) => one.file === file)?.places ?? [];
  const states: PlaceState[] = [];
  for (const { pointer, server } of places) {
    states.push(await recovery.placeState(file, pointer, server));
  }
  return states;
}

/** For moves that no entry tells of: the content is as before, or it is not. */
async function contentState(
  { files }: MovePorts,
  move: JournalMove,
  file: string,
): Promise<FileState> {
  const prepared = move.prepared.files.find((one) => one.file === file);
  const bytes = await readIfThere(files, file);
  if (bytes === undefined) return prepared?.before === undefined ? 'before' : 'needs-restore';
  if (hashBytes(bytes) === prepared?.before) return 'before';
  const torn = prepared?.inPlace === true && !move.rewritten.has(file);
  return torn ? 'needs-restore' : 'after';
}

/** The items that a file now refers to are there and readable, through a new connection. */
async function verifyItems(
  { secrets }: MovePorts,
  move: JournalMove,
  file: string,
): Promise<RecoveredFile> {
  const places = move.prepared.files.find((one) => one.file === file)?.places ?? [];
  const needed = move.prepared.items.filter((item) =>
    places.some(({ server }) => server === item.server),
  );
  for (const { server, names } of needed) {
    try {
      const values = await secrets.read(server);
      if (!names.every((name) => values?.has(name) === true)) throw reentry(server);
    } catch (thrown) {
      const error = toAppError(thrown);
      return passing(error) ? waiting(file, error) : { file, outcome: 'needs-reentry', error };
    }
  }
  return { file, outcome: 'moved' };
}

/**
 * Takes back what was recorded and stored for files that are certainly as before the move. New names
 * leave the keychain only when every file of the move that needs them is, and no other file does.
 */
async function takeBack(
  { secrets }: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  files: readonly RecoveredFile[],
): Promise<{ takenBack: readonly ServerId[]; error?: AppError }> {
  const takenBack: ServerId[] = [];
  try {
    for (const { server, added } of open.items) {
      const theirs = filesOf(move, server, files);
      const untouched = theirs.filter(({ outcome }) => outcome === 'untouched');
      // Secrets that no file waits for are wanted as soon as the records name them.
      const unused = theirs.length === 0 ? !move.recorded : untouched.length === theirs.length;
      if (untouched.length === 0 && !unused) continue;
      const removable = unused && !(await recovery.isReferredTo(server, open.files));
      // Records first: a record without its item would promise what is not there.
      const names = removable ? added : [];
      await recovery.dropRecords(open, { server, files: untouched.map(({ file }) => file), names });
      if (names.length === 0) continue;
      await secrets.remove(server, names);
      takenBack.push(server);
    }
    return { takenBack };
  } catch (thrown) {
    return { takenBack, error: toAppError(thrown) };
  }
}

function filesOf(
  { prepared }: JournalMove,
  server: ServerId,
  files: readonly RecoveredFile[],
): readonly RecoveredFile[] {
  const theirs = prepared.files.filter(({ places }) =>
    places.some((place) => place.server === server),
  );
  return files.filter(({ file }) => theirs.some((one) => one.file === file));
}

/** Temporary files carry the id of their move, so nobody else's are touched. */
async function removeTemporaries({ files }: MovePorts, move: JournalMove): Promise<void> {
  const prefix = temporaryPrefix(move.prepared.move);
  for (const folder of new Set(move.prepared.files.map(({ path }) => dirname(path)))) {
    try {
      if ((await files.stat(folder))?.kind !== 'folder') continue;
      for (const name of await files.list(folder)) {
        if (name.startsWith(prefix)) await files.remove(join(folder, name));
      }
    } catch {
      // Left for the next start: the move stays findable by its line in the journal.
    }
  }
}

/** True when the move is over. Who stored the items is not who proves that they can be read. */
async function close(
  { journal, process }: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  files: readonly RecoveredFile[],
): Promise<boolean> {
  if (!files.every(({ outcome }) => closing.has(outcome))) return false;
  const untouched = files.every(({ outcome }) => outcome === 'untouched');
  const kept = files.length === 0 ? move.recorded : !untouched;
  if (kept && open.items.length > 0 && move.prepared.process === process) return false;
  const back = directions[open.kind] === 'out';
  if (back && kept && files.every(({ outcome }) => outcome === 'moved')) {
    await recovery.finish?.(open);
  }
  await journal.append({ state: kept ? 'DONE' : 'ABORTED', move: open.id, process });
  return true;
}

function waiting(file: string, thrown: unknown): RecoveredFile {
  return { file, outcome: 'waiting', error: toAppError(thrown) };
}

function reentry(server: ServerId): AppError {
  return new AppError(
    'secret_missing',
    `The secrets of "${server}" are not in the keychain any more.`,
    {
      hint: `Enter them again with \`portcullis secrets set ${server} NAME\`, or restore a backup of the file.`,
      details: { server },
    },
  );
}
