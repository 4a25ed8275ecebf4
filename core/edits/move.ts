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
import type { Secret } from '../../shared/secret.ts';
import type { Clock } from '../ports.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Backups } from './backup.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { FileResult, ItemResult, Move, MoveFile, MoveResult, StoredItem } from './model.ts';
import type { Target } from './target.ts';
import { isHardLinked, tryEdit, type WritePorts, writeFile } from './write-file.ts';

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

type PreparedItem = Extract<JournalEntry, { state: 'PREPARED' }>['items'][number];

/** A file on its way: looked at, then backed up. Failed and unchanged ones carry their result. */
interface FileOnItsWay {
  readonly file: MoveFile;
  readonly seen?: Target;
  readonly backup?: string;
  readonly result?: FileResult;
}

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
  const prepared = prepareLine(ports, move, ready, plans);
  if (prepared.files.length === 0 && prepared.items.length === 0) {
    return finishUnchanged(move, ready, plans);
  }
  await ports.journal.append(prepared);

  const items = await storeItems(ports, move, plans, ready);
  const error = await commitRecords(ports, move, items);
  const files = await mapInOrder(ready, (file) => rewrite(ports, move, file, items, error));
  const result = { id: move.id, files, items, ...(error === undefined ? {} : { error }) };
  return closeMove(ports, move, prepared, result);
}

/** The ids of servers whose items this move cannot give. */
type ItemErrors = ReadonlyMap<ServerId, AppError>;

