/**
 * One look at everything: every entry of every client's file and every entry that should be there
 * becomes a cell with a state. Reads only; what it met is kept by `observe.ts`.
 */
import { createHash } from 'node:crypto';
import type { DriftAction, DriftCell, DriftPause } from '../../shared/models/drift.ts';
import type {
  DriftPolicy,
  Placement,
  ServerRecord,
  WantedPlacement,
} from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import { comparableEntry } from '../clients/compare-entries.ts';
import { findContainers } from '../clients/containers.ts';
import type { Entry } from '../clients/entry.ts';
import type { FileSurvey } from '../clients/survey-file.ts';
import type { ParsedDocument } from '../documents/document.ts';
import { stringifyPlain } from '../documents/plain-json.ts';
import { toPointer } from '../documents/pointer.ts';
import { detectInDocument } from '../exposure/detect-document.ts';
import { maskForms } from '../exposure/mask.ts';
import type { Records } from '../records/schema.ts';
import { type ActualEntry, type FileFacts, judgeExpected, judgeUnexpected } from './judge.ts';
import { unknownWriter } from './observe.ts';
import { findOwn, isOriginal, relate } from './own-entry.ts';
import type { NameMemory, Snapshot } from './timeline.ts';

export interface LookInput {
  readonly records: Records;
  readonly surveys: readonly ClientSurvey[];
  readonly snapshots: Readonly<Record<string, Snapshot>>;
  readonly pauses: ReadonlyMap<string, DriftPause>;
  readonly writers: readonly string[];
  /** Files → names that a line of the timeline says were taken out by us. */
  readonly removedByUs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly fingerprint: (value: Secret) => string;
}

/** A cell with what it was judged from. Holds entries with values: stays inside the core. */
export interface Cell {
  readonly view: DriftCell;
  readonly client: ClientSurvey;
  readonly survey?: FileSurvey;
  readonly entry?: Entry;
  readonly record?: ServerRecord;
  readonly placement?: Placement;
  readonly wanted?: WantedPlacement;
}

/** Cells of all clients that are here, in the order of the table. */
export function lookAtCells(input: LookInput): readonly Cell[] {
  const owners = findOwners(input);
  const exposed = createExposedCounter();
  return input.surveys
    .filter((client) => isHere(client, input.records))
    .flatMap((client) => lookAtClient({ input, owners, exposed, client }));
}

interface Looking {
  readonly input: LookInput;
  readonly owners: ReadonlyMap<string, string>;
  readonly exposed: (survey: FileSurvey, entry: Entry) => number;
  readonly client: ClientSurvey;
}

function isHere({ detected, row }: ClientSurvey, { servers }: Records): boolean {
  return (
    detected ||
    servers.some(
      ({ placements, wanted }) =>
        placements.some(({ client }) => client === row.id) ||
        wanted?.some(({ client }) => client === row.id) === true,
    )
  );
}

function lookAtClient(looking: Looking): readonly Cell[] {
  const { client, input } = looking;
  const cells: Cell[] = [];
  const claimed = new Set<Entry>();
  const expectations = expectationsOf(input.records, client);
  for (const expected of expectations) {
    const others = expectations.filter((one) => one !== expected && one.file === expected.file);
    const taken = new Set(others.map(({ pointer }) => pointer));
    const cell = lookAtExpected(looking, expected, claimed, taken);
    if (cell.entry !== undefined) claimed.add(cell.entry);
    cells.push(cell);
  }
  for (const survey of client.files) {
    for (const entry of survey.entries) {
      if (!claimed.has(entry)) cells.push(lookAtUnexpected(looking, survey, entry));
    }
  }
  return cells;
}

interface Expected {
  readonly record: ServerRecord;
  readonly file: string;
  readonly entryName: string;
  readonly pointer: string;
  readonly placement?: Placement;
  readonly wanted?: WantedPlacement;
}

function expectationsOf(records: Records, { row, target }: ClientSurvey): readonly Expected[] {
  return records.servers.flatMap((record) => [
    ...record.placements
      .filter(({ client }) => client === row.id)
      .map((placement): Expected => ({ record, placement, ...placement })),
    ...(record.wanted ?? [])
      .filter(({ client }) => client === row.id)
      .map((wanted): Expected => {
        const file = wanted.file ?? target?.location.path ?? '';
        return { record, wanted, file, entryName: wanted.entryName, pointer: '' };
      }),
  ]);
}

