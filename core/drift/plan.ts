/**
 * The plan: the chosen actions with the edit of each file in memory, what is possible and what needs a
 * yes. Holds values and so stays inside the core; `present` makes what a person may see of it.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type {
  DriftAction,
  DriftChange,
  DriftPlan,
  DriftPlanItem,
  DriftSelection,
} from '../../shared/models/drift.ts';
import type { ProtectPlan } from '../../shared/models/protect.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { ClientSurvey } from '../clients/clients.ts';
import { findClient } from '../clients/table.ts';
import { stringifyPlain } from '../documents/plain-json.ts';
import { encodeText } from '../documents/text.ts';
import { hashBytes } from '../edits/seal.ts';
import { linkRows, type Paths } from '../edits/target.ts';
import type { Mask } from '../edits/values.ts';
import { diffFile } from '../exposure/diff-file.ts';
import { coverName } from './cover-name.ts';
import { nameIn } from './entry-name.ts';
import { type Cell, cellId } from './look.ts';
import type { Looked } from './looked.ts';
import {
  actionVerbs,
  targetOf,
  type Work,
  workAdopt,
  workDisplace,
  workIgnore,
  workPlace,
  workRemove,
  workRepair,
} from './work.ts';
import { applyWrites, readPlaced } from './write-entry.ts';

export interface PlannedItem {
  readonly view: DriftPlanItem;
  readonly client: ClientSurvey;
  readonly cell?: Cell;
  /** Absent when it is not possible. */
  readonly work?: Work;
}

export interface InternalPlan {
  readonly looked: Looked;
  readonly items: readonly PlannedItem[];
}

/** The plan, and where the files really are that it would write. */
export interface PlacedPlan extends InternalPlan {
  readonly paths: Paths;
}

export interface PlanInput {
  readonly looked: Looked;
  readonly selection: DriftSelection;
  readonly launcher: string;
  readonly at: string;
  /** Cells whose entry holds other secrets than the keychain. */
  readonly differing: ReadonlySet<string>;
}

/** Errors: `not_found` for a cell, server or client that is not there, `bad_input` for an action that does not fit. */
export function draftPlan(input: PlanInput): InternalPlan {
  const changes = [...(input.selection.changes ?? []), ...expandAll(input)];
  const seen = new Set<string>();
  const items = changes
    .map((change) => draftItem(input, change))
    .filter(({ view }) => {
      if (seen.has(view.id)) return false;
      seen.add(view.id);
      return true;
    });
  return { looked: input.looked, items: refuseClashes(items, input) };
}

function expandAll({ looked, selection }: PlanInput): readonly DriftChange[] {
  const { all } = selection;
  if (all === undefined) return [];
  for (const id of all.clients ?? []) findClient(id);
  for (const id of all.servers ?? []) requireRecord(looked, id);
  return looked.cells
    .filter(({ view }) => isDrift(view.state))
    .filter(({ view }) => all.clients?.includes(view.client) ?? true)
    .filter(({ view }) => all.servers === undefined || isOneOf(all.servers, view.server))
    .filter(({ view, placement, wanted }) => {
      // Only what a record wants: entries of others are decided one by one.
      return view.actions.includes(all.action) && (placement ?? wanted) !== undefined;
    })
    .map(({ view }) => ({ action: all.action, cell: view.id }));
}

function isOneOf(servers: readonly string[], server: string | undefined): boolean {
  return server !== undefined && servers.includes(server);
}

export function isDrift(state: Cell['view']['state']): boolean {
  return state !== 'in-step' && state !== 'foreign' && state !== 'duplicate';
}

function draftItem(input: PlanInput, change: DriftChange): PlannedItem {
  return 'cell' in change ? draftCellItem(input, change) : draftPlaceItem(input, change);
}

function draftCellItem(
  input: PlanInput,
  { action, cell: id }: Extract<DriftChange, { cell: string }>,
): PlannedItem {
  const cell = input.looked.cells.find(({ view }) => view.id === id);
  if (cell === undefined) {
    throw new AppError('not_found', 'What this was to change is not there any more.', {
      hint: 'Look again: `portcullis drift`.',
      details: { cell: id },
    });
  }
  if (!cell.view.actions.includes(action)) {
    throw new AppError(
      'bad_input',
      `“${coverName(cell.view).entryName}” cannot be treated like that.`,
      {
        hint:
          cell.view.actions.length === 0
            ? 'There is nothing to do about it.'
            : `Possible: ${cell.view.actions.join(', ')}.`,
        details: { cell: id, action },
      },
    );
  }
  const { view } = cell;
  const base = {
    id: cellId(action, view.id),
    action,
    client: view.client,
    file: view.file,
    pointer: view.pointer,
    entryName: view.entryName,
    ...(cell.record === undefined ? {} : { server: cell.record.id }),
  };
  return finishItem(input, base, cell.client, cell, () => workOf(action, cell, input));
}

