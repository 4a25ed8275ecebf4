/**
 * What one decision does: to a file (an entry put or removed), to the records before and after, and
 * whether the protect job has to take values out of the entry. Pure.
 */
import { AppError } from '../../shared/errors.ts';
import type { DriftAction } from '../../shared/models/drift.ts';
import type { Placement, ServerRecord } from '../../shared/models/server.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import type { Entry } from '../clients/entry.ts';
import type { KnownFile } from '../clients/known-files.ts';
import { withPlain } from '../clients/plain-map.ts';
import { renderLauncherEntry } from '../clients/render-entry.ts';
import { withoutStrangeKeys } from '../clients/strange-keys.ts';
import type { FileSurvey } from '../clients/survey-file.ts';
import type { ParsedDocument, Path, Plain } from '../documents/document.ts';
import { isPlainMap } from '../documents/nodes.ts';
import { fromPointer } from '../documents/pointer.ts';
import { maskForms } from '../exposure/mask.ts';
import type { Records } from '../records/schema.ts';
import { namesLost } from '../servers/kept-references.ts';
import type { Cell } from './look.ts';
import { readWritten } from './own-entry.ts';
import {
  changeServer,
  forgetClient,
  forgetPlace,
  isSamePlace,
  putPlacement,
  recordPlacement,
} from './placements.ts';
import type { EntryWrite } from './write-entry.ts';

export interface Work {
  readonly writes: readonly EntryWrite[];
  /** To the records, before any file: what is wanted from now on. */
  readonly before?: (records: Records) => Records;
  /** To the records, once the file is written. */
  readonly after?: (records: Records, placed: Placed) => Records;
  /** The entry becomes a server of ours with its secrets taken out, by the protect job. */
  readonly adoption?: { readonly file: string; readonly pointer: string; readonly server?: string };
  readonly note: string;
}

/** The entry of that name and server as it stands in the written file. */
export type Placed = (file: string, server: string, name: string) => Placement | undefined;

export function knownFileOf(client: ClientSurvey, survey: FileSurvey): KnownFile {
  const { format } = survey.location;
  if (format === undefined) throw notWritten(client, survey);
  return { row: client.row, location: survey.location, format };
}

/** Errors: `unsupported` where the client's files are not written. */
export function targetOf(client: ClientSurvey, file?: string): FileSurvey {
  const survey =
    file === undefined
      ? client.target
      : client.files.find(({ location }) => location.path === file);
  if (survey === undefined || !survey.location.writable) throw notWritten(client, survey);
  if (survey.state === 'present' || survey.state === 'missing') return survey;
  throw new AppError('file_unparsable', survey.problem?.message ?? 'The file cannot be read.', {
    hint: survey.problem?.hint ?? 'Mend the file, or restore one of its sealed copies.',
    details: { file: survey.location.path },
  });
}

function notWritten({ row }: ClientSurvey, survey: FileSurvey | undefined): AppError {
  return new AppError('unsupported', `Portcullis does not write this file of ${row.name}.`, {
    hint: `Paste what \`portcullis clients snippet ${row.id} ID\` shows.`,
    ...(survey === undefined ? {} : { details: { file: survey.location.path } }),
  });
}

/** Makes the file match the record. Errors: `unsupported`, `file_unparsable`. */
export function workRepair(cell: Cell, launcher: string): Work {
  const { record, placement, survey, client, view } = cell;
  if (record === undefined) throw new TypeError('Only what a record wants can be repaired.');
  if (view.state === 'stale-location' || survey === undefined) {
    return workPlace(record, client, { launcher, name: view.entryName, replaces: placement });
  }
  targetOf(client, survey.location.path);
  const how = knownFileOf(client, survey);
  const { entry } = cell;
  const renamed = entry !== undefined && entry.name !== view.entryName;
  const value = desiredValue(cell, record, launcher, renamed ? undefined : entry);
  const path = newPath(how, survey.document, placement);
  const put: EntryWrite = {
    how,
    server: record.id,
    name: view.entryName,
    value,
    ...(entry === undefined || renamed
      ? path === undefined
        ? {}
        : { path }
      : { existing: entry }),
  };
  const away: EntryWrite[] = renamed
    ? [{ how, server: record.id, name: entry.name, existing: entry }]
    : [];
  return {
    writes: [...away, put],
    after: placeAfter(record.id, view.file, view.entryName, cell),
    note:
      entry === undefined
        ? 'Writes the entry again.'
        : 'Writes the entry as it should be; keys of your own in it that start nothing stay.',
  };
}

