/** Runs as a person may see them. */
import type { RunSummary } from '../../shared/models/protect.ts';
import type { FileResult } from '../edits/model.ts';
import type { Run } from '../records/schema.ts';

export function summariseRun(run: Run): RunSummary {
  return {
    id: run.id,
    kind: run.kind,
    at: run.at,
    state: run.undoneAt === undefined ? run.state : 'undone',
    servers: run.servers,
    files: run.files.map(({ file }) => file),
  };
}

/** The files that are as the move meant them, whether it had to write or not. */
export function writtenFiles(results: readonly FileResult[]): readonly string[] {
  return results.filter(({ outcome }) => outcome !== 'failed').map(({ file }) => file);
}
