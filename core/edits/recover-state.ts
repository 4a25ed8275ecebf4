/** Where one file of an interrupted move stands, told by what is in it now. */
import { readIfThere } from '../records/replace-own-file.ts';
import type { JournalMove } from './journal.ts';
import type { MoveKind, PlaceState } from './model.ts';
import type { MovePorts } from './move.ts';
import type { Recovery } from './recovery.ts';

/** Whether values go into the keychain or come out of it; undefined when the content decides. */
export const directions = {
  protect: 'in',
  place: 'in',
  repair: 'in',
  undo: 'out',
  leave: 'out',
  scrub: undefined,
  remove: undefined,
  restore: undefined,
} as const satisfies Record<MoveKind, 'in' | 'out' | undefined>;

export type FileState = 'before' | 'after' | 'mixed' | 'orphan' | 'needs-restore';

export async function fileState(
  ports: MovePorts,
  recovery: Recovery,
  move: JournalMove,
  file: string,
): Promise<FileState> {
  const direction = directions[move.prepared.kind];
  const states = await placeStates(recovery, move, file);
  if (direction === undefined || states.length === 0) return contentState(ports, move, file);
  const prepared = move.prepared.files.find((one) => one.file === file);
  if (states.includes('file-missing')) {
    return prepared?.before === undefined ? 'before' : 'needs-restore';
  }
  if (states.includes('file-unparsable')) return 'needs-restore';
  return direction === 'in' ? stateInward(move.prepared.kind, states) : stateOutward(states);
}

/** The move was to end with references. One reference is enough to keep what it refers to. */
function stateInward(kind: MoveKind, states: readonly PlaceState[]): FileState {
  if (states.includes('reference')) return states.includes('value') ? 'mixed' : 'after';
  // A value that was in the file and is not any more may now be in the keychain alone.
  const neitherIsBefore = kind !== 'protect';
  const before = states.every((state) => state === 'value' || neitherIsBefore);
  return before ? 'before' : 'orphan';
}

/** The move was to end with values. One reference left means that the items are still needed. */
function stateOutward(states: readonly PlaceState[]): FileState {
  if (states.includes('reference')) return 'before';
  return states.includes('value') ? 'after' : 'orphan';
}

export async function placeStates(
  recovery: Recovery,
  move: JournalMove,
  file: string,
): Promise<readonly PlaceState[]> {
  const places = move.prepared.files.find((one) => one.file === file)?.places ?? [];
  const states: PlaceState[] = [];
  for (const { pointer, server } of places) {
    states.push(await recovery.placeState(file, pointer, server));
  }
  return states;
}

/** For moves that no entry tells of: the content is as before, or it is not. */
async function contentState(
  { files, marks }: MovePorts,
  move: JournalMove,
  file: string,
): Promise<FileState> {
  const prepared = move.prepared.files.find((one) => one.file === file);
  const bytes = await readIfThere(files, file);
  if (bytes === undefined) return prepared?.before === undefined ? 'before' : 'needs-restore';
  const isBefore = await marks.matcher(prepared?.before);
  if (isBefore(bytes)) return 'before';
  const torn = prepared?.inPlace === true && !move.rewritten.has(file);
  return torn ? 'needs-restore' : 'after';
}
