/** Applies a plan: the same plan again, then adoptions by the protect job, then our own writes. */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { DriftChoices, DriftPlanItem } from '../../shared/models/drift.ts';
import type { ProtectPlan, Receipt, RunResult, RunStream } from '../../shared/models/protect.ts';
import type { Edits } from '../edits/edits.ts';
import type { FileResult, MoveFile, MoveKind } from '../edits/model.ts';
import type { Report } from '../edits/stream.ts';
import type { Paths } from '../edits/target.ts';
import type { Clock } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { doneMessage, type PlacedPlan, type PlannedItem, writeFileOf } from './plan.ts';
import type { Placed } from './work.ts';
import { applyWrites, type EntryWrite, readPlaced } from './write-entry.ts';

/** The entries that become servers of ours, and the record that each is to become. */
export type AdoptionPlaces = readonly {
  readonly file: string;
  readonly pointer: string;
  readonly server?: string;
}[];

/** The protect job, handed over: takes values out of entries and writes launcher entries for them. */
export interface Adoption {
  plan(places: AdoptionPlaces): Promise<ProtectPlan>;
  apply(
    places: AdoptionPlaces,
    plan: ProtectPlan,
    consents: DriftChoices['consents'],
  ): AsyncIterable<RunStream>;
}

export interface ApplyPorts {
  readonly records: RecordsStore;
  readonly edits: Pick<Edits, 'newMoveId' | 'runMove'>;
  readonly clock: Clock;
  readonly launcher: string;
  readonly installLauncher: () => Promise<void>;
  readonly adoption: Adoption;
}

/** One receipt per chosen item; one failure hides none of the others. */
export async function applyItems(
  ports: ApplyPorts,
  plan: PlacedPlan,
  shown: readonly DriftPlanItem[],
  choices: Pick<DriftChoices, 'items' | 'consents'>,
  report: Report,
): Promise<readonly Receipt[]> {
  const { chosen, skipped } = chooseItems(plan, shown, choices);
  const adopted = chosen.filter(({ work }) => work?.adoption !== undefined);
  const own = chosen.filter(({ work }) => work?.adoption === undefined);
  if (chosen.some(({ work }) => (work?.writes.length ?? 0) > 0)) await ports.installLauncher();
  return [
    ...(await runAdoptions(ports, adopted, choices, report)),
    ...(await runWrites({ ...ports, paths: plan.paths }, own, report)),
    ...skipped,
  ];
}

function chooseItems(
  plan: PlacedPlan,
  shown: readonly DriftPlanItem[],
  { items, consents }: Pick<DriftChoices, 'items' | 'consents'>,
): { readonly chosen: readonly PlannedItem[]; readonly skipped: readonly Receipt[] } {
  const wanted = items ?? shown.filter(isMeant).map(({ id }) => id);
  const skipped: Receipt[] = [];
  const chosen = wanted.flatMap((id) => {
    const view = shown.find((one) => one.id === id);
    const item = plan.items.find((one) => one.view.id === id);
    if (view === undefined || item === undefined) {
      throw new AppError('bad_input', `The plan has no item “${id}”.`, {
        hint: 'Take the ids from the plan.',
      });
    }
    if (!view.possible || item.work === undefined) {
      skipped.push({
        ...placeOf(view),
        outcome: 'skipped',
        code: 'unsupported',
        message: view.note,
      });
      return [];
    }
    if (view.consent !== undefined && !consents.includes(view.consent)) {
      const message = consentNotes[view.consent];
      skipped.push({ ...placeOf(view), outcome: 'skipped', code: 'consent_needed', message });
      return [];
    }
    return [item];
  });
  return { chosen, skipped };
}

/**
 * Without a choice: what is ticked, and what only a yes or nobody can do, so that its receipt says so.
 * A repair may be left unticked for more than the yes: it is chosen by name only.
 */
function isMeant({ ticked, possible, consent, action }: DriftPlanItem): boolean {
  return ticked || !possible || (consent !== undefined && action !== 'repair');
}

const consentNotes = {
  'secondary-evidence':
    'We know the format of this file second-hand only, so it is written after one more yes.',
  'shared-project-file':
    'Others who share this project would get an entry that works on this computer only.',
} as const;

function placeOf({ id, file, pointer, server }: DriftPlanItem) {
  return { item: id, file, pointer, ...(server === undefined ? {} : { server }) };
}

async function runAdoptions(
  { adoption }: ApplyPorts,
  items: readonly PlannedItem[],
  { consents }: Pick<DriftChoices, 'consents'>,
  report: Report,
): Promise<readonly Receipt[]> {
  const places = items.flatMap(({ work }) => (work?.adoption === undefined ? [] : [work.adoption]));
  if (places.length === 0) return [];
  try {
    const plan = await adoption.plan(places);
    let result: RunResult | undefined;
    for await (const part of adoption.apply(places, plan, consents)) {
      if (part.type === 'result') result = part;
      else report(part);
    }
    return items.map(({ view, work }) => {
      const own = result?.receipts.find(
        ({ file, pointer }) => file === work?.adoption?.file && pointer === work.adoption.pointer,
      );
      if (own !== undefined) return { ...own, item: view.id };
      return { ...placeOf(view), outcome: 'skipped', message: 'The entry is not there any more.' };
    });
  } catch (thrown) {
    return items.map(({ view }) => failure(view, thrown));
  }
}

