/**
 * A move: values out of files into the keychain (or back), over any number of files and servers, so
 * that at every instant each value is in the keychain or in its file and a crash at any point can be
 * told apart afterwards (security facts §6, with one keychain item per server as DESIGN says).
 *
 * Order: look and edit in memory → sealed backup of each file → PREPARED → items, each read back on a
 * fresh connection → STORED each → records → RECORDED → each file whose items are all stored →
 * REWRITTEN each. One failing file or item hides none of the others.
 */
import { randomBytes } from 'node:crypto';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { Clock } from '../ports.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Backups } from './backup.ts';
import type { Journal } from './journal.ts';
import type { FileResult, ItemResult, Move, MoveResult } from './model.ts';
import {
  backUpFile,
  type FileOnItsWay,
  failed,
  firstError,
  type ItemErrors,
  type ItemPlans,
  isNeeded,
  lookAt,
  planItems,
  prepareLine,
  sealCopy,
} from './plan-move.ts';
import { removeTemporaries } from './temporary.ts';
import { type WriteOutcome, type WritePorts, writeFile } from './write-file.ts';

export interface MovePorts extends WritePorts {
  readonly secrets: Secrets;
  readonly backups: Backups;
  readonly journal: Journal;
  readonly who: string;
  /** Marks this running program in the journal. */
  readonly process: string;
}

