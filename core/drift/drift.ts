/**
 * Job "drift": last written, actual and desired of every entry in every client's file; keeps what it
 * meets (sealed copies, timeline); repairs, adopts, ignores and removes as the person or a policy
 * says. What an entry means is `core/clients`, how a file is written `core/edits`, how a secret leaves
 * an entry the protect job, which is handed in.
 */
import { AppError } from '../../shared/errors.ts';
import type {
  DriftChoices,
  DriftPlan,
  DriftReport,
  DriftSelection,
  DriftStream,
  TimelineEntry,
} from '../../shared/models/drift.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import type { ProtectPlan } from '../../shared/models/protect.ts';
import type { DriftPolicy, Retention } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Clients } from '../clients/clients.ts';
import { findClient } from '../clients/table.ts';
import { usualRetention } from '../edits/backup.ts';
import type { Edits } from '../edits/edits.ts';
import { isInterrupted } from '../edits/journal.ts';
import { streamRun } from '../edits/stream.ts';
import { findPaths } from '../edits/target.ts';
import { readStoredMasks } from '../exposure/diff-file.ts';
import { maskForms } from '../exposure/mask.ts';
import type { Files, Keychain, Machine, Processes, Roots } from '../ports.ts';
import type { Records } from '../records/schema.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { type Adoption, type ApplyPorts, applyItems } from './apply.ts';
import { findDiffering } from './differing.ts';
import { type Cell, lookAtCells } from './look.ts';
import type { Looked } from './looked.ts';
import { createNoticed } from './notice.ts';
import { observe } from './observe.ts';
import { draftPlan, filesOf, isDrift, type PlacedPlan, present } from './plan.ts';
import { countCells, presentReport } from './report.ts';
import { createFights, type Fights } from './settle.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { findWriters } from './writers.ts';

export interface DriftPorts extends ApplyPorts {
  readonly machine: Pick<Machine, 'home'>;
  readonly files: Files;
  readonly roots: Roots;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly processes: Pick<Processes, 'list'>;
  readonly clients: Pick<Clients, 'survey'>;
  readonly secrets: Pick<Secrets, 'read'>;
  readonly edits: Edits;
  readonly fingerprinter: () => Promise<(value: Secret) => string>;
  readonly announce: (event: AppEvent) => void;
  /** For what a policy adopts: does not wait to see whether a client writes its old text back. */
  readonly adoptionBySelf: Adoption;
}

export interface Drift {
  look(): Promise<DriftReport>;
  plan(selection: DriftSelection): Promise<DriftPlan>;
  apply(choices: DriftChoices): AsyncGenerator<DriftStream>;
  /** Errors: `not_found`. Null takes the policy back. */
  setPolicy(
    of: { readonly server: string } | { readonly client: string },
    policy: DriftPolicy | null,
  ): Promise<void>;
  /** Errors: `not_found`, where it is not ignored. */
  unignore(file: string, entryName: string): Promise<void>;
  retention(): Promise<Retention>;
  setRetention(retention: Retention): Promise<void>;
  timeline(file: string): Promise<readonly TimelineEntry[]>;
  /**
   * Looks, tells what is new since the last call, and does what the policies say. For doors that stay
   * open: call it when files or records changed. Calls that come while one runs are answered by one more.
   */
  noticed(): Promise<void>;
}

/** Milliseconds that a look waits for a move that is under way. */
const moveWait = 2_000;

interface Inside {
  readonly ports: DriftPorts;
  readonly timeline: Timeline;
  readonly fights: Fights;
}

export function createDrift(ports: DriftPorts): Drift {
  const inside: Inside = { ports, timeline: createTimeline(ports), fights: createFights() };
  const { records } = ports;
  const notice = createNoticed({
    ...inside,
    ports: { ...ports, adoption: ports.adoptionBySelf },
    look: () => lookSettled(inside),
    plan: (selection) => planNow(inside, selection),
  });
  return {
    look: async () => presentReport(await lookSettled(inside), inside.fights.pauses),
    plan: async (selection) => (await planNow(inside, selection)).shown,
    apply: (choices) =>
      streamRun(async (report) => {
        const { plan, shown } = await planNow(inside, choices.selection);
        if (shown.basis !== choices.basis) throw planOutdated();
        for (const { view } of plan.items) inside.fights.forget(view.file);
        const receipts = await applyItems(ports, plan, shown.items, choices, report);
        return { receipts, counts: countCells((await look(inside)).cells) };
      }),
    setPolicy: (of, policy) => setPolicy(ports, of, policy),
    unignore: (file, entryName) => unignore(ports, file, entryName),
    retention: async () => (await records.read()).retention ?? usualRetention,
    setRetention: (retention) =>
      records.change((before) => ({ records: { ...before, retention }, result: undefined })),
    timeline: (file) => readTimeline(inside, file),
    noticed: async () => {
      // Without our folder there is nothing of ours to compare; whoever has left has left for good.
      if ((await ports.files.stat(ports.roots.data)) !== undefined) await notice();
    },
  };
}

function unignore({ records }: DriftPorts, file: string, entryName: string): Promise<void> {
  return records.change((before) => {
    const { ignoredEntries = [] } = before;
    const left = ignoredEntries.filter(
      (one) => one.file !== file || maskForms(one.entryName) !== maskForms(entryName),
    );
    if (left.length === ignoredEntries.length)
      throw new AppError('not_found', `No entry “${entryName}” of ${file} is ignored.`, {
        hint: '`portcullis drift --all` shows which entries are ignored.',
      });
    return { records: { ...before, ignoredEntries: left }, result: undefined };
  });
}

