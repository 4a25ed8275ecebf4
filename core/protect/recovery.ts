/** What `core/edits` asks about entries and records while it settles moves that were interrupted. */
import { toAppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import {
  type KnownFile,
  type KnownFiles,
  listKnownFiles,
  openKnownFile,
} from '../clients/known-files.ts';
import type { Plain } from '../documents/document.ts';
import { parseDotenv } from '../documents/dotenv.ts';
import { isPlainList, isPlainMap } from '../documents/nodes.ts';
import { fromPointer, toPointer } from '../documents/pointer.ts';
import { decodeText } from '../documents/text.ts';
import type { MoveFile, PlaceState } from '../edits/model.ts';
import type { DroppedRecords, OpenMove, Recovery } from '../edits/recovery.ts';
import { holdsExactly } from '../edits/values.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { isWorthMoving } from '../exposure/detection.ts';
import type { Records } from '../records/schema.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { launchKey } from './draft.ts';
import { createEchoes } from './echoes.ts';
import { type EntryChange, protectEntries, removeVariables } from './edit-file.ts';
import { liftEntry } from './lift.ts';
import type { ProtectPorts } from './protect.ts';
import { detectionsIn, projectOf } from './source.ts';

export function createRecovery(ports: ProtectPorts): Recovery {
  const known = async (): Promise<KnownFiles> =>
    listKnownFiles(ports.clients, (await ports.records.read()).projectFolders);
  return {
    placeState: async (file, pointer, server) =>
      judgePlace(ports, await known(), file, pointer, server),
    isReferredTo: async (server, besides) => {
      const { projectFolders } = await ports.records.read();
      const surveys = await ports.clients.survey(projectFolders);
      return surveys.some(({ files }) =>
        files.some(
          ({ location, entries }) =>
            !besides.includes(location.path) && entries.some((entry) => entry.managed === server),
        ),
      );
    },
    dropRecords: (move, what) =>
      ports.records.change((records) => ({
        records: dropFromRecords(records, move, what),
        result: undefined,
      })),
    resume: async (move, file) => resumeFile(ports, await known(), move, file),
    finish: async (move) => finishBack(ports, move),
  };
}

async function judgePlace(
  ports: ProtectPorts,
  known: KnownFiles,
  file: string,
  pointer: string,
  server: ServerId,
): Promise<PlaceState> {
  if ((await ports.files.stat(file)) === undefined) return 'file-missing';
  const stored = await ports.secrets.read(server);
  const bytes = await ports.files.read(file);
  const rows = rowsOf(known, file);
  if (rows.length === 0) return judgeVariable(decodeText(bytes, file).text, pointer, stored);
  try {
    const states = rows.map((how) => judgeEntry(ports, how, bytes, pointer, server, stored));
    return states.find((state) => state !== 'neither') ?? 'neither';
  } catch (thrown) {
    if (toAppError(thrown).code.startsWith('file_')) return 'file-unparsable';
    throw thrown;
  }
}

function rowsOf(known: KnownFiles, file: string): readonly KnownFile[] {
  return [...known.values()].filter(({ location }) => location.path === file);
}

/** A variable of an env file: still there with the stored value, or gone. */
function judgeVariable(
  text: string,
  pointer: string,
  stored: SecretValues | undefined,
): PlaceState {
  const [name] = fromPointer(pointer);
  const variable = parseDotenv(text).entries.find((one) => one.name === name);
  if (variable === undefined) return 'reference';
  return isStored([variable.value], stored) ? 'value' : 'neither';
}

function judgeEntry(
  ports: ProtectPorts,
  how: KnownFile,
  bytes: Uint8Array,
  pointer: string,
  server: ServerId,
  stored: SecretValues | undefined,
): PlaceState {
  const { entries } = openKnownFile(how, bytes, ports.launcher);
  const entry = entries.find(({ path }) => toPointer(path) === pointer);
  if (entry === undefined) return 'neither';
  if (entry.managed === server) return 'reference';
  return isStored(stringsIn(entry.raw), stored) ? 'value' : 'neither';
}

/** True when a stored value stands in one of the texts, or when nothing is stored at all. */
function isStored(texts: readonly string[], stored: SecretValues | undefined): boolean {
  if (stored === undefined) return true;
  return [...stored.values()].some((value) => texts.some((text) => holdsExactly(text, value)));
}

function stringsIn(value: Plain): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isPlainList(value)) return value.flatMap(stringsIn);
  return isPlainMap(value) ? Object.values(value).flatMap(stringsIn) : [];
}

