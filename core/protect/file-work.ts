/** What the chosen items of a plan do, file by file: the unit in which files are written and undone. */
import type { ServerId } from '../../shared/models/server.ts';
import { toPointer } from '../documents/pointer.ts';
import type { MovePlace } from '../edits/model.ts';
import type { Paths } from '../edits/target.ts';
import type { Copy } from './copies.ts';
import type { Draft, DraftEntry } from './draft.ts';
import {
  type EntryChange,
  protectAgain,
  protectEntries,
  removeVariables,
  scrubComments,
  scrubText,
} from './edit-file.ts';
import type { Source } from './source.ts';

export interface FileWork {
  readonly file: string;
  /** Where its links lead. */
  readonly path?: string;
  readonly client?: string;
  /** As the plan saw it. */
  readonly bytes: Uint8Array;
  /** Work without places only takes copies away, and comes after everything is safely stored. */
  readonly places: readonly MovePlace[];
  readonly edit: (bytes: Uint8Array) => Uint8Array;
  /** Once more, where a client wrote its old text back: changes nothing when no old entry stands. */
  readonly redo?: (bytes: Uint8Array) => Uint8Array;
  readonly lockDirectory?: string;
  /** Plan items that this work fulfils. */
  readonly items: readonly string[];
}

/** The work of the items whose ids are chosen, entries of left-out servers excepted. */
export function planWork(
  { draft, copies, paths }: { draft: Draft; copies: readonly Copy[]; paths: Paths },
  chosen: ReadonlySet<string>,
  launcher: string,
): readonly FileWork[] {
  const entries = draft.entries.filter(
    (entry) => chosen.has(entry.id) && entry.lifted !== undefined && entry.server !== undefined,
  );
  const sources = [...new Set(draft.entries.map(({ source }) => source))];
  // Only what moves into the keychain in this very run may disappear elsewhere.
  const moving = new Set(entries.map(({ server }) => server));
  const picked = copies
    .filter((copy) => chosen.has(copy.id))
    .map((copy) => ({ ...copy, values: copy.values.filter(({ server }) => moving.has(server)) }))
    .filter(({ values }) => values.length > 0);
  const work = [
    ...sources.flatMap((source) => clientFileWork(source, entries, picked, launcher)),
    ...entries.flatMap((entry) => envFileWork(entry, chosen)),
    ...picked.flatMap((copy) => copyWork(copy, sources)),
  ];
  return work.map((one) => {
    const path = paths.of(one.file);
    return path === undefined ? one : { ...one, path };
  });
}

function clientFileWork(
  source: Source,
  entries: readonly DraftEntry[],
  copies: readonly Copy[],
  launcher: string,
): readonly FileWork[] {
  const own = entries.filter((entry) => entry.source === source);
  const comments = copies.filter(
    ({ target }) => target.kind === 'comment' && target.file === source.file,
  );
  if (own.length === 0 && comments.length === 0) return [];
  const file = { file: source.file, format: source.document.format };
  const changes = own.flatMap(toChange);
  const values = comments.flatMap((copy) => copy.values.map(({ value }) => value));
  const scrub = (bytes: Uint8Array): Uint8Array =>
    values.length === 0 ? bytes : scrubComments(bytes, file, values);
  const lock = source.row.lock;
  return [
    {
      file: source.file,
      client: source.row.id,
      bytes: source.bytes,
      places: own.flatMap(({ entry, server }) =>
        server === undefined ? [] : [{ server, pointer: toPointer(entry.path) }],
      ),
      edit: (bytes) => scrub(protectEntries(bytes, file, changes, launcher)),
      redo: (bytes) => scrub(protectAgain(bytes, file, changes, launcher)),
      ...(lock === undefined ? {} : { lockDirectory: `${source.file}${lock.suffix}` }),
      items: [...own.map(({ id }) => id), ...comments.map(({ id }) => id)],
    },
  ];
}

function toChange({ source, entry, server, lifted }: DraftEntry): readonly EntryChange[] {
  if (server === undefined || lifted === undefined) return [];
  return [{ row: source.row, entry, server, keptEnv: lifted.keptEnv }];
}

function envFileWork(entry: DraftEntry, chosen: ReadonlySet<string>): readonly FileWork[] {
  const { envFile, server } = entry;
  const id = `${entry.id}-env`;
  if (envFile === undefined || server === undefined || !chosen.has(id)) return [];
  const names = movedVariables(entry);
  if (names.length === 0) return [];
  return [
    {
      file: envFile.file,
      bytes: envFile.bytes,
      places: names.map((name) => ({
        server: server satisfies ServerId,
        pointer: toPointer([name]),
      })),
      edit: (bytes) => removeVariables(bytes, envFile.file, names),
      items: [id],
    },
  ];
}

/** Names of the variables of its env file that went into the keychain. */
function movedVariables({ envFile, lifted }: DraftEntry): readonly string[] {
  const moved = new Set(lifted?.secrets.map(({ detection }) => detection));
  return (envFile?.detections ?? [])
    .filter((found) => moved.has(found))
    .flatMap((found) => envFile?.variables.filter(({ name }) => `/${name}` === found.pointer) ?? [])
    .map(({ name }) => name);
}

function copyWork(copy: Copy, sources: readonly Source[]): readonly FileWork[] {
  const { target } = copy;
  const values = copy.values.map(({ value }) => value);
  const source = sources.find(({ file }) => file === target.file);
  if (target.kind === 'comment' && source !== undefined) return [];
  return [
    {
      file: target.file,
      bytes: target.bytes,
      places: [],
      edit: (bytes) => scrubText(bytes, target.file, values),
      items: [copy.id],
    },
  ];
}
