/**
 * The way out, at any time: writes the original command with its secrets back into the clients' files,
 * or removes the entry, proves that each works without us, and forgets what was chosen.
 */
import { AppError } from '../../shared/errors.ts';
import type {
  LeaveChoices,
  LeavePlan,
  PlanItem,
  Receipt,
  RunResult,
  RunStream,
} from '../../shared/models/protect.ts';
import type { LaunchSpec, Placement, ServerId, ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { EntryLaunch } from '../clients/entry.ts';
import {
  findPlaced,
  type KnownFile,
  knownFileKey,
  listKnownFiles,
  openKnownFile,
  unknownFile,
} from '../clients/known-files.ts';
import { planEntryPut, planEntryRemove } from '../clients/plan-entry.ts';
import { renderLaunchEntry } from '../clients/render-entry.ts';
import type { Plain } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { decodeText } from '../documents/text.ts';
import { diffMasked } from '../edits/diff.ts';
import type { FileResult, MoveFile } from '../edits/model.ts';
import { type Report, streamRun } from '../edits/stream.ts';
import { fillValues } from '../edits/values.ts';
import { detectInBytes } from '../exposure/detect-bytes.ts';
import type { Run } from '../records/schema.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { commitRun, placeKey } from './commit.ts';
import { itemId } from './draft.ts';
import { fillOriginal } from './original.ts';
import type { ProtectPorts } from './protect.ts';
import { summariseRun, writtenFiles } from './runs.ts';

type Selection = Omit<LeaveChoices, 'basis'>;

export interface LeavePorts extends ProtectPorts {
  /** Starts an entry as its client would, without us; an error is its answer, not a throw. */
  readonly startPlain: (launch: EntryLaunch) => Promise<AppError | undefined>;
  /** Removes launcher, items and data; called only when no entry of ours is left anywhere. */
  readonly purge: () => Promise<void>;
}

export interface Leave {
  plan(selection: Selection): Promise<LeavePlan>;
  apply(choices: LeaveChoices): AsyncGenerator<RunStream>;
}

export function createLeave(ports: LeavePorts): Leave {
  return {
    plan: async (selection) => presentLeave(ports, selection, await gatherLeave(ports, selection)),
    apply: (choices) => streamRun((report) => applyLeave(ports, choices, report)),
  };
}

/** One entry of ours that is to go. */
interface Departure {
  readonly server: ServerRecord;
  readonly placement: Placement;
  readonly how: KnownFile | undefined;
  /** What is written in its place; undefined to remove the entry. */
  readonly value: Plain | undefined;
}

interface FileDeparture {
  readonly file: string;
  readonly departures: readonly Departure[];
  readonly current: Uint8Array;
  readonly edit: (bytes: Uint8Array) => Uint8Array;
}

interface Leaving {
  readonly servers: readonly ServerRecord[];
  readonly files: readonly FileDeparture[];
}

async function gatherLeave(ports: LeavePorts, selection: Selection): Promise<Leaving> {
  const records = await ports.records.read();
  const known = await listKnownFiles(ports.clients, records.projectFolders);
  const servers = chooseServers(records.servers, selection.servers);
  const departures: Departure[] = [];
  for (const server of servers) {
    const values = (await ports.secrets.read(server.id)) ?? new Map();
    for (const placement of server.placements) {
      if (selection.clients?.includes(placement.client) === false) continue;
      const how = known.get(knownFileKey(placement.client, placement.file));
      const value =
        selection.mode === 'remove' || how === undefined
          ? undefined
          : originalOf(server, placement, how, values);
      departures.push({ server, placement, how, value });
    }
  }
  const files = [...new Set(departures.map(({ placement }) => placement.file))];
  return {
    servers,
    files: await Promise.all(
      files.map((file) =>
        openFile(
          ports,
          file,
          departures.filter(({ placement }) => placement.file === file),
        ),
      ),
    ),
  };
}

function chooseServers(
  servers: readonly ServerRecord[],
  wanted: readonly string[] | undefined,
): readonly ServerRecord[] {
  for (const name of wanted ?? []) {
    if (servers.some(({ id }) => id === name)) continue;
    throw new AppError('not_found', `There is no server “${name}”.`, {
      hint: 'Run `portcullis servers` to see their ids.',
      details: { server: name },
    });
  }
  return servers.filter(({ id }) => wanted?.includes(id) ?? true);
}

/** The entry as it was; for a server that began with us, its launch in the client's own words. */
function originalOf(
  server: ServerRecord,
  placement: Placement,
  { row }: KnownFile,
  values: SecretValues,
): Plain {
  if (placement.original !== undefined) return fillOriginal(placement.original, server.id, values);
  return renderLaunchEntry(row, placement.entryName, fillLaunch(server.launch, server.id, values));
}

function fillLaunch(
  launch: LaunchSpec,
  server: ServerId,
  values: SecretValues,
): Exclude<EntryLaunch, { transport: 'other' }> {
  const fill = (template: string): string =>
    fillValues(template, server, (name) => values.get(name));
  const fillMap = (map: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(map).map(([key, template]) => [key, fill(template)]));
  if (launch.transport !== 'stdio') {
    return { transport: launch.transport, url: fill(launch.url), headers: fillMap(launch.headers) };
  }
  return {
    transport: 'stdio',
    command: launch.command,
    args: launch.args.map(fill),
    env: fillMap(launch.env),
    ...(launch.cwd === undefined ? {} : { cwd: fill(launch.cwd) }),
  };
}

async function openFile(
  ports: LeavePorts,
  file: string,
  departures: readonly Departure[],
): Promise<FileDeparture> {
  const there = (await ports.files.stat(file)) !== undefined;
  return {
    file,
    departures,
    current: there ? await ports.files.read(file) : new Uint8Array(),
    edit: (bytes) =>
      departures.reduce((current, departure) => depart(ports, departure, current), bytes),
  };
}

/** Errors: `conflict` when the entry is not ours any more, `not_found` for a file we no longer know. */
function depart(
  { launcher }: LeavePorts,
  { server, placement, how, value }: Departure,
  bytes: Uint8Array,
): Uint8Array {
  if (how === undefined) throw unknownFile(placement.client, placement.file);
  const opened = openKnownFile(how, bytes, launcher);
  const entry = findPlaced(opened, server.id, placement.entryName);
  if (entry === undefined) {
    throw new AppError(
      'conflict',
      `“${placement.entryName}” in ${placement.file} does not start Portcullis any more.`,
      { hint: 'Nothing was changed there.', details: { file: placement.file } },
    );
  }
  const edits =
    value === undefined
      ? planEntryRemove(how.row, opened.document, entry.path)
      : planEntryPut(how.row, opened.document, { path: entry.path, name: entry.name, value });
  return editDocument(opened.document, edits);
}

async function presentLeave(
  ports: LeavePorts,
  selection: Selection,
  leaving: Leaving,
): Promise<LeavePlan> {
  const fingerprint = await ports.exposure.fingerprinter();
  const items = leaving.files.flatMap((file) =>
    file.departures.map((departure) => presentDeparture(departure, file)),
  );
  const facts = [selection, items.map(({ id, possible }) => [id, possible])];
  return {
    basis: fingerprint(new Secret(JSON.stringify(facts))),
    mode: selection.mode,
    warnings: warningsFor(selection, leaving),
    items,
    files: leaving.files.flatMap((file) => {
      const diff = items.some((item) => item.file === file.file && !item.possible)
        ? []
        : diffDeparture(file);
      return diff.length === 0 ? [] : [{ file: file.file, diff }];
    }),
  };
}

function presentDeparture({ server, placement, value }: Departure, file: FileDeparture): PlanItem {
  const problem = problemOf(file);
  return {
    id: itemId('leave', placement.file, placement.pointer),
    kind: 'entry',
    file: placement.file,
    pointer: placement.pointer,
    line: 1,
    client: placement.client,
    entry: placement.entryName,
    server: server.id,
    secrets: [],
    ticked: problem === undefined,
    possible: problem === undefined,
    note:
      problem?.message ??
      (value === undefined
        ? 'Removes the entry from this client.'
        : 'Writes the original command back, with its secrets in plain text.'),
  };
}

function problemOf({ edit, current }: FileDeparture): AppError | undefined {
  try {
    edit(current);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
}

function warningsFor(selection: Selection, leaving: Leaving): readonly string[] {
  const secrets = leaving.servers.reduce((count, server) => count + server.secrets.length, 0);
  const plain = selection.mode === 'original' && secrets > 0;
  return [
    ...(plain
      ? [
          'These secrets will lie in plain text in the clients’ files again, readable by every program.',
        ]
      : []),
    ...(selection.purge
      ? [
          'The launcher, the keychain items and all data of Portcullis, backups too, will be deleted.',
        ]
      : []),
  ];
}

function diffDeparture({ file, current, edit }: FileDeparture) {
  const after = edit(current);
  const masks = [current, after].flatMap((bytes) =>
    detectInBytes(bytes, file).map((found) => ({ value: found.value, shown: found.preview })),
  );
  return diffMasked(decodeText(current, file).text, decodeText(after, file).text, masks);
}

async function applyLeave(
  ports: LeavePorts,
  choices: LeaveChoices,
  report: Report,
): Promise<Omit<RunResult, 'type'>> {
  const { basis, ...selection } = choices;
  const leaving = await gatherLeave(ports, selection);
  const plan = await presentLeave(ports, selection, leaving);
  if (plan.basis !== basis) {
    throw new AppError('conflict', 'The files have changed since this plan was made.', {
      hint: 'Make the plan again and look at what is different. Nothing was changed.',
    });
  }
  const id = ports.edits.newMoveId();
  const files = leaving.files.map(({ file }) => file);
  let run: Run | undefined;
  let failures: ReadonlyMap<string, AppError> = new Map();
  let done = 0;
  const moved = await ports.edits.runMove({
    id,
    kind: 'leave',
    store: [],
    files: leaving.files.map(
      (file): MoveFile => ({
        file: file.file,
        places: file.departures.map(({ server, placement }) => ({
          server: server.id,
          pointer: placement.pointer,
        })),
        edit: file.edit,
      }),
    ),
    // Proved first, forgotten after, both before the journal calls the move done.
    finish: async () => {
      failures = await verify(ports, leaving, files, report);
      run = await forgetPlacements(ports, id, leaving, files);
    },
    onProgress: (step) => {
      if (!('file' in step)) return;
      done += 1;
      report({ step: 'write', subject: step.file, done, total: leaving.files.length * 2 });
    },
  });
  if (run === undefined) {
    const written = writtenFiles(moved.files);
    failures = await verify(ports, leaving, written, report);
    run = await forgetPlacements(ports, id, leaving, written);
  }
  const receipts = receiptsFor(leaving, plan, moved.files, failures);
  const remaining = await ports.countExposed();
  if (choices.purge) await purgeIfEmpty(ports, receipts);
  return { run: summariseRun(run), receipts, remaining, rotate: [] };
}

/** Starts every entry that was written back, as its client would. */
async function verify(
  ports: LeavePorts,
  leaving: Leaving,
  written: readonly string[],
  report: Report,
): Promise<ReadonlyMap<string, AppError>> {
  const failures = new Map<string, AppError>();
  const departures = leaving.files
    .filter(({ file }) => written.includes(file))
    .flatMap((one) => one.departures.filter(({ value }) => value !== undefined));
  let done = 0;
  for (const { server, placement, how } of departures) {
    report({ step: 'verify', subject: server.id, done, total: departures.length });
    done += 1;
    if (how === undefined) continue;
    const opened = openKnownFile(how, await ports.files.read(placement.file), ports.launcher);
    const entry = opened.entries.find((one) => one.name === placement.entryName);
    if (entry === undefined || entry.launch.transport === 'other') continue;
    const failure = await ports.startPlain(entry.launch);
    if (failure !== undefined) failures.set(placeKey(placement), failure);
  }
  return failures;
}

/** Records without the entries that are gone; chosen servers go with their last entry. */
async function forgetPlacements(
  ports: LeavePorts,
  id: string,
  leaving: Leaving,
  written: readonly string[],
): Promise<Run> {
  const back = leaving.files.filter(({ file }) => written.includes(file));
  const gone = new Set(
    back.flatMap(({ departures }) => departures.map(({ placement }) => placeKey(placement))),
  );
  const run: Run = {
    id,
    kind: 'leave',
    at: ports.clock.now(),
    state: back.length === leaving.files.length ? 'done' : 'partly',
    moves: [id],
    servers: leaving.servers.map((server) => server.id),
    created: [],
    added: [],
    places: [],
    files: [],
  };
  const dropped = await ports.records.change((records) => {
    const servers = records.servers.map((server) => ({
      ...server,
      placements: server.placements.filter((placement) => !gone.has(placeKey(placement))),
    }));
    const isDropped = (server: ServerRecord): boolean =>
      run.servers.includes(server.id) && server.placements.length === 0;
    return {
      records: commitRun({ ...records, servers: servers.filter((one) => !isDropped(one)) }, run),
      result: servers.filter(isDropped).map((server) => server.id),
    };
  });
  for (const server of dropped) await ports.secrets.destroy(server);
  return run;
}

function receiptsFor(
  leaving: Leaving,
  plan: LeavePlan,
  results: readonly FileResult[],
  failures: ReadonlyMap<string, AppError>,
): readonly Receipt[] {
  return leaving.files.flatMap(({ file, departures }) =>
    departures.map(({ server, placement }): Receipt => {
      const item = plan.items.find((one) => one.file === file && one.pointer === placement.pointer);
      const place = { item: item?.id ?? '', file, pointer: placement.pointer, server: server.id };
      const error = results.find((result) => result.file === file)?.error;
      if (error !== undefined) {
        const hint = error.hint === undefined ? {} : { hint: error.hint };
        return { ...place, outcome: 'failed', code: error.code, message: error.message, ...hint };
      }
      const silent = failures.get(placeKey(placement));
      return {
        ...place,
        outcome: 'done',
        message:
          silent === undefined
            ? 'Works without Portcullis.'
            : `Written back, but it did not start: ${silent.message}`,
      };
    }),
  );
}

async function purgeIfEmpty(ports: LeavePorts, receipts: readonly Receipt[]): Promise<void> {
  const { servers } = await ports.records.read();
  const left = servers.some(({ placements }) => placements.length > 0);
  if (left || receipts.some(({ outcome }) => outcome === 'failed')) {
    throw new AppError('conflict', 'Entries of Portcullis are left, so its data was kept.', {
      hint: 'Run `portcullis leave --all --purge` once every file can be written.',
    });
  }
  await ports.purge();
}