function lookAtExpected(
  looking: Looking,
  expected: Expected,
  claimed: ReadonlySet<Entry>,
  taken: ReadonlySet<string>,
): Cell {
  const { client, input } = looking;
  const { record, placement, wanted, file, entryName } = expected;
  const survey = client.files.find(({ location }) => location.path === file);
  const free = (survey?.entries ?? []).filter((entry) => !claimed.has(entry));
  const found = findOwn(expected, record.id, free, taken);
  // Another's entry of that name is not the one that is wanted.
  const own = wanted !== undefined && found?.entry.managed !== record.id ? undefined : found;
  const actual = own === undefined ? undefined : describe(looking, expected, survey, own);
  const memory = input.snapshots[file]?.memory[maskForms(entryName)];
  const facts = factsOf(looking, survey, file, memory);
  const judged = judgeExpected(
    { server: record.id, wasWritten: placement !== undefined },
    actual,
    facts,
  );
  const base = { client, record, ...(survey === undefined ? {} : { survey }) };
  const actions = actionsFor(judged.state, survey).filter(
    (action) => action !== 'adopt' || actual === undefined || mayAdopt(actual),
  );
  return {
    ...base,
    ...(own === undefined ? {} : { entry: own.entry }),
    ...(placement === undefined ? {} : { placement }),
    ...(wanted === undefined ? {} : { wanted }),
    view: {
      id: cellId(client.row.id, file, record.id, entryName),
      client: client.row.id,
      file,
      role: survey?.location.role ?? 'legacy',
      pointer: own === undefined ? expected.pointer : toPointer(own.entry.path),
      entryName,
      server: record.id,
      ...judged,
      changed: actual?.changed ?? [],
      ...whoAndWhen(judged.state === 'unreadable' ? input.snapshots[file] : memory, judged.state),
      atRisk: client.running && client.row.rewriting === 'constant',
      ignored: false,
      meaning: `server:${record.id}`,
      exposed: actual?.exposed ?? 0,
      ...(own === undefined ? {} : { enabled: own.entry.enabled }),
      policy: policyOf(input.records, record, client.row.id),
      actions,
    },
  };
}

function describe(
  { exposed }: Looking,
  { placement, record }: Expected,
  survey: FileSurvey | undefined,
  { entry, renamed }: { readonly entry: Entry; readonly renamed: boolean },
): ActualEntry {
  const { asWritten, ...relation } = relate(
    entry,
    survey?.location.containers ?? [],
    record,
    placement,
  );
  return {
    ...relation,
    // Wanted and there: in step, only our records have not heard of it yet.
    renamed: placement !== undefined && renamed,
    sameAsWritten: asWritten,
    sameAsOriginal: placement !== undefined && isOriginal(placement, entry),
    exposed: survey === undefined || asWritten ? 0 : exposed(survey, entry),
  };
}

function lookAtUnexpected(looking: Looking, survey: FileSurvey, entry: Entry): Cell {
  const { input, client, owners, exposed } = looking;
  const { records, fingerprint } = input;
  const file = survey.location.path;
  const record = records.servers.find(({ id }) => id === entry.managed);
  const owner = owners.get(placeOf(file, entry));
  const isDuplicate = owner !== undefined && owner !== client.row.id;
  const ownerName = input.surveys.find(({ row }) => row.id === owner)?.row.name ?? '';
  const memory = input.snapshots[file]?.memory[maskForms(entry.name)];
  const relation = relate(entry, []);
  const judged = judgeUnexpected(
    {
      ...relation,
      known: record !== undefined,
      wasOurs: input.removedByUs.get(file)?.has(maskForms(entry.name)) === true,
      ...(isDuplicate ? { duplicateOf: ownerName } : {}),
    },
    factsOf(looking, survey, file, memory),
  );
  const ignored =
    entry.managed === undefined &&
    records.ignoredEntries?.some(
      (one) => one.file === file && one.entryName === maskForms(entry.name),
    ) === true;
  return {
    client,
    survey,
    entry,
    ...(record === undefined ? {} : { record }),
    view: {
      id: cellId(client.row.id, file, '', toPointer(entry.path)),
      client: client.row.id,
      file,
      role: survey.location.role,
      pointer: toPointer(entry.path),
      entryName: entry.name,
      ...(entry.managed === undefined ? {} : { server: entry.managed }),
      ...judged,
      changed: relation.changed,
      ...whoAndWhen(judged.state === 'unreadable' ? input.snapshots[file] : memory, judged.state),
      atRisk: client.running && client.row.rewriting === 'constant',
      ignored,
      meaning:
        entry.managed === undefined ? meaningOf(entry, fingerprint) : `server:${entry.managed}`,
      ...(isDuplicate && owner !== undefined ? { duplicateOf: owner } : {}),
      exposed: entry.managed === undefined && !isDuplicate ? exposed(survey, entry) : 0,
      enabled: entry.enabled,
      policy: policyOf(records, record, client.row.id),
      actions: unexpectedActions(judged.state, survey, entry, record, ignored).filter(
        (action) => action !== 'adopt' || mayAdopt(relation),
      ),
    },
  };
}

function factsOf(
  { input, client }: Looking,
  survey: FileSurvey | undefined,
  file: string,
  memory: NameMemory | undefined,
): FileFacts {
  const pause = input.pauses.get(file);
  const gone = memory?.gone === true;
  return {
    clientName: client.row.name,
    // A file that no row leads to any more is one that nobody reads.
    state: survey?.state ?? 'missing',
    ...(survey?.problem === undefined ? {} : { problem: survey.problem.message }),
    live: survey !== undefined && (survey.location.live || survey.location.role === 'state'),
    running: client.running,
    rewriting: client.row.rewriting,
    blockGone: gone ? memory.blockGone : survey !== undefined && isBlockGone(survey),
    together: gone ? memory.together : 0,
    left: survey?.entries.length ?? 0,
    commentsLost: memory?.commentsLost ?? 0,
    writers: input.writers,
    ...(pause === undefined ? {} : { fighting: pause.by }),
  };
}