/** As we wrote it last, on top of what stands there now. */
function desiredValue(
  { placement, survey, client, view }: Cell,
  record: ServerRecord,
  launcher: string,
  entry: Entry | undefined,
): Plain {
  const containers = survey?.location.containers ?? [];
  const written = placement === undefined ? undefined : readWritten(placement, containers, entry);
  const env = written?.launch.transport === 'stdio' ? written.launch.env : {};
  const spec = { launcher, server: record.id, env, name: view.entryName };
  if (entry === undefined || entry.launch.transport === 'other' || !isPlainMap(entry.raw)) {
    const same = written?.launch.transport === 'stdio' && written.launch.command === launcher;
    return same ? written.raw : renderLauncherEntry(client.row, undefined, spec);
  }
  const raw =
    written === undefined
      ? entry.raw
      : withoutStrangeKeys(written.raw, entry.raw, entry.shape.dialect);
  const value = renderLauncherEntry(client.row, { ...entry, raw }, spec);
  const { enable } = entry.shape.dialect;
  const wanted = written?.enabled ?? true;
  if (enable === undefined || entry.enabled === wanted || !isPlainMap(value)) return value;
  return withPlain(value, enable.path, wanted ? !enable.offWhen : enable.offWhen);
}

/** The old place of an entry that is gone, when it is not one that the client would choose anyway. */
function newPath(
  { location }: KnownFile,
  document: ParsedDocument | undefined,
  placement: Placement | undefined,
): Path | undefined {
  if (placement === undefined || document === undefined) return undefined;
  if (document.root.kind !== 'map' || document.root.entries.length === 0) return undefined;
  const path = fromPointer(placement.pointer);
  const parent = path.slice(0, -1);
  const fits = location.containers.some(
    (container) =>
      container.kind === 'map' &&
      container.access === undefined &&
      container.path.length === parent.length &&
      container.path.every((key, at) => key === '*' || key === parent[at]),
  );
  return fits ? path : undefined;
}

/** Switches a server on in a client. */
export function workPlace(
  record: ServerRecord,
  client: ClientSurvey,
  options: {
    readonly launcher: string;
    readonly name: string;
    readonly file?: string | undefined;
    readonly replaces?: Placement | undefined;
  },
): Work {
  const { launcher, name, replaces } = options;
  const survey = targetOf(client, options.file);
  const file = survey.location.path;
  const how = knownFileOf(client, survey);
  const there = survey.entries.find((entry) => entry.managed === record.id && entry.name === name);
  const wanted = { client: client.row.id, entryName: name, file };
  const value = renderLauncherEntry(client.row, there, {
    launcher,
    server: record.id,
    env: {},
    name,
  });
  return {
    writes: [
      { how, server: record.id, name, value, ...(there === undefined ? {} : { existing: there }) },
    ],
    before: (records) =>
      changeServer(records, record.id, (server) => ({
        ...server,
        placements: server.placements.filter(
          (one) => replaces === undefined || !isSamePlace(one, replaces),
        ),
        wanted: [...(server.wanted ?? []).filter((one) => one.client !== wanted.client), wanted],
      })),
    after: placeAfter(record.id, file, name, { client }),
    note: `Writes an entry that starts “${record.name}”.`,
  };
}

