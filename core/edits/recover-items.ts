/** What recovery does with the keychain items and records of an interrupted move. */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { JournalMove } from './journal.ts';
import type { MovePorts } from './move.ts';
import { fileState } from './recover-state.ts';
import type { OpenMove, RecoveredFile, Recovery } from './recovery.ts';

/** All items of the file are stored, and the records that go with them are written. */
export function isStored(move: JournalMove, file: string): boolean {
  const { items, records, files } = move.prepared;
  if (records && !move.recorded) return false;
  const places = files.find((one) => one.file === file)?.places ?? [];
  const needed = items.filter((item) => places.some(({ server }) => server === item.server));
  return needed.every(({ server }) => move.stored.has(server));
}

/** The items that a file now refers to are there and readable, through a new connection. */
export async function verifyItems(
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
 * Yields the servers whose secrets went.
 */
export async function* takeBack(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  open: OpenMove,
  files: readonly RecoveredFile[],
): AsyncGenerator<ServerId> {
  for (const { server, added } of open.items) {
    const theirs = filesOf(move, server, files);
    const untouched = theirs.filter(({ outcome }) => outcome === 'untouched');
    // Secrets that no file waits for are wanted as soon as the records name them.
    const unused = theirs.length === 0 ? !move.recorded : untouched.length === theirs.length;
    if (untouched.length === 0 && !unused) continue;
    // The last look: a resumed write may have failed after its rename.
    for (const { file } of untouched) await requireStillBefore(ports, recovery, move, file);
    const removable = unused && !(await recovery.isReferredTo(server, open.files));
    // Records first: a record without its item would promise what is not there.
    const names = removable ? added : [];
    await recovery.dropRecords(open, { server, files: untouched.map(({ file }) => file), names });
    if (names.length === 0) continue;
    await ports.secrets.remove(server, names);
    yield server;
  }
}

async function requireStillBefore(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  file: string,
): Promise<void> {
  if ((await fileState(ports, recovery, move, file)) === 'before') return;
  throw new AppError(
    'file_changed',
    `${file} changed while an interrupted change was taken back.`,
    {
      hint: 'Nothing is lost. Start Portcullis again to let it look once more.',
      details: { file },
    },
  );
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

export function waiting(file: string, thrown: unknown): RecoveredFile {
  return { file, outcome: 'waiting', error: toAppError(thrown) };
}

const passingCodes = new Set(['file_busy', 'file_changed', 'internal', 'records_busy']);

/** What the next start may well not meet again. */
export function passing(error: AppError): boolean {
  const { code } = error;
  return (
    passingCodes.has(code) || (code.startsWith('keychain_') && code !== 'keychain_item_unreadable')
  );
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
