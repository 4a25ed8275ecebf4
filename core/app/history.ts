/** A file's history and its way back, as a door may see them. */
import { AppError } from '../../shared/errors.ts';
import type { TimelineEntry } from '../../shared/models/drift.ts';
import type { HistoryEntry } from '../../shared/models/health.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import type { App } from '../app.ts';
import { fromPointer } from '../documents/pointer.ts';
import { type HistoryLine, type MoveKind, moveKinds } from '../edits/model.ts';
import { sameBytes } from '../edits/write-file.ts';
import { readIfThere } from '../records/replace-own-file.ts';

export async function readHistory(app: App, file: string): Promise<readonly HistoryEntry[]> {
  const [lines, backups, changes] = await Promise.all([
    app.edits.history(file),
    app.edits.listBackups(file),
    app.drift.timeline(file),
  ]);
  return lines.map((line) => {
    const change = changes.find(({ backup }) => backup !== undefined && backup === line.backup);
    return {
      id: line.backup ?? line.move ?? line.at,
      at: line.at,
      ...(change === undefined
        ? { by: `Portcullis (${line.who})`, what: describe(line) }
        : // The copy is ours; the change that it was made at may be anybody's.
          {
            by: change.guess ? `probably ${change.by}` : change.by,
            what: `sealed copy: ${describeChange(change)}`,
          }),
      bytes: backups.find(({ id }) => id === line.backup)?.size ?? 0,
      restorable: backups.some(({ id }) => id === line.backup),
    };
  });
}

function describeChange({ what, added, removed, changed }: TimelineEntry): string {
  if (what === 'first-seen') return 'first seen';
  if (what === 'broken') return 'not readable as it should be';
  const parts = Object.entries({ added, removed, changed }).flatMap(([deed, names]) =>
    names.length === 0 ? [] : [`${deed} ${names.join(', ')}`],
  );
  return parts.length === 0 ? 'changed beside the servers' : parts.join('; ');
}

/** What each kind of move did to a file. */
const deeds: Readonly<Record<MoveKind, string>> = {
  protect: 'protected',
  undo: 'protection undone',
  leave: 'written back on leaving',
  scrub: 'copies of values taken out',
  repair: 'repaired',
  place: 'added',
  remove: 'removed',
  restore: 'put back',
};

function describe({ what, reason, pointers }: HistoryLine): string {
  const kind = moveKinds.find((one) => one === reason);
  const deed = kind === undefined ? reason : deeds[kind];
  if (what === 'backed-up') return `sealed copy (${reason})`;
  return pointers.length === 0 ? deed : `${deed}: ${pointers.map(namePlace).join(', ')}`;
}

/** An entry by its name; what has none, by its place. */
function namePlace(pointer: string): string {
  if (pointer.startsWith('#L')) return `line ${pointer.slice(2)}`;
  if (!pointer.startsWith('/')) return pointer;
  const name = fromPointer(pointer).at(-1);
  return typeof name === 'string' && !/^\d*$/.test(name) ? name : pointer;
}

/** Puts back the chosen copy, or the newest that is not younger than a time, or the newest that differs from the file. */
export async function restoreFile(
  app: App,
  { file, id, at }: { file: string; id?: string | undefined; at?: string | undefined },
): Promise<{ file: string; restored: HistoryEntry }> {
  const copies = (await readHistory(app, file)).filter(({ restorable }) => restorable);
  const time = at === undefined ? undefined : readTime(at);
  const chosen =
    id === undefined && time === undefined
      ? await findOther(app, file, copies)
      : copies.find(
          (copy) =>
            (id === undefined || copy.id === id) &&
            (time === undefined || new Date(copy.at).getTime() <= time),
        );
  if (chosen === undefined) {
    throw new AppError('not_found', `There is no such sealed copy of ${file}.`, {
      hint: `See what there is: \`portcullis history ${quoteForShell(file)}\`.`,
      details: { file },
    });
  }
  await app.edits.restore(file, chosen.id);
  app.events.announce({ type: 'files-changed', files: [file] });
  return { file, restored: chosen };
}

/** A change is copied as it is met, so the newest copy is often what is in the file already. */
async function findOther(
  { edits, ports }: App,
  file: string,
  copies: readonly HistoryEntry[],
): Promise<HistoryEntry | undefined> {
  const now = await readIfThere(ports.files, file);
  for (const copy of copies) {
    const { bytes } = await edits.openBackup(copy.id);
    if (now === undefined || !sameBytes(now, bytes)) return copy;
  }
  return copies[0];
}

function readTime(text: string): number {
  const time = new Date(text).getTime();
  if (!Number.isNaN(time)) return time;
  throw new AppError('bad_input', `“${text}” is not a time.`, {
    hint: 'Write it like 2026-11-23T14:05 or take it from `portcullis history`.',
  });
}
