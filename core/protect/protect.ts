/**
 * Job "protect": finds what can move, shows it as a plan, moves it, and can take a whole run back. The
 * order of writes and the recovery after a crash are `core/edits`; what counts as a secret is
 * `core/exposure`; what an entry means is `core/clients`.
 */
import { AppError } from '../../shared/errors.ts';
import type {
  ProtectChoices,
  ProtectPlan,
  ProtectPlanInput,
  RunResult,
  RunStream,
  RunSummary,
} from '../../shared/models/protect.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Edits } from '../edits/edits.ts';
import type { Move, MoveResult, StoredItem } from '../edits/model.ts';
import type { RecoveryReport } from '../edits/recovery.ts';
import { type Report, streamRun } from '../edits/stream.ts';
import { isWorthMoving } from '../exposure/detection.ts';
import type { Exposure } from '../exposure/exposure.ts';
import type { Clock } from '../ports.ts';
import type { Run } from '../records/schema.ts';
import { keepOut } from '../servers/keep-out.ts';
import { commitRun, commitServers } from './commit.ts';
import { type DraftEntry, type DraftServer, itemId } from './draft.ts';
import { endRun, readRun, recordRun, withRecovered, writtenWork } from './end-run.ts';
import { type FileWork, planWork } from './file-work.ts';
import { type Gathered, type GatherPorts, gather, type LeftAlone } from './gather.ts';
import { presentPlan, questionId } from './plan.ts';
import { receiptsOf, type SkippedItem, stepReporter } from './receipts.ts';
import { type Decided, startRun, summariseRun } from './runs.ts';

export interface ProtectPorts extends GatherPorts {
  readonly exposure: Exposure;
  readonly edits: Edits;
  readonly clock: Clock;
  /** Absolute path that entries start. */
  readonly launcher: string;
  /** Makes sure that the launcher is there and works. Errors: `launcher_missing`, `disk_full`, `file_*`. */
  readonly installLauncher: () => Promise<void>;
  /** Findings that are still there, by a fresh scan. */
  readonly countExposed: () => Promise<number>;
  /** Settles moves that stopped midway. */
  readonly recover: () => Promise<RecoveryReport>;
  /** Watches the rewritten files of clients that write from memory, and redoes what they undo. */
  readonly guard: (
    files: readonly FileWork[],
    redo: (undone: readonly FileWork[]) => Promise<void>,
  ) => Promise<readonly string[]>;
  /** Starts each server once with its secrets; an error is its answer, not a throw. */
  readonly startOnce: (server: ServerId) => Promise<AppError | undefined>;
}

export interface Protect {
  plan(input: ProtectPlanInput): Promise<ProtectPlan>;
  apply(choices: ProtectChoices): AsyncGenerator<RunStream>;
  runs(): Promise<readonly RunSummary[]>;
}

export function createProtect(ports: ProtectPorts): Protect {
  return {
    plan: async (input) => {
      const gathered = await gather(ports, input);
      const chosen = new Set(input.items ?? defaultItems(await present(ports, gathered, [])));
      return present(ports, gathered, planWork(gathered, chosen, ports.launcher));
    },
    apply: (choices) => streamRun((report) => applyProtect(ports, choices, report)),
    runs: async () => (await ports.records.read()).runs.map(summariseRun).toReversed(),
  };
}

async function present(
  { exposure }: ProtectPorts,
  gathered: Gathered,
  work: readonly FileWork[],
): Promise<ProtectPlan> {
  const fingerprint = await exposure.fingerprinter();
  return presentPlan(gathered, { fingerprint, work });
}

function defaultItems(plan: ProtectPlan): readonly string[] {
  return plan.items.filter(({ ticked, possible }) => ticked && possible).map(({ id }) => id);
}

/** Nobody chooses these; a run of everything says of each why it was left. */
function impossibleEntries(plan: ProtectPlan): readonly string[] {
  return plan.items
    .filter(({ kind, possible }) => kind === 'entry' && !possible)
    .map(({ id }) => id);
}