function workOf(
  action: Extract<DriftAction, 'repair' | 'adopt' | 'ignore' | 'remove'>,
  cell: Cell,
  { launcher, at }: PlanInput,
): Work {
  if (action === 'repair') return workRepair(cell, launcher);
  if (action === 'adopt') return workAdopt(cell);
  return action === 'remove' ? workRemove(cell) : workIgnore(cell, at);
}

function draftPlaceItem(
  input: PlanInput,
  change: Extract<DriftChange, { server: string }>,
): PlannedItem {
  const { looked, launcher } = input;
  const record = requireRecord(looked, change.server);
  findClient(change.client);
  const client = looked.surveys.find(({ row }) => row.id === change.client);
  if (client === undefined) throw new TypeError('Every client of the table is surveyed.');
  const known = looked.cells.find(
    ({ view, placement }) =>
      view.client === change.client && view.server === record.id && placement !== undefined,
  );
  const file = change.file ?? known?.view.file ?? client.target?.location.path ?? '';
  const name = known?.view.entryName ?? nameIn(record, client, file);
  const base = {
    id: cellId(change.action, change.client, file, record.id),
    action: change.action,
    client: change.client,
    file,
    pointer: known?.view.pointer ?? '',
    entryName: name,
    server: record.id,
  };
  return finishItem(input, base, client, known, () =>
    change.action === 'place'
      ? workPlace(record, client, { launcher, name, file: change.file })
      : workDisplace(record, looked.cells, client, change.file),
  );
}

function requireRecord({ records }: Looked, id: string): ServerRecord {
  const record = records.servers.find((server) => server.id === id);
  if (record !== undefined) return record;
  throw new AppError('not_found', `There is no server “${id}”.`, {
    hint: 'Run `portcullis servers` to see their ids.',
    details: { server: id },
  });
}

function finishItem(
  input: PlanInput,
  base: Pick<
    DriftPlanItem,
    'id' | 'action' | 'client' | 'file' | 'pointer' | 'entryName' | 'server'
  >,
  client: ClientSurvey,
  cell: Cell | undefined,
  draft: () => Work,
): PlannedItem {
  const parts = { client, ...(cell === undefined ? {} : { cell }) };
  try {
    const work = draft();
    if (work.adoption !== undefined) targetOf(client, base.file);
    const consent = consentFor(input, base.action, client, base.file, work);
    const differs = base.action === 'repair' && input.differing.has(cell?.view.id ?? '');
    const note = differs
      ? 'The file holds other secrets than the keychain; adopting takes those of the file over.'
      : work.note;
    const ticked = consent === undefined && !differs;
    const view = { ...base, ticked, possible: true, note: withRisk(note, work, client) };
    return { ...parts, work, view: { ...view, ...(consent === undefined ? {} : { consent }) } };
  } catch (thrown) {
    return { ...parts, view: { ...base, ticked: false, possible: false, note: sayError(thrown) } };
  }
}

function withRisk(note: string, work: Work, { running, row }: ClientSurvey): string {
  if (work.writes.length === 0 || !running || row.rewriting !== 'constant') return note;
  return `${note} ${row.name} runs and writes this file from memory: close it first.`;
}

function sayError(thrown: unknown): string {
  const { message, hint } = toAppError(thrown);
  return hint === undefined ? message : `${message} ${hint}`;
}

function consentFor(
  { looked }: PlanInput,
  action: DriftAction,
  client: ClientSurvey,
  file: string,
  work: Work,
): DriftPlanItem['consent'] {
  if (work.writes.length === 0 && work.adoption === undefined) return undefined;
  const role = client.files.find(({ location }) => location.path === file)?.location.role;
  const isNew = action === 'place' || work.adoption !== undefined;
  return consentToPlace(client, isNew ? role : undefined, looked.records.clientSettings);
}

/** What a new entry in such a file needs beside its tick. */
export function consentToPlace(
  { row }: ClientSurvey,
  role: ClientSurvey['files'][number]['location']['role'] | undefined,
  settings: Looked['records']['clientSettings'],
): DriftPlanItem['consent'] {
  if (row.evidence === 'secondary' && settings[row.id]?.writeConsentAt === undefined) {
    return 'secondary-evidence';
  }
  return role === 'project' ? 'shared-project-file' : undefined;
}

/** Each item is tried on top of those before it: the first that does not fit its file is refused. */
function refuseClashes(
  items: readonly PlannedItem[],
  { looked, launcher, at }: PlanInput,
): readonly PlannedItem[] {
  const contents = new Map<string, Uint8Array>();
  return items.map((item) => {
    if (item.work === undefined || item.work.writes.length === 0) return item;
    try {
      const tried = new Map<string, Uint8Array>();
      for (const [file, writes] of Map.groupBy(item.work.writes, writeFileOf)) {
        const before = contents.get(file) ?? contentOf(looked, file);
        tried.set(file, applyWrites(before, writes, launcher));
      }
      for (const [file, bytes] of tried) contents.set(file, bytes);
      return withPointer(item, tried, { launcher, at });
    } catch (thrown) {
      const { work: _, ...rest } = item;
      return {
        ...rest,
        view: { ...item.view, ticked: false, possible: false, note: sayError(thrown) },
      };
    }
  });
}

