/** The first half of a move: everything up to the line PREPARED. Nothing but sealed copies is written. */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Backups } from './backup.ts';
import type { JournalEntry } from './journal.ts';
import type { FileResult, Move, MoveFile, StoredItem } from './model.ts';
import type { MovePorts } from './move.ts';
import type { Target } from './target.ts';
import { isHardLinked, markChange, tryEdit } from './write-file.ts';

type PreparedLine = Extract<JournalEntry, { state: 'PREPARED' }>;
type PreparedItem = PreparedLine['items'][number];

/** A file on its way: looked at, then backed up. Failed and unchanged ones carry their result. */
export interface FileOnItsWay {
  readonly file: MoveFile;
  readonly seen?: Target;
  readonly backup?: string;
  /** What the edit gives. */
  readonly after?: Uint8Array;
  readonly result?: FileResult;
}

/** The ids of servers whose items this move cannot give. */
export type ItemErrors = ReadonlyMap<ServerId, AppError>;

export interface ItemPlans {
  readonly prepared: readonly PreparedItem[];
  readonly results: ItemErrors;
}

export async function lookAt(ports: MovePorts, file: MoveFile): Promise<FileOnItsWay> {
  try {
    const { seen, bytes } = await tryEdit(ports, file);
    if (bytes !== undefined) return { file, seen, after: bytes };
    return { file, seen, result: { file: file.file, outcome: 'unchanged' } };
  } catch (thrown) {
    return { file, result: failed(file, thrown) };
  }
}

/** Which names are new in which item. A locked keychain shows here, before anything is written. */
export async function planItems(
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

/** False when no file that would refer to the server is left, though the move began with some. */
export function isNeeded(
  server: ServerId,
  left: readonly FileOnItsWay[],
  all: readonly FileOnItsWay[] = left,
): boolean {
  const uses = ({ file }: FileOnItsWay) => file.places.some((place) => place.server === server);
  if (!all.some(uses)) return true;
  return left.some((one) => uses(one) && one.result?.outcome !== 'failed');
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

export async function backUpFile(
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

export async function sealCopy(
  backups: Backups,
  move: Move,
  seen: Target,
): Promise<string | undefined> {
  if (seen.content === undefined) return undefined;
  const { id } = await backups.seal({
    file: seen.file,
    path: seen.path,
    bytes: seen.content.bytes,
    mode: seen.content.facts.mode,
    links: seen.content.facts.links,
    reason: move.kind,
    move: move.id,
  });
  return id;
}

export async function prepareLine(
  ports: MovePorts,
  move: Move,
  ready: readonly FileOnItsWay[],
  plans: ItemPlans,
): Promise<PreparedLine> {
  const files: PreparedLine['files'] = [];
  for (const { file, seen, backup, after, result } of ready) {
    if (result !== undefined || seen === undefined) continue;
    files.push({
      file: file.file,
      path: seen.path,
      places: file.places.map(({ server, pointer }) => ({ server, pointer })),
      ...(await markChange(ports.marks, seen, after)),
      ...(backup === undefined ? {} : { backup }),
      ...(isHardLinked(seen) ? { inPlace: true } : {}),
    });
  }
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

export function failed(file: MoveFile, thrown: unknown): FileResult {
  return { file: file.file, outcome: 'failed', error: toAppError(thrown) };
}

export function firstError(file: MoveFile, errors: ItemErrors): AppError | undefined {
  for (const { server } of file.places) {
    const error = errors.get(server);
    if (error !== undefined) return error;
  }
  return undefined;
}