function planOutdated(): AppError {
  return new AppError('conflict', 'The files have changed since this plan was made.', {
    hint: 'Make the plan again and look at what is different. Nothing was changed.',
  });
}

async function look({ ports, timeline, fights }: Inside): Promise<Looked> {
  const records = await ports.records.read();
  const all = await ports.clients.survey(records.projectFolders);
  const surveys = all.filter(({ row }) => records.clientSettings[row.id]?.ignored !== true);
  const observed = await observe({ ...ports, timeline }, surveys);
  const input = {
    records,
    surveys,
    snapshots: observed.latest.files,
    pauses: fights.pauses,
    writers: [],
    removedByUs: new Map(),
    fingerprint: await ports.fingerprinter(),
  };
  const facts = {
    at: ports.clock.now(),
    records,
    surveys,
    changed: observed.changed,
    problems: observed.problems,
  };
  const first = lookAtCells(input);
  const unclear = first.filter(isUnclear);
  if (unclear.length === 0) return { ...facts, cells: first };
  const writers = findWriters(await listProcesses(ports.processes));
  const removedByUs = await readRemovals(timeline, unclear);
  return { ...facts, cells: lookAtCells({ ...input, writers, removedByUs }) };
}

/** Cells whose cause needs a closer look: who runs, and what we took out ourselves. */
function isUnclear({ view, placement, wanted }: Cell): boolean {
  return isDrift(view.state) && ((placement ?? wanted) !== undefined || view.server !== undefined);
}

/** Whether a program runs is evidence, no more: without the list there is none. */
async function listProcesses(processes: Pick<Processes, 'list'>) {
  try {
    return await processes.list();
  } catch {
    return [];
  }
}

async function readRemovals(
  timeline: Timeline,
  cells: readonly Cell[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const files = new Set(
    cells
      .filter(({ placement, wanted }) => (placement ?? wanted) === undefined)
      .map(({ view }) => view.file),
  );
  const pairs = await Promise.all(
    [...files].map(async (file) => {
      const ours = (await timeline.lines(file)).filter(({ guess }) => !guess);
      return [file, new Set(ours.flatMap(({ removed }) => removed))] as const;
    }),
  );
  return new Map(pairs);
}

/** A move that is under way in any process is not drift: what it touches is looked at once it is over. */
async function lookSettled(inside: Inside): Promise<Looked> {
  const first = await look(inside);
  const files = new Set(
    first.cells.filter(({ view }) => isDrift(view.state)).map(({ view }) => view.file),
  );
  if (files.size === 0) return first;
  const open = (await inside.ports.edits.listOpen()).filter(isInterrupted);
  if (!open.some(({ prepared }) => prepared.files.some(({ file }) => files.has(file))))
    return first;
  try {
    await inside.ports.edits.quietly(async () => undefined, moveWait);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'file_busy') return first;
    throw thrown;
  }
  return look(inside);
}

async function planNow(
  inside: Inside,
  selection: DriftSelection,
): Promise<{ readonly plan: PlacedPlan; readonly shown: DriftPlan }> {
  const { ports } = inside;
  const looked = await look(inside);
  const draft = draftPlan({
    looked,
    selection,
    launcher: ports.launcher,
    at: looked.at,
    differing: await findDiffering(ports, looked.cells),
  });
  const paths = await findPaths(ports.files, ports.machine.home, filesOf(draft));
  const plan = { ...draft, paths };
  const places = plan.items.flatMap(({ work }) =>
    work?.adoption === undefined ? [] : [work.adoption],
  );
  const adoption: ProtectPlan | undefined =
    places.length === 0 ? undefined : await ports.adoption.plan(places);
  const fingerprint = await ports.fingerprinter();
  const writes = plan.items.some(({ work }) => (work?.writes.length ?? 0) > 0);
  const stored = writes ? await readStoredMasks(ports.secrets, plan.looked.records.servers) : [];
  const { launcher } = ports;
  const shown = present(plan, { launcher, selection, adoption, fingerprint, stored });
  return { plan, shown };
}

async function setPolicy(
  { records }: DriftPorts,
  of: { readonly server: string } | { readonly client: string },
  policy: DriftPolicy | null,
): Promise<void> {
  if ('client' in of) findClient(of.client);
  await records.change((before) => ({
    records:
      'client' in of
        ? withClientPolicy(before, of.client, policy)
        : withServerPolicy(before, of.server, policy),
    result: undefined,
  }));
}

function withClientPolicy(records: Records, client: string, policy: DriftPolicy | null): Records {
  const { driftPolicy: _, ...rest } = records.clientSettings[client] ?? {};
  const settings = policy === null ? rest : { ...rest, driftPolicy: policy };
  return { ...records, clientSettings: { ...records.clientSettings, [client]: settings } };
}

function withServerPolicy(records: Records, id: string, policy: DriftPolicy | null): Records {
  if (!records.servers.some((server) => server.id === id)) {
    throw new AppError('not_found', `There is no server “${id}”.`, {
      hint: 'Run `portcullis servers` to see their ids.',
      details: { server: id },
    });
  }
  const servers = records.servers.map((server) => {
    if (server.id !== id) return server;
    const { driftPolicy: _, ...rest } = server;
    return policy === null ? rest : { ...rest, driftPolicy: policy };
  });
  return { ...records, servers };
}

async function readTimeline(
  { ports, timeline }: Inside,
  file: string,
): Promise<readonly TimelineEntry[]> {
  const [lines, backups] = await Promise.all([timeline.lines(file), ports.edits.listBackups(file)]);
  const there = new Set(backups.map(({ id }) => id));
  return lines
    .map((line) => ({ ...line, restorable: line.backup !== undefined && there.has(line.backup) }))
    .toReversed();
}