interface ItemPlans {
  readonly prepared: readonly PreparedItem[];
  readonly results: ItemErrors;
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

async function lookAt(ports: MovePorts, file: MoveFile): Promise<FileOnItsWay> {
  try {
    const { seen, bytes } = await tryEdit(ports, file);
    if (bytes !== undefined) return { file, seen };
    const hash = seen.content?.hash;
    const hashes = hash === undefined ? {} : { before: hash, after: hash };
    return { file, seen, result: { file: file.file, outcome: 'unchanged', ...hashes } };
  } catch (thrown) {
    return { file, result: failed(file, thrown) };
  }
}

/** Which names are new in which item. A locked keychain shows here, before anything is written. */
async function planItems(
  { secrets }: MovePorts,
  move: Move,
  looked: readonly FileOnItsWay[],
): Promise<ItemPlans> {
  const prepared: PreparedItem[] = [];
  const results = new Map<ServerId, AppError>();
  for (const item of move.store) {
    if (!isNeeded(item.server, looked)) continue;
    try {
      const present = await secrets.read(item.server);
      const names = [...item.values.keys()];
      for (const name of names) requireReplaceable(item, name, present?.get(name));
      const added = names.filter((name) => present?.has(name) !== true);
      prepared.push({ server: item.server, names, added });
    } catch (thrown) {
      results.set(item.server, toAppError(thrown));
    }
  }
  return { prepared, results };
}

/** False when every file that would refer to the server has failed already. */
function isNeeded(server: ServerId, files: readonly FileOnItsWay[]): boolean {
  const theirs = files.filter(({ file }) => file.places.some((place) => place.server === server));
  return theirs.length === 0 || theirs.some(({ result }) => result?.outcome !== 'failed');
}

function requireReplaceable(item: StoredItem, name: string, present: Secret | undefined): void {
  const value = item.values.get(name);
  if (present === undefined || value === undefined || present.equals(value)) return;
  if (item.replace?.includes(name) === true) return;
  throw new AppError('conflict', `"${item.server}" already has another secret named ${name}.`, {
    hint: 'Store it under another name, or say that the present value is to be replaced.',
    details: { server: item.server, name },
  });
}

async function backUpFile(
  { backups }: MovePorts,
  move: Move,
  looked: FileOnItsWay,
  itemErrors: ItemErrors,
): Promise<FileOnItsWay> {
  const { file, seen, result } = looked;
  if (result !== undefined || seen === undefined) return looked;
  const blocked = firstError(file, itemErrors);
  if (blocked !== undefined) return { file, seen, result: failed(file, blocked) };
  try {
    const backup = await sealCopy(backups, move, seen);
    if (backup === undefined) return looked;
    move.onProgress?.({ step: 'backed-up', file: file.file });
    return { ...looked, backup };
  } catch (thrown) {
    return { file, seen, result: failed(file, thrown) };
  }
}

async function sealCopy(backups: Backups, move: Move, seen: Target): Promise<string | undefined> {
  if (seen.content === undefined) return undefined;
  const { id } = await backups.seal({
    file: seen.file,
    bytes: seen.content.bytes,
    mode: seen.content.facts.mode,
    reason: move.kind,
    move: move.id,
  });
  return id;
}

function prepareLine(
  ports: MovePorts,
  move: Move,
  ready: readonly FileOnItsWay[],
  plans: ItemPlans,
): Extract<JournalEntry, { state: 'PREPARED' }> {
  const files = ready.flatMap(({ file, seen, backup, result }) =>
    result !== undefined || seen === undefined
      ? []
      : [
          {
            file: file.file,
            path: seen.path,
            places: file.places.map(({ server, pointer }) => ({ server, pointer })),
            ...(seen.content === undefined ? {} : { before: seen.content.hash }),
            ...(backup === undefined ? {} : { backup }),
            ...(isHardLinked(seen) ? { inPlace: true } : {}),
          },
        ],
  );
  return {
    state: 'PREPARED',
    move: move.id,
    kind: move.kind,
    who: ports.who,
    process: ports.process,
    records: move.commitRecords !== undefined,
    // A backup may have failed meanwhile, and with it the last file that needed an item.
    items: plans.prepared.filter(({ server }) => isNeeded(server, ready)),
    files,
  };
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
): Promise<AppError | undefined> {
  if (move.commitRecords === undefined) return undefined;
  const stored = items.filter(({ outcome }) => outcome === 'stored').map(({ server }) => server);
  if (stored.length === 0 && items.length > 0) return undefined;
  try {
    await move.commitRecords(stored);
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
    const written = await rewriteFile(ports, move, ready);
    if (written.outcome === 'rewritten') await appendRewritten(ports.journal, move.id, written);
    const merged = file.expect !== undefined && file.expect !== written.before;
    const first = seen?.content?.hash;
    return announce(move, {
      ...written,
      ...(merged || first !== written.before ? { merged: true } : {}),
    });
  } catch (thrown) {
    return announce(move, failed(file, thrown));
  }
}

async function rewriteFile(
  ports: MovePorts,
  move: Move,
  { file, seen: first, backup }: FileOnItsWay,
): Promise<FileResult> {
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
  { journal, process }: MovePorts,
  move: Move,
  prepared: { readonly items: readonly unknown[] },
  result: Omit<MoveResult, 'pending'>,
): Promise<MoveResult> {
  const clean =
    result.error === undefined &&
    result.files.every(({ outcome }) => outcome !== 'failed') &&
    result.items.every(({ outcome }) => outcome === 'stored');
  try {
    if (clean) await move.finish?.();
    if (prepared.items.length > 0) return { ...result, pending: !clean };
    const any = result.files.some(({ outcome }) => outcome === 'rewritten');
    await journal.append({ state: any ? 'DONE' : 'ABORTED', move: move.id, process });
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
    await move.commitRecords?.([]);
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

function failed(file: MoveFile, thrown: unknown): FileResult {
  return { file: file.file, outcome: 'failed', error: toAppError(thrown) };
}

function errorsOf(items: readonly ItemResult[]): ItemErrors {
  return new Map(
    items.flatMap(({ server, error }) => (error === undefined ? [] : [[server, error] as const])),
  );
}

function firstError(file: MoveFile, errors: ItemErrors): AppError | undefined {
  for (const { server } of file.places) {
    const error = errors.get(server);
    if (error !== undefined) return error;
  }
  return undefined;
}

async function mapInOrder<In, Out>(
  list: readonly In[],
  work: (one: In) => Promise<Out>,
): Promise<readonly Out[]> {
  const results: Out[] = [];
  for (const one of list) results.push(await work(one));
  return results;
}
