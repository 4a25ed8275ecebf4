/** Runs as they begin, and as a person may see them. */
import type { RunSummary } from '../../shared/models/protect.ts';
import type { ServerId } from '../../shared/models/server.ts';
import { toPointer } from '../documents/pointer.ts';
import type { FileResult, StoredItem } from '../edits/model.ts';
import type { Run } from '../records/schema.ts';
import { type DraftEntry, type DraftServer, launchKey } from './draft.ts';
import type { Gathered } from './gather.ts';

/** What a run moves: the chosen entries' servers with one value for each secret. */
export interface Decided {
  readonly chosen: ReadonlySet<string>;
  readonly servers: readonly DraftServer[];
  readonly store: readonly StoredItem[];
}

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

/** The run as it is recorded before any file is touched. */
export function startRun(
  id: string,
  at: string,
  decided: Decided,
  entries: readonly DraftEntry[],
  { records }: Gathered,
): Run {
  const known = (server: ServerId) => records.servers.find((record) => record.id === server);
  const launches = decided.servers.flatMap(({ id: server, launch, existing }) =>
    existing === undefined || launchKey(existing.launch) === launchKey(launch)
      ? []
      : [{ server, launch: existing.launch }],
  );
  return {
    id,
    kind: 'protect',
    at,
    state: 'unfinished',
    moves: [id],
    servers: decided.servers.map((server) => server.id),
    created: decided.servers.filter((server) => server.existing === undefined).map((one) => one.id),
    added: decided.store.map(({ server, values }) => ({
      server,
      names: [...values.keys()].filter(
        (name) => known(server)?.secrets.some((secret) => secret.name === name) !== true,
      ),
    })),
    places: planPlaces(entries),
    files: [],
    ...(launches.length === 0 ? {} : { launches }),
  };
}

function planPlaces(entries: readonly DraftEntry[]): Run['places'] {
  return entries.flatMap(({ source, entry, server }) =>
    server === undefined
      ? []
      : [{ file: source.file, pointer: toPointer(entry.path), server, client: source.row.id }],
  );
}
