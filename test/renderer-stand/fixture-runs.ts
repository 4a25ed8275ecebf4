/** Runs on the made-up machine: protect and undo step by step, with their plans and receipts. */
import { AppError } from '../../shared/errors.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import type {
  DiffLine,
  Progress,
  RunResult,
  RunStream,
  RunSummary,
} from '../../shared/models/protect.ts';
import {
  addRecord,
  dropRecord,
  listFindings,
  makePlan,
  minutesAgo,
  type Standing,
  type World,
} from './build-world.ts';
import type { Mood } from './scenes.ts';

export interface FixtureOptions {
  readonly world: World;
  readonly mood: Mood;
  readonly tell: (event: AppEvent) => void;
  readonly listen: (signal: AbortSignal | undefined) => AsyncGenerator<AppEvent>;
  /** Waits between the steps of a run, so that a page has time to draw them. */
  readonly pace: () => Promise<void>;
}

const steps = ['backup', 'store', 'record', 'write', 'verify'] as const;

export async function* protect(
  { world, tell, pace }: FixtureOptions,
  chosen: readonly Standing[],
): AsyncGenerator<RunStream> {
  let done = 0;
  const total = chosen.length * steps.length;
  for (const step of steps) {
    for (const standing of chosen) {
      await pace();
      done += 1;
      const progress: Progress = {
        type: 'progress',
        step,
        subject: step === 'store' ? standing.serverId : standing.client.file,
        done,
        total,
      };
      yield progress;
    }
  }
  const finished = chosen.filter(({ id }) => !world.failures.has(id));
  for (const standing of finished) {
    standing.isProtected = true;
    addRecord(world, standing, 0);
  }
  const run = makeRun(
    world,
    'protect',
    finished,
    finished.length < chosen.length ? 'partly' : 'done',
  );
  world.runStandings.set(
    run.id,
    finished.map(({ id }) => id),
  );
  tell({ type: 'run-changed', run: run.id });
  const result = resultOf(run, chosen, listFindings(world).length);
  yield {
    ...result,
    receipts: result.receipts.map((receipt) => ({
      ...receipt,
      ...world.failures.get(receipt.item),
    })),
    rotate: result.rotate.filter(({ server }) => finished.some((one) => one.serverId === server)),
  };
}

export async function* undo(
  { world, tell, pace }: FixtureOptions,
  id: string,
): AsyncGenerator<RunStream> {
  const ids = new Set(world.runStandings.get(id));
  const chosen = world.standings.filter((standing) => ids.has(standing.id));
  for (const [index, standing] of chosen.entries()) {
    await pace();
    yield {
      type: 'progress',
      step: 'write',
      subject: standing.client.file,
      done: index + 1,
      total: chosen.length,
    };
    standing.isProtected = false;
    dropRecord(world, standing);
  }
  world.runs = world.runs.map((run) => (run.id === id ? { ...run, state: 'undone' } : run));
  const run = findRun(world, id);
  tell({ type: 'run-changed', run: run.id });
  const result = resultOf(run, chosen, listFindings(world).length);
  yield {
    ...result,
    receipts: result.receipts.map((one) => ({ ...one, message: 'Byte for byte as it was.' })),
    rotate: [],
  };
}

export function makeRun(
  world: World,
  kind: RunSummary['kind'],
  chosen: readonly Standing[],
  state: RunSummary['state'] = 'done',
): RunSummary {
  const run: RunSummary = {
    id: `run-${world.runs.length + 1}`,
    kind,
    at: minutesAgo(0),
    state,
    servers: [...new Set(chosen.map(({ serverId }) => serverId))],
    files: [...new Set(chosen.map(({ client }) => client.file))],
  };
  world.runs = [run, ...world.runs];
  return run;
}

export function resultOf(
  run: RunSummary,
  chosen: readonly Standing[],
  remaining: number,
): RunResult {
  const seen = new Set<string>();
  return {
    type: 'result',
    run,
    receipts: chosen.map((standing) => ({
      item: standing.id,
      file: standing.client.file,
      pointer: `/${standing.client.key}/${standing.server.name}`,
      server: standing.serverId,
      outcome: 'done',
      message: `${standing.serverId} now starts through Portcullis.`,
    })),
    remaining,
    rotate: chosen
      .flatMap(({ serverId, server }) =>
        server.secrets.map(({ name, kind, rotateUrl }) => ({
          server: serverId,
          secret: name,
          kind,
          ...(rotateUrl === undefined ? {} : { rotateUrl }),
        })),
      )
      .filter(({ server, secret }) => {
        const key = `${server}\n${secret}`;
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      }),
  };
}

export function reverseFiles(world: World, standings: readonly Standing[]) {
  const mirrored: World = {
    ...world,
    standings: standings.map((standing) => ({ ...standing, isProtected: false })),
    suppressed: [],
  };
  return makePlan(
    mirrored,
    standings.map(({ id }) => id),
  ).files.map((file) => ({
    ...file,
    diff: mirror(file.diff),
  }));
}

/** The way back, in the order in which the core tells it: what goes stands before what comes. */
function mirror(lines: readonly DiffLine[]): readonly DiffLine[] {
  const back: DiffLine[] = [];
  let comes: DiffLine[] = [];
  for (const line of lines) {
    if (line.kind === 'removed') comes.push({ ...line, kind: 'added' });
    else if (line.kind === 'added') back.push({ ...line, kind: 'removed' });
    else {
      back.push(...comes, line);
      comes = [];
    }
  }
  return [...back, ...comes];
}

function findRun(world: World, id: string | undefined): RunSummary {
  const run = world.runs.find((one) => one.id === id) ?? world.runs[0];
  if (run === undefined) throw new AppError('not_found', 'There is no run to undo.');
  return run;
}

export function planUndo(world: World, id: string | undefined) {
  const run = findRun(world, id);
  const ids = new Set(world.runStandings.get(run.id));
  const standings = world.standings.filter((standing) => ids.has(standing.id));
  return {
    basis: `undo-${run.id}`,
    run,
    files: reverseFiles(world, standings).map(({ file, diff }, index) => ({
      file,
      way: index === 1 ? ('merge' as const) : ('exact' as const),
      note: '',
      diff,
    })),
    servers: run.servers,
  };
}