/** Switches a server off in a client: the records forget it there, then the entries go. */
export function workDisplace(
  record: ServerRecord,
  cells: readonly Cell[],
  client: ClientSurvey,
  file: string | undefined,
): Work {
  const own = cells.filter(
    ({ view }) =>
      view.client === client.row.id &&
      view.server === record.id &&
      view.state !== 'duplicate' &&
      (file === undefined || view.file === file),
  );
  const writes = own.flatMap(({ entry, survey }): readonly EntryWrite[] => {
    if (entry === undefined || survey === undefined || entry.managed !== record.id) return [];
    targetOf(client, survey.location.path);
    const how = knownFileOf(client, survey);
    return [{ how, server: record.id, name: entry.name, existing: entry }];
  });
  return {
    writes,
    before: (records) => forgetClient(records, record.id, client.row.id, file),
    note:
      writes.length === 0
        ? 'There is no entry to take out; the record forgets this client.'
        : `Takes the entry that starts “${record.name}” out of the file.`,
  };
}

/** Makes the record match the file. */
export function workAdopt(cell: Cell): Work {
  const { record, placement, wanted, entry, view, client } = cell;
  const place = { file: view.file, pointer: view.pointer };
  if (record === undefined || (placement === undefined && wanted === undefined)) {
    return record === undefined || entry?.managed === undefined
      ? {
          writes: [],
          adoption: place,
          note: 'Becomes a server of yours; its secrets are protected.',
        }
      : {
          writes: [],
          before: (records) => recordPlacement(records, record.id, client, entry, undefined),
          note: `The record of “${record.name}” takes this entry over as it is.`,
        };
  }
  if (entry === undefined || view.state === 'unreadable' || view.state === 'stale-location') {
    return {
      writes: [],
      before: (records) => forgetPlace(records, record.id, placement, view),
      note: `The record of “${record.name}” no longer wants it in this file.`,
    };
  }
  if (entry.managed === undefined) {
    const others = record.placements.filter((one) => one !== placement).length;
    const elsewhere =
      others === 0 ? '' : `, in ${others} other ${others === 1 ? 'place' : 'places'} too`;
    const lost = namesLost(record.launch, entry.launch);
    return {
      writes: [],
      adoption: { ...place, server: record.id },
      note: [
        `“${record.name}” becomes what the file says${elsewhere}; its secrets are protected.`,
        ...(lost.length === 0
          ? []
          : [`It starts another program, which no longer gets ${lost.join(', ')}.`]),
      ].join(' '),
    };
  }
  const { managed } = entry;
  return {
    writes: [],
    before: (records) =>
      recordPlacement(
        managed === record.id ? records : forgetPlace(records, record.id, placement, view),
        managed,
        client,
        entry,
        managed === record.id ? placement : undefined,
      ),
    note: `The record of “${record.name}” takes the entry over as it is.`,
  };
}

export function workRemove({ entry, survey, client }: Cell): Work {
  if (entry === undefined || survey === undefined) {
    throw new TypeError('Only an entry that is there can be removed.');
  }
  const how = knownFileOf(client, survey);
  return {
    writes: [{ how, name: entry.name, existing: entry }],
    note: 'Takes the entry out of the file. A sealed copy of the file is kept.',
  };
}

export function workIgnore({ view }: Cell, at: string): Work {
  const ignored = { file: view.file, entryName: maskForms(view.entryName), at };
  return {
    writes: [],
    before: (records) => ({
      ...records,
      ignoredEntries: [
        ...(records.ignoredEntries ?? []).filter(
          (one) => one.file !== ignored.file || one.entryName !== ignored.entryName,
        ),
        ignored,
      ],
    }),
    note: 'It stays as it is and is not mentioned again.',
  };
}

export const actionVerbs: Readonly<Record<DriftAction, string>> = {
  repair: 'Repaired.',
  adopt: 'Adopted.',
  ignore: 'Ignored from now on.',
  remove: 'Removed.',
  place: 'Switched on.',
  displace: 'Switched off.',
};

function placeAfter(
  server: string,
  file: string,
  name: string,
  { client, placement }: Pick<Cell, 'client' | 'placement'>,
): NonNullable<Work['after']> {
  return (records, placed) => {
    const now = placed(file, server, name);
    if (now === undefined) return records;
    return putPlacement(records, server, now, client, placement);
  };
}