function isBlockGone({ location, document, state }: FileSurvey): boolean {
  if (state !== 'present' || document === undefined) return false;
  return findContainers(location, document).length === 0;
}

/** Of a file that cannot be read, the last change of the whole; else that of the entry. */
function whoAndWhen(last: Pick<NameMemory, 'by' | 'at'> | undefined, state: DriftCell['state']) {
  if (last === undefined || last.by === unknownWriter || state === 'in-step') return {};
  return { by: last.by, at: last.at };
}

export function policyOf(
  records: Records,
  record: ServerRecord | undefined,
  client: string,
): DriftPolicy {
  return record?.driftPolicy ?? records.clientSettings[client]?.driftPolicy ?? 'ask';
}

/** A record has no place for what an entry of ours hands over or exposes, nor for another's launcher. */
function mayAdopt(
  actual: Pick<ActualEntry, 'managed' | 'handed' | 'namedLikeOurs'> & { readonly exposed?: number },
): boolean {
  const { managed, handed, namedLikeOurs, exposed = 0 } = actual;
  return handed.length === 0 && !namedLikeOurs && (managed === undefined || exposed === 0);
}

function actionsFor(
  state: DriftCell['state'],
  survey: FileSurvey | undefined,
): readonly DriftAction[] {
  if (state === 'in-step' || state === 'duplicate') return [];
  if (state === 'unreadable') return ['adopt'];
  const canWrite = state === 'stale-location' || survey?.location.writable === true;
  return canWrite ? ['repair', 'adopt'] : ['adopt'];
}

function unexpectedActions(
  state: DriftCell['state'],
  { location }: FileSurvey,
  entry: Entry,
  record: ServerRecord | undefined,
  ignored: boolean,
): readonly DriftAction[] {
  if (state === 'duplicate' || state === 'unreadable') return [];
  const remove: readonly DriftAction[] = entry.writable && entry.path.length > 0 ? ['remove'] : [];
  const ignore: readonly DriftAction[] = ignored || entry.managed !== undefined ? [] : ['ignore'];
  if (state === 'stale-location') return [...ignore, ...remove];
  if (entry.managed !== undefined) return record === undefined ? remove : ['adopt', ...remove];
  const adoptable = entry.writable && location.writable && entry.launch.transport !== 'other';
  return [...(adoptable ? (['adopt'] as const) : []), ...ignore, ...remove];
}

/** Place of an entry → the client whose file it is; the others see it as a duplicate. */
function findOwners({ surveys, records }: LookInput): ReadonlyMap<string, string> {
  const ranked = surveys.flatMap((client) =>
    client.files.flatMap((survey) =>
      survey.entries.map((entry) => ({
        place: placeOf(survey.location.path, entry),
        client: client.row.id,
        rank: rankOf(records, client, survey, entry),
      })),
    ),
  );
  const owners = new Map<string, { client: string; rank: number }>();
  for (const { place, client, rank } of ranked) {
    const known = owners.get(place);
    if (known === undefined || rank > known.rank) owners.set(place, { client, rank });
  }
  return new Map([...owners].map(([place, { client }]) => [place, client]));
}

/** Who was given an entry there owns it; then who is installed, whose file it usually is, who may write. */
function rankOf(
  records: Records,
  { row, detected }: ClientSurvey,
  { location }: FileSurvey,
  entry: Entry,
): number {
  const placed = records.servers.some(({ placements }) =>
    placements.some(
      (one) => one.client === row.id && one.file === location.path && one.entryName === entry.name,
    ),
  );
  const usual = location.role === 'primary' || location.role === 'override';
  return (placed ? 8 : 0) + (detected ? 4 : 0) + (usual ? 2 : 0) + (entry.writable ? 1 : 0);
}

function placeOf(file: string, entry: Pick<Entry, 'path'>): string {
  return JSON.stringify([file, entry.path.map(String)]);
}

/** Switched on or off, in one dialect or another: what it starts counts. */
function meaningOf(entry: Entry, fingerprint: LookInput['fingerprint']): string {
  const comparable = comparableEntry({ ...entry, enabled: true });
  return fingerprint(new Secret(stringifyPlain(comparable)));
}

export function cellId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, 16);
}

/** Findings inside an entry. Each document is searched once, and only when somebody asks. */
function createExposedCounter(): Looking['exposed'] {
  const found = new Map<ParsedDocument, readonly (readonly (string | number)[])[]>();
  return ({ document, entries }, entry) => {
    if (document === undefined) return 0;
    let paths = found.get(document);
    if (paths === undefined) {
      const servers = entries.map(({ path, name }) => ({ path, name }));
      paths = detectInDocument(document, { servers })
        .filter(({ confidence }) => confidence !== 'possible')
        .flatMap(({ path }) => (path === undefined ? [] : [path]));
      found.set(document, paths);
    }
    return paths.filter((path) => entry.path.every((key, at) => path[at] === key)).length;
  };
}