/** A new entry has its place once it was tried; undo finds it there. */
function withPointer(
  item: PlannedItem,
  tried: ReadonlyMap<string, Uint8Array>,
  { launcher, at }: Pick<PlanInput, 'launcher' | 'at'>,
): PlannedItem {
  const { view, work } = item;
  const write = work?.writes.find((one) => writeFileOf(one) === view.file);
  const bytes = tried.get(view.file);
  if (view.pointer !== '' || write?.server === undefined || bytes === undefined) return item;
  const { how, server, name } = write;
  const pointer = readPlaced(how, bytes, launcher, { server, name, at })?.pointer ?? '';
  return { ...item, view: { ...view, pointer } };
}

export function writeFileOf({ how }: Work['writes'][number]): string {
  return how.location.path;
}

/** The bytes that the look has seen; none for a file that is not there. */
export function contentOf({ surveys }: Looked, file: string): Uint8Array {
  for (const { files } of surveys) {
    const document = files.find(({ location }) => location.path === file)?.document;
    if (document !== undefined) return encodeText(document.text, document.bom, file);
  }
  return new Uint8Array();
}

/** What a person may see: the ticked items' diffs, every suspected secret masked. */
export function present(
  plan: PlacedPlan,
  facts: {
    readonly launcher: string;
    readonly selection: DriftSelection;
    readonly adoption: ProtectPlan | undefined;
    readonly fingerprint: (value: Secret) => string;
    /** What the keychain holds, to be masked wherever it stands. */
    readonly stored: readonly Mask[];
  },
): DriftPlan {
  const { adoption, fingerprint, launcher, selection } = facts;
  const basis = [
    selection,
    plan.items.map(basisOf),
    adoption?.basis ?? '',
    adoption?.items.map(({ id, possible }) => [id, possible]) ?? [],
    filesOf(plan).map((file) => [file, plan.paths.of(file) ?? '']),
  ];
  return {
    basis: fingerprint(new Secret(JSON.stringify(basis))),
    items: plan.items.map((item) => coverName(withAdoption(item, adoption))),
    files: [...diffFiles(plan, launcher, facts.stored), ...(adoption?.files ?? [])],
  };
}

/** The files that the plan writes by itself. */
export function filesOf({ items }: InternalPlan): readonly string[] {
  return [...new Set(items.flatMap(({ work }) => work?.writes ?? []).map(writeFileOf))];
}

function basisOf({ view, cell, work }: PlannedItem): unknown {
  const { entry, placement, survey, view: seen } = cell ?? {};
  return [
    view.id,
    view.possible,
    seen?.state ?? '',
    survey?.state ?? '',
    entry === undefined ? '' : stringifyPlain(entry.raw),
    placement?.written ?? '',
    work?.writes.map(({ value, existing, name, how }) => [
      how.location.path,
      name,
      value === undefined ? '' : hashBytes(new TextEncoder().encode(stringifyPlain(value))),
      existing === undefined ? '' : stringifyPlain(existing.raw),
    ]) ?? [],
  ];
}

/** The protect job has the last word on what it can take over. */
function withAdoption({ view, work }: PlannedItem, plan: ProtectPlan | undefined): DriftPlanItem {
  const place = work?.adoption;
  if (place === undefined || plan === undefined) return view;
  const item = plan.items.find(
    ({ kind, file, pointer }) =>
      kind === 'entry' && file === place.file && pointer === place.pointer,
  );
  if (item === undefined || !item.possible) {
    const note = item?.note ?? 'The entry is not there any more.';
    return { ...view, possible: false, ticked: false, note };
  }
  return view;
}

function diffFiles(
  { items, looked, paths }: PlacedPlan,
  launcher: string,
  stored: readonly Mask[],
): DriftPlan['files'] {
  const writes = items.flatMap(({ view, work }) => (view.possible ? (work?.writes ?? []) : []));
  return [...Map.groupBy(writes, writeFileOf)].flatMap(([file, own]) => {
    const before = contentOf(looked, file);
    const after = applyWrites(before, own, launcher);
    const diff = diffFile(file, before, after, stored);
    const client = own[0]?.how.row.id;
    if (diff.length === 0) return [];
    const shown = [...linkRows(paths.behindLink(file)), ...diff];
    return [{ file, ...(client === undefined ? {} : { client }), diff: shown }];
  });
}

export function doneMessage(action: DriftAction): string {
  return actionVerbs[action];
}
