/** Protect runs that a crash kept from their end. */
import type { Edits } from '../edits/edits.ts';
import { isInterrupted, type JournalMove } from '../edits/journal.ts';
import type { Files } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { readIfThere } from '../records/replace-own-file.ts';
import type { Records, Run } from '../records/schema.ts';

export interface SettleRunsPorts {
  readonly records: RecordsStore;
  readonly edits: Edits;
  readonly files: Files;
}

/**
 * After a recovery: interrupted protect runs learn from the journal which files they changed, so that
 * they can be undone like any other. A run whose moves are still waiting stays unfinished.
 */
export async function settleRuns(ports: SettleRunsPorts): Promise<void> {
  const records = await ports.records.read();
  const settled = new Map<string, Run>();
  for (const run of records.runs.filter(isUnsettled)) {
    const moves = await ports.edits.readMoves(run.moves);
    if (moves.some((move) => move.closed === undefined && isInterrupted(move))) continue;
    settled.set(run.id, await settleRun(ports, records, run, moves));
  }
  if (settled.size === 0) return;
  await ports.records.change((latest) => ({
    records: {
      ...latest,
      // The program that made the run may have ended it meanwhile, and knows better.
      runs: latest.runs.map((run) => (isUnsettled(run) ? (settled.get(run.id) ?? run) : run)),
    },
    result: undefined,
  }));
}

export function isUnsettled(run: Run): boolean {
  return run.kind === 'protect' && run.state === 'unfinished' && run.undoneAt === undefined;
}

async function settleRun(
  { files, edits }: SettleRunsPorts,
  records: Records,
  run: Run,
  moves: readonly JournalMove[],
): Promise<Run> {
  const written: Run['files'][number][] = [];
  const planned = moves.flatMap(({ prepared, rewritten }) =>
    prepared.files.map((file) => ({ ...file, line: rewritten.get(file.file) })),
  );
  for (const { file, after, line } of planned) {
    const isDone =
      line !== undefined ||
      isPlaced(records, run, file) ||
      (await isStill({ files, edits }, file, after));
    // Without a mark an undo puts back our entries only, which is right whatever the file holds.
    if (isDone) written.push({ file, after: line?.after ?? after ?? '' });
  }
  const state =
    written.length === 0 ? 'failed' : written.length === planned.length ? 'done' : 'partly';
  return { ...run, files: written, state };
}

/** Recovery takes placements in files that it left untouched out of the records. */
function isPlaced({ servers }: Records, run: Run, file: string): boolean {
  return servers.some(
    ({ id, placements }) =>
      run.places.some((place) => place.server === id && place.file === file) &&
      placements.some((placement) => placement.file === file),
  );
}

async function isStill(
  { files, edits }: Pick<SettleRunsPorts, 'files' | 'edits'>,
  file: string,
  after: string | undefined,
): Promise<boolean> {
  const bytes = after === undefined ? undefined : await readIfThere(files, file);
  return bytes !== undefined && (await edits.marks().matcher(after))(bytes);
}

/** Runs of before kept plain hashes of files, with which a guess at a short secret could be tested. */
export async function renewRuns({ records, edits }: SettleRunsPorts): Promise<void> {
  const renewed = new Map<string, Run['files']>();
  for (const { id, files } of (await records.read()).runs) {
    const fresh: Run['files'][number][] = [];
    for (const { file, after } of files)
      fresh.push({ file, after: (await edits.renewMark(file, after)) ?? '' });
    if (fresh.some(({ after }, at) => after !== files[at]?.after)) renewed.set(id, fresh);
  }
  if (renewed.size === 0) return;
  await records.change((before) => ({
    records: {
      ...before,
      runs: before.runs.map((run) => ({ ...run, files: renewed.get(run.id) ?? run.files })),
    },
    result: undefined,
  }));
}
