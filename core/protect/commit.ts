/** What a protect run writes into the records, as pure functions from records to records. */
import type {
  Placement,
  SecretReference,
  ServerRecord,
  WantedPlacement,
} from '../../shared/models/server.ts';
import { renderLauncherEntry } from '../clients/render-entry.ts';
import { hashPlain, stringifyPlain } from '../documents/plain-json.ts';
import { toPointer } from '../documents/pointer.ts';
import type { Records, Run } from '../records/schema.ts';
import type { DraftEntry, DraftServer } from './draft.ts';

export interface Commitment {
  readonly servers: readonly DraftServer[];
  /** The chosen entries of these servers. */
  readonly entries: readonly DraftEntry[];
  readonly at: string;
  readonly launcher: string;
}

/** Records with the servers added or extended. */
export function commitServers(records: Records, commitment: Commitment): Records {
  const fresh = commitment.servers.map((server) => commitServer(records, server, commitment));
  const ids = new Set(fresh.map(({ id }) => id));
  return {
    ...records,
    servers: [...records.servers.filter(({ id }) => !ids.has(id)), ...fresh].toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
  };
}

function commitServer(records: Records, draft: DraftServer, commitment: Commitment): ServerRecord {
  const { at } = commitment;
  const known = records.servers.find(({ id }) => id === draft.id);
  const entries = commitment.entries.filter(({ server }) => server === draft.id);
  const placements = entries.map((entry) => placementOf(entry, commitment));
  const replaced = new Set(placements.map(placeKey));
  const secrets = [...draft.secrets].map(([name, [candidate]]): SecretReference => {
    const rotateUrl = candidate?.detection.rotateUrl;
    return {
      name,
      kind: candidate?.detection.kind ?? 'generic-api-key',
      storedAt: at,
      ...(rotateUrl === undefined ? {} : { rotateUrl }),
    };
  });
  // What is written by now is no longer only wanted. All else that a record says stays: its scope, its policy.
  const wanted = known?.wanted?.filter((one) => !placements.some((placed) => isFor(one, placed)));
  return {
    ...known,
    ...(wanted === undefined ? {} : { wanted }),
    id: draft.id,
    name: draft.name,
    enabled: known?.enabled ?? true,
    launch: draft.launch,
    secrets: mergeSecrets(known?.secrets ?? [], secrets),
    placements: [
      ...(known?.placements.filter((one) => !replaced.has(placeKey(one))) ?? []),
      ...placements,
    ],
    createdAt: known?.createdAt ?? at,
    updatedAt: at,
  };
}

function isFor(wanted: WantedPlacement, { client, entryName }: Placement): boolean {
  return wanted.client === client && wanted.entryName === entryName;
}

function mergeSecrets(
  known: readonly SecretReference[],
  fresh: readonly SecretReference[],
): readonly SecretReference[] {
  const names = new Set(known.map(({ name }) => name));
  return [...known, ...fresh.filter(({ name }) => !names.has(name))];
}

export function placeKey({ file, pointer }: { file: string; pointer: string }): string {
  return JSON.stringify([file, pointer]);
}

function placementOf(draft: DraftEntry, { at, launcher }: Commitment): Placement {
  const { source, entry, lifted, server } = draft;
  if (lifted === undefined || server === undefined)
    throw new TypeError('Only lifted entries move.');
  const value = renderLauncherEntry(source.row, entry, { launcher, server, env: lifted.keptEnv });
  return {
    client: source.row.id,
    file: source.file,
    pointer: toPointer(entry.path),
    entryName: entry.name,
    original: lifted.original,
    entry: stringifyPlain(value),
    written: hashPlain(value),
    writtenAt: at,
  };
}

/** Records with the run added, or replaced when it is there already. */
export function commitRun(records: Records, run: Run): Records {
  return { ...records, runs: [...records.runs.filter(({ id }) => id !== run.id), run] };
}
