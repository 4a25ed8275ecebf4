/** Runs as a person may see them. */
import type { RunSummary } from '../../shared/models/protect.ts';
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