async function applyProtect(
  ports: ProtectPorts,
  choices: ProtectChoices,
  report: Report,
): Promise<Omit<RunResult, 'type'>> {
  const gathered = await gather(ports, choices.selection);
  const plan = await present(ports, gathered, []);
  if (plan.basis !== choices.basis) throw planOutdated();
  const fingerprint = await ports.exposure.fingerprinter();
  const { chosen, skipped } = chooseItems(plan, choices);
  skipped.push(...gathered.leftAlone.flatMap(skipUnread));
  const decided = decideValues(gathered, chosen, choices, fingerprint, skipped);
  const work = planWork(gathered, decided.chosen, ports.launcher);
  // A keychain that does not answer is told before anything at all is written.
  for (const { server } of decided.store.slice(0, 1)) await ports.secrets.names(server);
  if (work.length > 0) await ports.installLauncher();

  const moves = work.filter(({ places }) => places.length > 0);
  const scrubs = work.filter(({ places }) => places.length === 0);
  const id = ports.edits.newMoveId();
  const entries = gathered.draft.entries.filter((entry) => decided.chosen.has(entry.id));
  const scrubId = scrubs.length === 0 ? undefined : ports.edits.newMoveId();
  // Both moves are known before the first write, so that a crash leaves none that the run does not know.
  const run: Run = {
    ...startRun(id, ports.clock.now(), decided, entries, gathered),
    moves: scrubId === undefined ? [id] : [id, scrubId],
  };
  const valueless = decided.servers.filter(
    (server) => !decided.store.some((item) => item.server === server.id),
  );
  const reporter = stepReporter(report, moves.length, decided.store.length);
  const first = await ports.edits.runMove({
    id,
    kind: 'protect',
    store: decided.store,
    commitRecords: (stored, files) =>
      commit(ports, run, {
        servers: decided.servers,
        entries,
        stored: [...stored, ...valueless.map((server) => server.id)],
        files,
      }),
    files: moves.map(toMoveFile),
    onProgress: reporter,
  });
  const safe =
    first.error === undefined && first.items.every(({ outcome }) => outcome === 'stored');
  const scrubbed =
    safe && scrubId !== undefined ? await runScrub(ports, scrubId, scrubs, reporter) : undefined;
  await recordRun(ports, run, first, scrubbed);
  // Something is stored that no file came to refer to: finished or taken back at once.
  const moved = first.pending ? withRecovered(first, await ports.recover()) : first;
  const finished = await readRun(ports, endRun(run, moved, scrubbed));
  const rewriters = await ports.guard(writtenWork(moves, moved), async (undone) => {
    await ports.edits.runMove({
      id: ports.edits.newMoveId(),
      kind: 'repair',
      store: [],
      files: undone.map((work) => ({ ...toMoveFile(work), edit: work.redo ?? work.edit })),
    });
  });
  const started = await startServers(ports, finished, report);
  return {
    run: summariseRun(finished),
    receipts: receiptsOf({ plan, work, moved, scrubbed, skipped, started, rewriters }),
    remaining: await ports.countExposed(),
    rotate: decided.servers
      .filter(({ id }) =>
        moved.items.some((item) => item.server === id && item.outcome === 'stored'),
      )
      .flatMap(rotateAdvice),
  };
}

function planOutdated(): AppError {
  return new AppError('conflict', 'The files have changed since this plan was made.', {
    hint: 'Make the plan again and look at what is different. Nothing was changed.',
  });
}

/** A file that could not be judged may hold anything: the run says so, and does not end as if all were well. */
function skipUnread({ file, code, reason }: LeftAlone): readonly SkippedItem[] {
  return code === undefined ? [] : [{ item: itemId('left', file, ''), code, message: reason }];
}

function toMoveFile(work: FileWork): Move['files'][number] {
  return {
    file: work.file,
    places: work.places,
    edit: work.edit,
    ...(work.path === undefined ? {} : { path: work.path }),
    ...(work.lockDirectory === undefined ? {} : { lockDirectory: work.lockDirectory }),
  };
}

/** The items to do, and those that lack a consent. Errors: `bad_input` for an id the plan lacks. */
function chooseItems(
  plan: ProtectPlan,
  choices: ProtectChoices,
): { readonly chosen: ReadonlySet<string>; readonly skipped: SkippedItem[] } {
  const wanted = choices.items ?? [...defaultItems(plan), ...impossibleEntries(plan)];
  const skipped: SkippedItem[] = [];
  const chosen = wanted.filter((id) => {
    const item = plan.items.find((one) => one.id === id);
    if (item === undefined) {
      throw new AppError('bad_input', `The plan has no item “${id}”.`, {
        hint: 'Take the ids from the plan.',
      });
    }
    if (!item.possible) {
      skipped.push({ item: id, code: 'unsupported', message: item.note });
      return false;
    }
    if (item.consent === undefined || choices.consents.includes(item.consent)) return true;
    skipped.push({ item: id, code: 'consent_needed', message: item.note });
    return false;
  });
  return { chosen: new Set(chosen), skipped };
}

