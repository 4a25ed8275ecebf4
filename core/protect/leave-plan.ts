/** What leaving would write or remove, file by file: gathered, edited in memory, shown masked. */
import { AppError } from '../../shared/errors.ts';
import type { LeaveChoices, LeavePlan, PlanItem } from '../../shared/models/protect.ts';
import type { LaunchSpec, Placement, ServerId, ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { secretNamesIn } from '../../shared/template.ts';
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
import { requireClients } from '../clients/table.ts';
import type { Plain } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { hashPlain } from '../documents/plain-json.ts';
import { findPaths, linkRows, type Paths } from '../edits/target.ts';
import { fillValues, type Mask } from '../edits/values.ts';
import { diffFile, readStoredMasks } from '../exposure/diff-file.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { neededSecrets } from '../servers/servers.ts';
import { itemId } from './draft.ts';
import { fillOriginal } from './original.ts';
import type { ProtectPorts } from './protect.ts';

export type LeaveSelection = Omit<LeaveChoices, 'basis'>;

/** One entry of ours that is to go. */
export interface Departure {
  readonly server: ServerRecord;
  readonly placement: Placement;
  readonly how: KnownFile | undefined;
  /** What is written in its place; undefined to remove the entry. */
  readonly value: Plain | undefined;
}

export interface FileDeparture {
  readonly file: string;
  readonly departures: readonly Departure[];
  readonly current: Uint8Array;
  readonly path: string | undefined;
  readonly target: string | undefined;
  readonly edit: (bytes: Uint8Array) => Uint8Array;
}

export interface Leaving {
  readonly servers: readonly ServerRecord[];
  readonly files: readonly FileDeparture[];
}

export async function gatherLeave(
  ports: ProtectPorts,
  selection: LeaveSelection,
): Promise<Leaving> {
  requireClients(selection.clients);
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
  const paths = await findPaths(ports.files, ports.machine.home, files);
  return {
    servers,
    files: await Promise.all(
      files.map((file) =>
        openFile(
          ports,
          file,
          departures.filter(({ placement }) => placement.file === file),
          paths,
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
  ports: ProtectPorts,
  file: string,
  departures: readonly Departure[],
  paths: Paths,
): Promise<FileDeparture> {
  const there = (await ports.files.stat(file)) !== undefined;
  return {
    file,
    departures,
    path: paths.of(file),
    target: paths.behindLink(file),
    current: there ? await ports.files.read(file) : new Uint8Array(),
    edit: (bytes) =>
      departures.reduce((current, departure) => depart(ports, departure, current), bytes),
  };
}

/** Errors: `conflict` when the entry is not ours any more, `not_found` for a file we no longer know. */
function depart(
  { launcher }: ProtectPorts,
  { server, placement, how, value }: Departure,
  bytes: Uint8Array,
): Uint8Array {
  if (how === undefined) throw unknownFile(placement.client, placement.file);
  const opened = openKnownFile(how, bytes, launcher);
  const entry =
    findPlaced(opened, server.id, placement.entryName) ??
    // By a launcher that has moved since.
    opened.entries.find(({ raw }) => hashPlain(raw) === placement.written);
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

export async function presentLeave(
  ports: ProtectPorts,
  selection: LeaveSelection,
  leaving: Leaving,
): Promise<LeavePlan> {
  const fingerprint = await ports.exposure.fingerprinter();
  const stored = await readStoredMasks(ports.secrets, leaving.servers);
  const items = leaving.files.flatMap((file) =>
    file.departures.map((departure) => presentDeparture(departure, file)),
  );
  const places = leaving.files.map(({ file, path }) => [file, path ?? null]);
  const facts = [selection, items.map(({ id, possible }) => [id, possible]), places];
  return {
    basis: fingerprint(new Secret(JSON.stringify(facts))),
    mode: selection.mode,
    warnings: warningsFor(selection, leaving),
    items,
    files: leaving.files.flatMap((file) => {
      const diff = items.some((item) => item.file === file.file && !item.possible)
        ? []
        : diffDeparture(file, stored);
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
    ...(file.target === undefined ? {} : { target: file.target }),
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
        : `Writes the original command back, with its secrets in plain text.${noteSince(server, placement)}`),
  };
}

/** Variables that it was given later stand in the record only. */
function noteSince({ launch }: ServerRecord, { original }: Placement): string {
  if (original === undefined || launch.transport !== 'stdio') return '';
  const before = secretNamesIn(original);
  const since = Object.entries(launch.env)
    .filter(([, template]) => secretNamesIn(template).some((name) => !before.includes(name)))
    .map(([name]) => name);
  return since.length === 0 ? '' : ` Given since, and not in that command: ${since.join(', ')}.`;
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

function warningsFor(selection: LeaveSelection, leaving: Leaving): readonly string[] {
  const secrets = leaving.servers.reduce((count, server) => count + server.secrets.length, 0);
  const plain = selection.mode === 'original' && secrets > 0;
  const lost = listLost(selection, leaving);
  return [
    ...(lost.length > 0
      ? [`These secrets are deleted from the keychain for good: ${lost.join(', ')}.`]
      : []),
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

/** Secrets of servers that go without their values being written anywhere. */
function listLost(selection: LeaveSelection, { servers, files }: Leaving): readonly string[] {
  const departing = files.flatMap(({ departures }) => departures.map(({ placement }) => placement));
  return servers
    .filter(({ placements }) =>
      placements.length === 0
        ? selection.servers !== undefined || selection.purge
        : placements.every((one) => departing.includes(one)),
    )
    .flatMap((server) => {
      const written = selection.mode === 'original' ? writtenNames(server) : [];
      const lost = server.secrets.filter(({ name }) => !written.includes(name));
      return lost.map(({ name }) => `${name} of ${server.id}`);
    });
}

/** Secrets whose values go back into clients' files. */
function writtenNames(server: ServerRecord): readonly string[] {
  return server.placements.flatMap(({ original }) =>
    original === undefined ? neededSecrets(server) : secretNamesIn(original),
  );
}

function diffDeparture({ file, current, edit, target }: FileDeparture, stored: readonly Mask[]) {
  const diff = diffFile(file, current, edit(current), stored);
  return diff.length === 0 ? [] : [...linkRows(target), ...diff];
}
