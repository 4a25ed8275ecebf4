/** What became of a protect run: after its moves, and after the recovery of those that stopped midway. */
import type { MoveResult } from '../edits/model.ts';
import type { RecoveryReport } from '../edits/recovery.ts';
import type { RecordsStore } from '../records/records.ts';
import type { Run } from '../records/schema.ts';
import { commitRun } from './commit.ts';
import type { FileWork } from './file-work.ts';

type RunPorts = { readonly records: RecordsStore };

/** The run with what really happened. */
export function endRun(run: Run, moved: MoveResult, scrubbed: MoveResult | undefined): Run {
  const results = [...moved.files, ...(scrubbed?.files ?? [])];
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  const failedItems = moved.items.filter(({ outcome }) => outcome !== 'stored').length;
  const written = results.filter(({ outcome }) => outcome === 'rewritten');
  return {
    ...run,
    // Without a mark an undo puts back our entries only, which is right whatever the file holds.
    files: written.map(({ file, after = '' }) => ({ file, after })),
    state: moved.pending
      ? 'unfinished'
      : failed + failedItems === 0 && moved.error === undefined
        ? 'done'
        : written.length > 0
          ? 'partly'
          : 'failed',
  };
}

/** Records it, unless nothing came of it and nobody has heard of it yet. */
export async function recordRun(
  { records }: RunPorts,
  run: Run,
  moved: MoveResult,
  scrubbed: MoveResult | undefined,
): Promise<void> {
  const ended = endRun(run, moved, scrubbed);
  await records.change((before) => {
    const isKnown = before.runs.some(({ id }) => id === run.id);
    const hasEffect = moved.items.length > 0 || ended.files.length > 0;
    return {
      records: isKnown || hasEffect ? commitRun(before, ended) : before,
      result: undefined,
    };
  });
}

/** As the records have it, which a recovery may have settled; else as it ended here. */
export async function readRun({ records }: RunPorts, ended: Run): Promise<Run> {
  return (await records.read()).runs.find(({ id }) => id === ended.id) ?? ended;
}

/** Files that the recovery right behind the move brought to their end are written after all. */
export function withRecovered(moved: MoveResult, { moves }: RecoveryReport): MoveResult {
  const own = moves.find(({ id }) => id === moved.id);
  const files = moved.files.map((result) => {
    const isMoved = own?.files.some((one) => one.file === result.file && one.outcome === 'moved');
    if (result.outcome !== 'failed' || isMoved !== true) return result;
    const { error: _, ...rest } = result;
    return { ...rest, outcome: 'rewritten' as const };
  });
  return { ...moved, files };
}

/** Only files that were written: after a failure the old text is where it should be. */
export function writtenWork(
  moves: readonly FileWork[],
  { files }: MoveResult,
): readonly FileWork[] {
  const written = files.filter(({ outcome }) => outcome === 'rewritten').map(({ file }) => file);
  return moves.filter(({ file }) => written.includes(file));
}