/** One value per secret: the only one there is, or the one the person chose. */
function decideValues(
  { draft }: Gathered,
  chosen: ReadonlySet<string>,
  choices: ProtectChoices,
  fingerprint: (value: Secret) => string,
  skipped: SkippedItem[],
): Decided {
  const left = new Set(chosen);
  const store: StoredItem[] = [];
  const servers = draft.servers.filter((server) => {
    const entries = server.entries.filter(({ id }) => left.has(id));
    if (entries.length === 0) return false;
    const item = chooseValues(server, choices, fingerprint);
    if (item !== undefined) {
      if (item.values.size > 0) store.push(item);
      return true;
    }
    for (const entry of entries) {
      left.delete(entry.id);
      skipped.push({
        item: entry.id,
        code: 'consent_needed',
        message: `Clients hold different values for “${server.name}”; choose which one to keep.`,
      });
    }
    return false;
  });
  return { chosen: left, servers, store };
}

function chooseValues(
  server: DraftServer,
  choices: ProtectChoices,
  fingerprint: (value: Secret) => string,
): StoredItem | undefined {
  const values = new Map<string, Secret>();
  const replace: string[] = [];
  for (const [name, candidates] of server.secrets) {
    const answer = choices.answers[questionId(server.id, name)];
    const [only] = candidates;
    const pick =
      candidates.length === 1
        ? only
        : candidates.find(({ value }) => fingerprint(value) === answer);
    if (pick === undefined) return undefined;
    values.set(name, pick.value);
    if (!pick.stored && candidates.some(({ stored }) => stored)) replace.push(name);
  }
  return { server: server.id, values, replace };
}

interface Stored {
  readonly servers: readonly DraftServer[];
  readonly entries: readonly DraftEntry[];
  /** Servers whose items are stored, and the files that will refer to them. */
  readonly stored: readonly ServerId[];
  readonly files: readonly string[];
}

async function commit(
  ports: ProtectPorts,
  run: Run,
  { servers, entries, stored, files }: Stored,
): Promise<void> {
  const done = servers.filter(({ id }) => stored.includes(id));
  const placed = entries.filter(({ source }) => files.includes(source.file));
  // A run that changes nothing is none: nobody could finish it or take it back.
  if (done.length === 0 && placed.length === 0) return;
  const commitment = { servers: done, entries: placed, at: run.at, launcher: ports.launcher };
  const values = done.flatMap(({ secrets }) => [...secrets.values()].flat());
  await ports.records.change(
    (records) => ({
      records: commitRun(commitServers(records, commitment), run),
      result: undefined,
    }),
    keepOut(values.flatMap(({ value, detection }) => [value, detection.value])),
  );
}

async function runScrub(
  ports: ProtectPorts,
  id: string,
  scrubs: readonly FileWork[],
  onProgress: Move['onProgress'],
): Promise<MoveResult> {
  return ports.edits.runMove({
    id,
    kind: 'scrub',
    store: [],
    files: scrubs.map(toMoveFile),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

/** More at once would slow each other down on a small machine. */
const startedTogether = 4;

async function startServers(
  ports: ProtectPorts,
  run: Run,
  report: Report,
): Promise<ReadonlyMap<ServerId, AppError>> {
  const failures = new Map<ServerId, AppError>();
  const placed = new Set(
    run.places
      .filter(({ file }) => run.files.some((one) => one.file === file))
      .map(({ server }) => server),
  );
  const waiting = [...placed];
  let done = 0;
  const startNext = async (): Promise<void> => {
    for (let server = waiting.shift(); server !== undefined; server = waiting.shift()) {
      report({ step: 'start', subject: server, done, total: placed.size });
      const failure = await ports.startOnce(server);
      if (failure !== undefined) failures.set(server, failure);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: startedTogether }, startNext));
  return failures;
}

function rotateAdvice(server: DraftServer): RunResult['rotate'] {
  return [...server.secrets].flatMap(([secret, [candidate]]) => {
    if (candidate === undefined || !isWorthMoving(candidate.detection)) return [];
    const { kind, rotateUrl } = candidate.detection;
    return [{ server: server.id, secret, kind, ...(rotateUrl === undefined ? {} : { rotateUrl }) }];
  });
}