/** Goes on where the move stopped: only with entries whose launch is exactly what was recorded. */
async function resumeFile(
  ports: ProtectPorts,
  known: KnownFiles,
  move: OpenMove,
  file: string,
): Promise<MoveFile | undefined> {
  if (move.kind !== 'protect') return undefined;
  const records = await ports.records.read();
  const places = records.runs.find(({ id }) => id === move.id)?.places ?? [];
  const own = places.filter((place) => place.file === file);
  const [how] = rowsOf(known, file);
  if (how === undefined) return resumeEnvFile(records, move, file);
  if (own.length === 0) return undefined;
  return {
    file,
    places: own.map(({ server, pointer }) => ({ server, pointer })),
    edit: (bytes) => {
      const changes = changesFrom(ports, how, records, own, bytes);
      return protectEntries(bytes, { file, format: how.format }, changes, ports.launcher);
    },
  };
}

function changesFrom(
  ports: ProtectPorts,
  how: KnownFile,
  records: Records,
  places: readonly { readonly pointer: string; readonly server: ServerId }[],
  bytes: Uint8Array,
): readonly EntryChange[] {
  const { document, entries } = openKnownFile(how, bytes, ports.launcher);
  const servers = entries.map(({ path, name }) => ({ path, name }));
  const detections = detectInDocument(document, { servers }).filter(isWorthMoving);
  const echoes = createEchoes(detections);
  return places.flatMap(({ pointer, server }): readonly EntryChange[] => {
    const entry = entries.find(({ path }) => toPointer(path) === pointer);
    const record = records.servers.find(({ id }) => id === server);
    if (entry === undefined || record === undefined || entry.managed !== undefined) return [];
    const inside = echoes.inEntry(document, entry, detectionsIn(detections, entry));
    const project = projectOf(how.row, how.location.project, entry);
    const { launch, keptEnv } = liftEntry({ row: how.row, entry, project, detections: inside });
    if (launchKey(launch) !== launchKey(record.launch)) return [];
    return [{ row: how.row, entry, server, keptEnv }];
  });
}

/** The moved variables of an env file are those that its one server has stored. */
function resumeEnvFile(records: Records, move: OpenMove, file: string): MoveFile | undefined {
  const names = move.items.flatMap(({ server }) =>
    (records.servers.find(({ id }) => id === server)?.secrets ?? []).map((one) => ({
      server,
      name: one.name,
    })),
  );
  if (names.length === 0) return undefined;
  return {
    file,
    places: names.map(({ server, name }) => ({ server, pointer: toPointer([name]) })),
    edit: (bytes) =>
      removeVariables(
        bytes,
        file,
        names.map(({ name }) => name),
      ),
  };
}

function dropFromRecords(records: Records, move: OpenMove, what: DroppedRecords): Records {
  const run = records.runs.find(({ id }) => id === move.id);
  const files = new Set(what.files);
  const servers = records.servers.flatMap((server) => {
    if (server.id !== what.server) return [server];
    const placements = server.placements.filter(({ file }) => !files.has(file));
    if (placements.length === 0 && run?.created.includes(server.id) === true) return [];
    const secrets = server.secrets.filter(({ name }) => !what.names.includes(name));
    return [{ ...server, placements, secrets }];
  });
  const places = run?.places.filter(
    ({ server, file }) => server !== what.server || !files.has(file),
  );
  const runs = records.runs.flatMap((one) => {
    if (one.id !== move.id || places === undefined) return [one];
    return places.length === 0 ? [] : [{ ...one, places }];
  });
  return { ...records, servers, runs };
}

/** After an interrupted undo or leave: what no file refers to any more goes. Idempotent. */
async function finishBack(ports: ProtectPorts, move: OpenMove): Promise<void> {
  const files = new Set(move.files);
  const left = await ports.records.change((records) => {
    const servers = records.servers.map((server) => ({
      ...server,
      placements: server.placements.filter(({ file }) => !files.has(file)),
    }));
    const isDropped = (server: (typeof servers)[number]): boolean =>
      move.servers.includes(server.id) && server.placements.length === 0;
    const runs = records.runs.map((run) =>
      move.kind === 'undo' &&
      run.undoneAt === undefined &&
      run.files.length > 0 &&
      run.files.every(({ file }) => files.has(file))
        ? { ...run, undoneAt: ports.clock.now() }
        : run,
    );
    const kept = servers.filter((server) => !isDropped(server));
    return { records: { ...records, servers: kept, runs }, result: kept.map(({ id }) => id) };
  });
  // Also items whose record went before a crash.
  for (const server of move.servers) {
    if (!left.includes(server)) await ports.secrets.destroy(server);
  }
}
