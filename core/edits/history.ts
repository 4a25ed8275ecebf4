/** What happened to one file, from the journal and the sealed backups. Needs no key. */
import type { Backups } from './backup.ts';
import type { Journal, JournalMove } from './journal.ts';
import type { HistoryLine } from './model.ts';

/**
 * The changes we made to a file and the backups of it, newest first. A move that was prepared but did
 * not get to this file is not a change and is left out.
 */
export async function readHistory(
  { backups, journal }: { backups: Backups; journal: Journal },
  file: string,
): Promise<readonly HistoryLine[]> {
  const { moves } = await journal.read();
  const changes = moves.flatMap((move) => describeChange(move, file));
  const named = new Set(changes.map(({ backup }) => backup));
  const copies = (await backups.list(file))
    .filter(({ id }) => !named.has(id))
    .map(
      ({ id, at, who, reason }): HistoryLine => ({
        what: 'backed-up',
        at,
        who,
        reason,
        pointers: [],
        backup: id,
      }),
    );
  return [...changes, ...copies].sort((left, right) => (left.at < right.at ? 1 : -1));
}

function describeChange(move: JournalMove, file: string): readonly HistoryLine[] {
  const line = move.rewritten.get(file);
  if (line === undefined) return [];
  const { kind, who, files } = move.prepared;
  const prepared = files.find((one) => one.file === file);
  return [
    {
      what: 'changed',
      at: line.at,
      who,
      reason: kind,
      move: line.move,
      pointers: prepared?.places.map(({ pointer }) => pointer) ?? [],
      ...(line.before === undefined ? {} : { before: line.before }),
      ...(line.after === undefined ? {} : { after: line.after }),
      ...(line.backup === undefined ? {} : { backup: line.backup }),
    },
  ];
}
