/**
 * What a door that stays open does when files or records have changed: one look, the news of it, what
 * the policies say, and now and then the end of old copies.
 */
import type { DriftPlan, DriftSelection } from '../../shared/models/drift.ts';
import type { AppEvent } from '../../shared/models/health.ts';
import type { Receipt } from '../../shared/models/protect.ts';
import type { Edits } from '../edits/edits.ts';
import { type ApplyPorts, applyItems } from './apply.ts';
import { coverName } from './cover-name.ts';
import type { Cell } from './look.ts';
import type { Looked } from './looked.ts';
import { isDrift, type PlacedPlan } from './plan.ts';
import { countCells } from './report.ts';
import { chooseBySelf, type Fights } from './settle.ts';

export interface NoticeParts {
  readonly ports: ApplyPorts & {
    readonly edits: Pick<Edits, 'newMoveId' | 'runMove' | 'prune'>;
    readonly announce: (event: AppEvent) => void;
  };
  readonly fights: Fights;
  readonly look: () => Promise<Looked>;
  readonly plan: (
    selection: DriftSelection,
  ) => Promise<{ readonly plan: PlacedPlan; readonly shown: DriftPlan }>;
}

/** Milliseconds from one look to the next while files keep changing; the first comes at once. */
const restTime = 500;
const pruneEvery = 60 * 60 * 1000;

/** One look at a time; what comes in meanwhile is one more look. */
export function createNoticed(inside: NoticeParts): () => Promise<void> {
  const told = { exposed: new Set<string>(), counts: '', prunedAt: Number.NEGATIVE_INFINITY };
  const { clock } = inside.ports;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    try {
      await lookAgain();
    } finally {
      // Here, not behind the promise: a call that comes in between would be forgotten.
      running = undefined;
    }
  };
  const lookAgain = async (): Promise<void> => {
    do {
      const rest = lookedAt + restTime - clock.monotonic();
      if (rest > 0) await clock.sleep(rest);
      lookedAt = clock.monotonic();
      // What was reported until now is in this look.
      again = false;
      const looked = await inside.look();
      tell(inside, looked, told);
      if (await settle(inside, looked)) again = true;
      await prune(inside, told);
    } while (again);
  };
  return () => {
    if (running !== undefined) {
      again = true;
      return running;
    }
    running = run();
    return running;
  };
}

interface Told {
  exposed: Set<string>;
  counts: string;
  prunedAt: number;
}

function tell({ ports }: NoticeParts, looked: Looked, told: Told): void {
  const exposed = looked.cells.filter(({ view }) => view.state === 'exposed-again');
  for (const { view } of exposed) {
    if (told.exposed.has(view.id)) continue;
    const { file, client, entryName, server } = coverName(view);
    const named = server === undefined ? {} : { server };
    ports.announce({ type: 'exposed-again', file, client, entryName, ...named });
  }
  told.exposed = new Set(exposed.map(({ view }) => view.id));
  const counts = countCells(looked.cells);
  const text = JSON.stringify([
    counts,
    looked.cells.filter(({ view }) => isDrift(view.state)).map(({ view }) => [view.id, view.state]),
  ]);
  if (text !== told.counts) ports.announce({ type: 'drift-changed', counts });
  told.counts = text;
}

/** True when something was written, so that another look is due. */
async function settle(inside: NoticeParts, looked: Looked): Promise<boolean> {
  wakeRested(inside, looked);
  const { repair, adopt } = chooseBySelf(looked);
  const repaired = await settleBy(inside, looked, 'repair', repair);
  const adopted = await settleBy(inside, looked, 'adopt', adopt);
  return repaired || adopted;
}

/** A pause is over when the client has ended, or nothing is left to repair in the file. */
function wakeRested({ fights }: NoticeParts, { cells }: Looked): void {
  for (const file of [...fights.pauses.keys()]) {
    const own = cells.filter(({ view }) => view.file === file);
    const drifted = own.some(
      ({ view, placement }) => placement !== undefined && isDrift(view.state),
    );
    const byClient = own.some(({ client }) => client.row.name === fights.pauses.get(file)?.by);
    const ended = byClient && own.every(({ client }) => !client.running);
    if (!drifted || ended) fights.forget(file);
  }
}

async function settleBy(
  inside: NoticeParts,
  looked: Looked,
  action: 'repair' | 'adopt',
  selection: DriftSelection,
): Promise<boolean> {
  const { ports, fights } = inside;
  const allowed = (selection.changes ?? []).filter((change) => {
    const cell = 'cell' in change && looked.cells.find(({ view }) => view.id === change.cell);
    return cell !== undefined && cell !== false && mayWrite(inside, cell);
  });
  if (allowed.length === 0) return false;
  const { plan, shown } = await inside.plan({ changes: allowed });
  const items = shown.items.filter(({ ticked, possible }) => ticked && possible);
  if (items.length === 0) return false;
  const choices = { items: items.map(({ id }) => id), consents: [] };
  const receipts = await applyItems(ports, plan, shown.items, choices, () => undefined);
  const now = ports.clock.monotonic();
  const tried = receipts.filter((receipt) => isDone(receipt) || wasOverwritten(receipt));
  for (const { file } of tried) fights.wrote(file, now);
  ports.announce({ type: 'drift-settled', action, receipts: [...receipts] });
  return tried.length > 0;
}

function isDone({ outcome }: Receipt): boolean {
  return outcome === 'done';
}

/** Lost to a program that writes faster than we do: a fight all the same. */
function wasOverwritten({ code }: Receipt): boolean {
  return code === 'file_changed';
}

function mayWrite({ ports, fights }: NoticeParts, { view, client }: Cell): boolean {
  const opponent = () => ({
    file: view.file,
    client: view.client,
    by: client.running ? client.row.name : (view.by ?? 'another program'),
    since: ports.clock.now(),
  });
  const wasPaused = fights.pauses.has(view.file);
  const may = fights.mayWrite(view.file, ports.clock.monotonic(), opponent);
  const pause = fights.pauses.get(view.file);
  if (!wasPaused && pause !== undefined) ports.announce({ type: 'drift-paused', pause });
  return may;
}

async function prune({ ports }: NoticeParts, told: Told): Promise<void> {
  const now = ports.clock.monotonic();
  if (now - told.prunedAt < pruneEvery) return;
  told.prunedAt = now;
  const { runs, retention } = await ports.records.read();
  const needed = runs
    .filter(({ undoneAt }) => undoneAt === undefined)
    .flatMap(({ moves }) => moves);
  await ports.edits.prune(needed, retention);
}
