/**
 * The way out, at any time: writes the original command with its secrets back into the clients' files,
 * or removes the entry, proves that each works without us, and forgets what was chosen.
 */
import { AppError } from '../../shared/errors.ts';
import type {
  LeaveChoices,
  LeavePlan,
  Receipt,
  RunResult,
  RunStream,
} from '../../shared/models/protect.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import type { EntryLaunch } from '../clients/entry.ts';
import { openKnownFile } from '../clients/known-files.ts';
import type { FileResult, MoveFile } from '../edits/model.ts';
import { type Report, streamRun } from '../edits/stream.ts';
import type { Run } from '../records/schema.ts';
import { commitRun, placeKey } from './commit.ts';
import { gatherLeave, type LeaveSelection, type Leaving, presentLeave } from './leave-plan.ts';
import type { ProtectPorts } from './protect.ts';
import { summariseRun, writtenFiles } from './runs.ts';

export interface LeavePorts extends ProtectPorts {
  /** Starts an entry as its client would, without us; an error is its answer, not a throw. */
  readonly startPlain: (launch: EntryLaunch) => Promise<AppError | undefined>;
  /** Removes launcher, items and data; called only when no entry of ours is left anywhere. */
  readonly purge: () => Promise<void>;
}

export interface Leave {
  plan(selection: LeaveSelection): Promise<LeavePlan>;
  apply(choices: LeaveChoices): AsyncGenerator<RunStream>;
}

export function createLeave(ports: LeavePorts): Leave {
  return {
    plan: async (selection) => presentLeave(ports, selection, await gatherLeave(ports, selection)),
    apply: (choices) => streamRun((report) => applyLeave(ports, choices, report)),
  };
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
        ...(file.path === undefined ? {} : { path: file.path }),
      }),
    ),
    // Proved first, forgotten after, both before the journal calls the move done.
    finish: async () => {
      failures = await verify(ports, leaving, files, report);
      run = await forgetPlacements(ports, id, leaving, selection, files);
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
    run = await forgetPlacements(ports, id, leaving, selection, written);
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

/**
 * Records without the entries that are gone; a server goes with its last entry. One that never had an
 * entry goes only when it is named or everything goes: nobody else has its secrets.
 */
async function forgetPlacements(
  ports: LeavePorts,
  id: string,
  leaving: Leaving,
  selection: LeaveSelection,
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
  const meant = new Set([
    ...back.flatMap(({ departures }) => departures.map(({ server }) => server.id)),
    ...(selection.servers === undefined && !selection.purge ? [] : run.servers),
  ]);
  const dropped = await ports.records.change((records) => {
    const servers = records.servers.map((server) => ({
      ...server,
      placements: server.placements.filter((placement) => !gone.has(placeKey(placement))),
    }));
    const isDropped = (server: ServerRecord): boolean =>
      server.placements.length === 0 && meant.has(server.id);
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