/** A new id: sortable by time, usable in file names. */
export function newMoveId(clock: Clock): string {
  return `${clock.now().replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}

const moveId = /^[A-Za-z0-9-]{8,64}$/;

/**
 * Runs a move; the caller holds the lock of all edits. Resolves with a result per file and item
 * whatever failed among them; throws only when nothing was changed.
 * Errors: `bad_input` for an id that is no id, `disk_full` and `file_*` when the journal cannot be
 * written.
 */
export async function runMove(ports: MovePorts, move: Move): Promise<MoveResult> {
  requireValid(move);
  const looked = await mapInOrder(move.files, (file) => lookAt(ports, file));
  const plans = await planItems(ports, move, looked);
  const ready = await mapInOrder(looked, (file) => backUpFile(ports, move, file, plans.results));
  const prepared = await prepareLine(ports, move, ready, plans);
  if (prepared.files.length === 0 && prepared.items.length === 0) {
    return finishUnchanged(move, ready, plans);
  }
  await ports.journal.append(prepared);

  const items = await storeItems(ports, move, plans, ready);
  const error = await commitRecords(ports, move, items, ready);
  const files = await mapInOrder(ready, (file) => rewrite(ports, move, file, items, error));
  const result = { id: move.id, files, items, ...(error === undefined ? {} : { error }) };
  return closeMove(ports, move, prepared, result);
}

function requireValid(move: Move): void {
  const files = move.files.map(({ file }) => file);
  const servers = move.store.map(({ server }) => server);
  const twice = new Set(files).size < files.length || new Set(servers).size < servers.length;
  if (!twice && moveId.test(move.id)) return;
  throw new AppError(
    'bad_input',
    'This change names a file or a server twice, or has no valid id.',
    {
      hint: 'Make the plan again.',
    },
  );
}

async function storeItems(
  { secrets, journal }: MovePorts,
  move: Move,
  plans: ItemPlans,
  ready: readonly FileOnItsWay[],
): Promise<readonly ItemResult[]> {
  return mapInOrder(move.store, async ({ server, values }): Promise<ItemResult> => {
    const blocked = plans.results.get(server);
    if (blocked !== undefined) return notStored(move, server, blocked);
    if (!isNeeded(server, ready)) return { server, outcome: 'skipped' };
    try {
      await secrets.put(server, values);
      await journal.append({ state: 'STORED', move: move.id, server });
      move.onProgress?.({ step: 'stored', server });
      return { server, outcome: 'stored' };
    } catch (thrown) {
      return notStored(move, server, toAppError(thrown));
    }
  });
}

function notStored(move: Move, server: ServerId, error: AppError): ItemResult {
  move.onProgress?.({ step: 'not-stored', server });
  return { server, outcome: 'failed', error };
}

/** The error that keeps every file from being touched, if there is one. */
async function commitRecords(
  { journal }: MovePorts,
  move: Move,
  items: readonly ItemResult[],
  ready: readonly FileOnItsWay[],
): Promise<AppError | undefined> {
  if (move.commitRecords === undefined) return undefined;
  const errors = errorsOf(items);
  const going = ready.filter(
    ({ file, result }) => result?.outcome !== 'failed' && firstError(file, errors) === undefined,
  );
  const stored = items.flatMap(({ server, outcome }) =>
    outcome === 'stored' && isNeeded(server, going, ready) ? [server] : [],
  );
  if (stored.length === 0 && items.length > 0) return undefined;
  try {
    await move.commitRecords(
      stored,
      going.map(({ file }) => file.file),
    );
    await journal.append({ state: 'RECORDED', move: move.id });
    move.onProgress?.({ step: 'recorded' });
    return undefined;
  } catch (thrown) {
    return toAppError(thrown);
  }
}

async function rewrite(
  ports: MovePorts,
  move: Move,
  ready: FileOnItsWay,
  items: readonly ItemResult[],
  error: AppError | undefined,
): Promise<FileResult> {
  const { file, result, seen } = ready;
  if (result !== undefined) return announce(move, result);
  const blocked = error ?? firstError(file, errorsOf(items));
  if (blocked !== undefined) return announce(move, failed(file, blocked));
  try {
    const { seen: now, ...written } = await rewriteFile(ports, move, ready);
    if (written.outcome === 'rewritten') await appendRewritten(ports.journal, move.id, written);
    const replaced = now.content?.hash;
    const merged = file.expect !== undefined && file.expect !== replaced;
    return announce(move, {
      ...written,
      ...(merged || seen?.content?.hash !== replaced ? { merged: true } : {}),
    });
  } catch (thrown) {
    return announce(move, failed(file, thrown));
  }
}

async function rewriteFile(
  ports: MovePorts,
  move: Move,
  { file, seen: first, backup }: FileOnItsWay,
): Promise<FileResult & WriteOutcome> {
  let known = { hash: first?.content?.hash, backup };
  const written = await writeFile(ports, {
    file,
    move: move.id,
    backUp: async (seen) => {
      const hash = seen.content?.hash;
      if (hash !== known.hash) known = { hash, backup: await sealCopy(ports.backups, move, seen) };
      return known.backup;
    },
  });
  return { file: file.file, ...written };
}

/** Writes the line that says a file is rewritten. */
export async function appendRewritten(
  journal: Journal,
  move: string,
  { file, before, after, backup }: FileResult,
): Promise<void> {
  await journal.append({
    state: 'REWRITTEN',
    move,
    file,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(backup === undefined ? {} : { backup }),
  });
}

/**
 * Moves that stored items stay open until a later program has read them (their backups are kept so
 * long); so do those with a failure, until `recover` has looked at the live files. All else is closed.
 */
async function closeMove(
  ports: MovePorts,
  move: Move,
  prepared: Awaited<ReturnType<typeof prepareLine>>,
  result: Omit<MoveResult, 'pending'>,
): Promise<MoveResult> {
  const clean =
    result.error === undefined &&
    result.files.every(({ outcome }) => outcome !== 'failed') &&
    result.items.every(({ outcome }) => outcome === 'stored');
  try {
    if (clean) await move.finish?.();
    if (prepared.items.length > 0) return { ...result, pending: !clean };
    // A temporary file that could not be removed may hold values: `recover` has to come back for it.
    if (!clean && !(await removeTemporaries(ports.files, move.id, prepared.files)))
      return { ...result, pending: true };
    const any = result.files.some(({ outcome }) => outcome === 'rewritten');
    const state = any ? 'DONE' : 'ABORTED';
    await ports.journal.append({ state, move: move.id, process: ports.process });
    return { ...result, pending: false };
  } catch (thrown) {
    return { ...result, error: toAppError(thrown), pending: true };
  }
}

/** Nothing to write and nothing to store, so there is nothing to journal either. */
async function finishUnchanged(
  move: Move,
  ready: readonly FileOnItsWay[],
  plans: ItemPlans,
): Promise<MoveResult> {
  const files = ready.flatMap(({ result }) =>
    result === undefined ? [] : [announce(move, result)],
  );
  const items = move.store.map(({ server }): ItemResult => {
    const error = plans.results.get(server);
    return error === undefined ? { server, outcome: 'skipped' } : notStored(move, server, error);
  });
  const clean = files.every(({ outcome }) => outcome === 'unchanged') && plans.results.size === 0;
  const result: MoveResult = { id: move.id, files, items, pending: false };
  if (!clean) return result;
  try {
    const unchanged = files.map(({ file }) => file);
    await move.commitRecords?.([], unchanged);
    await move.finish?.();
    return result;
  } catch (thrown) {
    return { ...result, error: toAppError(thrown) };
  }
}

function announce(move: Move, result: FileResult): FileResult {
  if (result.outcome !== 'unchanged')
    move.onProgress?.({ step: result.outcome, file: result.file });
  return result;
}

function errorsOf(items: readonly ItemResult[]): ItemErrors {
  return new Map(
    items.flatMap(({ server, error }) => (error === undefined ? [] : [[server, error] as const])),
  );
}

async function mapInOrder<In, Out>(
  list: readonly In[],
  work: (one: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (const one of list) results.push(await work(one));
  return results;
}