function failure(view: DriftPlanItem, thrown: unknown): Receipt {
  const { code, message, hint } = toAppError(thrown);
  return {
    ...placeOf(view),
    outcome: 'failed',
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

interface WritePorts extends ApplyPorts {
  readonly paths: Paths;
}

async function runWrites(
  ports: WritePorts,
  items: readonly PlannedItem[],
  report: Report,
): Promise<readonly Receipt[]> {
  if (items.length === 0) return [];
  // What is wanted goes first: a crash after it leaves drift that is named, never a wrong record.
  await changeRecords(ports, items, (records, { work }) => work?.before?.(records) ?? records);
  const writes = items.flatMap(({ work }) => work?.writes ?? []);
  const results = writes.length === 0 ? [] : await moveFiles(ports, items, writes, report);
  const written = new Map<string, Uint8Array>();
  for (const { file, bytes } of results) if (bytes !== undefined) written.set(file, bytes);
  const placed = placedIn(ports, writes, written);
  await changeRecords(ports, items, (records, { work }) => {
    const done = work?.writes.every((write) => written.has(writeFileOf(write))) ?? false;
    return done ? (work?.after?.(records, placed) ?? records) : records;
  });
  return items.map((item) => receiptFor(item, results));
}

async function changeRecords(
  { records }: ApplyPorts,
  items: readonly PlannedItem[],
  change: (
    records: Awaited<ReturnType<RecordsStore['read']>>,
    item: PlannedItem,
  ) => Awaited<ReturnType<RecordsStore['read']>>,
): Promise<void> {
  await records.change((before) => ({
    records: items.reduce((now, item) => change(now, item), before),
    result: undefined,
  }));
}

type Written = FileResult & { readonly bytes?: Uint8Array; readonly write?: string };

async function moveFiles(
  ports: WritePorts,
  items: readonly PlannedItem[],
  writes: readonly EntryWrite[],
  report: Report,
): Promise<readonly Written[]> {
  const last = new Map<string, Uint8Array>();
  const groups = [...Map.groupBy(writes, writeFileOf)];
  let done = 0;
  const moved = await ports.edits.runMove({
    id: ports.edits.newMoveId(),
    kind: kindOf(items, writes),
    store: [],
    files: groups.map(([file, own]) => toMoveFile(ports, file, own, items, last)),
    onProgress: (step) => {
      if (!('file' in step)) return;
      // A file counts once, when it is written; its copy is made on the way there.
      const isCopy = step.step === 'backed-up';
      if (!isCopy) done += 1;
      const total = groups.length;
      report({ step: isCopy ? 'backup' : 'write', subject: step.file, done, total });
    },
  });
  return moved.files.map((result) => {
    const bytes = result.outcome === 'failed' ? undefined : last.get(result.file);
    return {
      ...result,
      ...(bytes === undefined ? {} : { bytes }),
      ...(result.outcome === 'rewritten' ? { write: moved.id } : {}),
    };
  });
}

function kindOf(items: readonly PlannedItem[], writes: readonly EntryWrite[]): MoveKind {
  if (items.every(({ view }) => view.action === 'repair')) return 'repair';
  return writes.every(({ value }) => value === undefined) ? 'remove' : 'place';
}

function toMoveFile(
  { launcher, paths }: WritePorts,
  file: string,
  writes: readonly EntryWrite[],
  items: readonly PlannedItem[],
  last: Map<string, Uint8Array>,
): MoveFile {
  const lock = writes[0]?.how.row.lock;
  const path = paths.of(file);
  return {
    file,
    ...(path === undefined ? {} : { path }),
    places: items.flatMap(({ view }) =>
      view.file === file && view.server !== undefined && view.pointer !== ''
        ? [{ server: view.server, pointer: view.pointer }]
        : [],
    ),
    create: writes.some(({ value }) => value !== undefined),
    edit: (bytes) => {
      const edited = applyWrites(bytes, writes, launcher);
      last.set(file, edited);
      return edited;
    },
    ...(lock === undefined ? {} : { lockDirectory: `${file}${lock.suffix}` }),
  };
}

function placedIn(
  { launcher, clock }: ApplyPorts,
  writes: readonly EntryWrite[],
  written: ReadonlyMap<string, Uint8Array>,
): Placed {
  const at = clock.now();
  return (file, server, name) => {
    const bytes = written.get(file);
    const how = writes.find((write) => writeFileOf(write) === file)?.how;
    if (bytes === undefined || how === undefined) return undefined;
    return readPlaced(how, bytes, launcher, { server, name, at });
  };
}

function receiptFor({ view, work }: PlannedItem, results: readonly Written[]): Receipt {
  const files = new Set((work?.writes ?? []).map(writeFileOf));
  const own = results.filter(({ file }) => files.has(file));
  const error = own.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) return failure(view, error);
  const unchanged = own.length > 0 && own.every(({ outcome }) => outcome === 'unchanged');
  const write = own.find(({ file }) => file === view.file)?.write;
  return {
    ...placeOf(view),
    ...(write === undefined ? {} : { write }),
    outcome: unchanged ? 'unchanged' : 'done',
    message: unchanged ? 'It was so already.' : doneMessage(view.action),
  };
}
