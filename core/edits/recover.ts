/**
 * What becomes of moves that were interrupted (security facts §6, the recovery table). Run at every
 * start before anything else writes, and after a move that reports `pending`. The live files decide;
 * the journal only says where to look. Nothing is taken out of the keychain while a file refers to it.
 */
import { toAppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { JournalMove } from './journal.ts';
import type { FileOutcome, MoveFile } from './model.ts';
import { appendRewritten, type MovePorts } from './move.ts';
import { isStored, passing, takeBack, verifyItems, waiting } from './recover-items.ts';
import { directions, fileState, placeStates } from './recover-state.ts';
import type {
  OpenMove,
  RecoveredFile,
  RecoveredMove,
  Recovery,
  RecoveryReport,
} from './recovery.ts';
import { removeTemporaries } from './temporary.ts';
import { writeFile } from './write-file.ts';

const closing: ReadonlySet<FileOutcome> = new Set([
  'untouched',
  'moved',
  'superseded',
  'resurrected',
  'orphan',
]);

/** Settles every open move; the caller holds the lock of all edits. One move's failure stops no other. */
export async function recoverMoves(ports: MovePorts, recovery: Recovery): Promise<RecoveryReport> {
  const { moves, damaged } = await ports.journal.read();
  const recovered: RecoveredMove[] = [];
  for (const [index, move] of moves.entries()) {
    if (move.closed !== undefined) continue;
    // What a later move wrote is judged with that move, an undo above all.
    const later = new Set(moves.slice(index + 1).flatMap(({ rewritten }) => [...rewritten.keys()]));
    recovered.push(await recoverMove(ports, recovery, move, later));
  }
  return { moves: recovered, damaged };
}

async function recoverMove(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  later: ReadonlySet<string>,
): Promise<RecoveredMove> {
  const open = describeMove(move);
  const { kind, at } = move.prepared;
  const files: RecoveredFile[] = [];
  const takenBack: ServerId[] = [];
  try {
    for (const { file } of move.prepared.files) {
      if (later.has(file)) files.push({ file, outcome: 'superseded' });
      else files.push(await recoverFile(ports, recovery, move, open, file));
    }
    for await (const server of takeBack(ports, recovery, move, open, files)) takenBack.push(server);
    const clean = await removeTemporaries(ports.files, open.id, move.prepared.files);
    const closed = clean && (await close(ports, recovery, move, open, files));
    return { id: open.id, kind, at, files, takenBack, closed };
  } catch (thrown) {
    await removeTemporaries(ports.files, open.id, move.prepared.files);
    const error = toAppError(thrown);
    return { id: open.id, kind, at, files, takenBack, closed: false, error };
  }
}

function describeMove({ prepared }: JournalMove): OpenMove {
  return {
    id: prepared.move,
    kind: prepared.kind,
    items: prepared.items.map(({ server, added }) => ({ server, added })),
    files: prepared.files.map(({ file }) => file),
    servers: [...groupByServer(prepared.files).keys()],
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
  if (edit === undefined) return { file, outcome: 'untouched' };
  const path = move.prepared.files.find((one) => one.file === file)?.path;
  const resumed = await resumeFile(ports, open, path === undefined ? edit : { ...edit, path });
  // The job may have answered with another edit than the one that was interrupted.
  const done = (await fileState(ports, recovery, move, file)) === 'after';
  return resumed.outcome === 'moved' && !done ? { file, outcome: 'waiting' } : resumed;
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
      backUp: async ({ path, content }) => {
        if (content === undefined) return undefined;
        const { bytes, facts } = content;
        const { mode, links } = facts;
        const copy = { file, path, bytes, mode, links, reason: open.kind, move: open.id };
        return (await ports.backups.seal(copy)).id;
      },
    });
    if (written.outcome === 'rewritten')
      await appendRewritten(ports.journal, open.id, { file, ...written });
    return { file, outcome: 'moved' };
  } catch (thrown) {
    const error = toAppError(thrown);
    return passing(error)
      ? { file, outcome: 'waiting', error }
      : { file, outcome: 'untouched', error };
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
  if (kept && directions[open.kind] === 'out') await finishOutward(recovery, move, open, files);
  await journal.append({ state: kept ? 'DONE' : 'ABORTED', move: open.id, process });
  return true;
}

/** An undo that reached all its files is finished; else the records follow what the files say. */
async function finishOutward(
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  files: readonly RecoveredFile[],
): Promise<void> {
  if (files.every(({ outcome }) => outcome === 'moved')) {
    await recovery.finish?.(open);
    return;
  }
  const moved = files.filter(({ outcome }) => outcome === 'moved').map(({ file }) => file);
  const places = move.prepared.files.filter(({ file }) => moved.includes(file));
  for (const [server, theirs] of groupByServer(places)) {
    await recovery.dropRecords(open, { server, files: theirs, names: [] });
  }
}

function groupByServer(
  files: JournalMove['prepared']['files'],
): ReadonlyMap<ServerId, readonly string[]> {
  const pairs = files.flatMap(({ file, places }) => places.map(({ server }) => ({ server, file })));
  const groups = Map.groupBy(pairs, ({ server }) => server);
  return new Map([...groups].map(([server, theirs]) => [server, theirs.map(({ file }) => file)]));
}
