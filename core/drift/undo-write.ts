/** Takes back one of our writes to a file: byte for byte, or by entry where others have written since. */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { WriteUndoPlan } from '../../shared/models/drift.ts';
import { Secret } from '../../shared/secret.ts';
import type { Entry } from '../clients/entry.ts';
import { type KnownFile, listKnownFiles, openKnownFile } from '../clients/known-files.ts';
import { planEntryPut, planEntryRemove } from '../clients/plan-entry.ts';
import { editDocument } from '../documents/edit-document.ts';
import { equalPlain } from '../documents/nodes.ts';
import { toPointer } from '../documents/pointer.ts';
import type { HistoryLine } from '../edits/model.ts';
import { hashBytes } from '../edits/seal.ts';
import { diffFile, readStoredMasks } from '../exposure/diff-file.ts';
import { readIfThere } from '../records/replace-own-file.ts';
import type { DriftPorts } from './drift.ts';
import { changeServer } from './placements.ts';
import { describePlacement } from './write-entry.ts';

export interface WriteUndo {
  /** Errors: `not_found` when there is no such write of ours. */
  plan(file: string, write?: string): Promise<WriteUndoPlan>;
  /** Errors: `conflict`, and those of writing. */
  apply(choices: {
    readonly file: string;
    readonly write: string;
    readonly basis: string;
  }): Promise<void>;
}

interface Back {
  readonly shown: WriteUndoPlan;
  readonly edit: (bytes: Uint8Array) => Uint8Array;
  readonly line: HistoryLine;
  readonly known: readonly KnownFile[];
  /** Where the links of the file led when it was written. */
  readonly path?: string;
}

interface Written {
  readonly line: HistoryLine;
  /** Whether a content is what the write left. */
  readonly isWritten: (bytes: Uint8Array) => boolean;
  /** What we wrote to the file after it. */
  readonly newer: readonly HistoryLine[];
}

export function createWriteUndo(ports: DriftPorts): WriteUndo {
  return {
    plan: async (file, write) => (await prepare(ports, file, write)).shown,
    apply: async ({ file, write, basis }) => {
      const back = await prepare(ports, file, write);
      if (back.shown.basis !== basis) {
        throw new AppError('conflict', `${file} has changed since this plan was made.`, {
          hint: 'Make the plan again and look at what is different. Nothing was changed.',
          details: { file },
        });
      }
      if (back.shown.way === 'refused') {
        throw new AppError('conflict', back.shown.note, {
          hint: 'Put a sealed copy back instead: `portcullis restore`.',
          details: { file },
        });
      }
      let seen = new Uint8Array();
      const edit = (bytes: Uint8Array) => {
        seen = Uint8Array.from(bytes);
        return back.edit(bytes);
      };
      const { files } = await ports.edits.runMove({
        id: ports.edits.newMoveId(),
        kind: 'restore',
        store: [],
        files: [
          {
            file,
            places: [],
            edit,
            create: true,
            ...(back.path === undefined ? {} : { path: back.path }),
          },
        ],
      });
      const error = files[0]?.error;
      if (error !== undefined) throw error;
      await followFile(ports, file, back, seen);
    },
  };
}

/** Writes that moved values are taken back by the run that moved them. */
const ownUndo: ReadonlySet<string> = new Set(['protect', 'undo', 'leave']);

async function prepare(ports: DriftPorts, file: string, write: string | undefined): Promise<Back> {
  const lines = (await ports.edits.history(file)).filter(({ what }) => what === 'changed');
  const line = write === undefined ? lines[0] : lines.find(({ move }) => move === write);
  if (line?.move === undefined) {
    throw new AppError('not_found', `There is no such write of ours to ${file}.`, {
      hint: 'See what there is: `portcullis history FILE`.',
      details: { file },
    });
  }
  const { projectFolders, servers } = await ports.records.read();
  const known = [...(await listKnownFiles(ports.clients, projectFolders)).values()].filter(
    ({ location }) => location.path === file,
  );
  const current = (await readIfThere(ports.files, file)) ?? new Uint8Array();
  const isWritten = await ports.edits.marks().matcher(line.after);
  const newer = lines.slice(0, lines.indexOf(line));
  const edit = await editBack(ports, { line, known, isWritten, newer });
  const outcome = tryBack(current, { line, isWritten, newer }, edit);
  const fingerprint = await ports.fingerprinter();
  const shown: WriteUndoPlan = {
    basis: fingerprint(new Secret(`${line.move} ${hashBytes(current)}`)),
    file,
    write: line.move,
    at: line.at,
    way: outcome.way,
    note: outcome.note,
    diff:
      outcome.after === undefined
        ? []
        : diffFile(file, current, outcome.after, await readStoredMasks(ports.secrets, servers)),
  };
  const path = (await ports.edits.listBackups(file)).find(({ id }) => id === line.backup)?.path;
  return { shown, edit, line, known, ...(path === undefined ? {} : { path }) };
}

async function editBack(
  ports: DriftPorts,
  { line, known, isWritten, newer }: Written & Pick<Back, 'known'>,
): Promise<Back['edit']> {
  if (ownUndo.has(line.reason)) {
    return refuse('This write moved secrets; `portcullis protect --undo` takes it back.');
  }
  if (line.backup === undefined) {
    return newer.length === 0
      ? (bytes) => removeOwn(ports, known, bytes)
      : refuse('This write made the file, and we wrote to it again since; undo that first.');
  }
  const { bytes: before } = await ports.edits.openBackup(line.backup);
  return (bytes) => {
    if (isWritten(bytes)) return before;
    if (line.pointers.length === 0) throw changedSince();
    if (newer.some(({ pointers }) => pointers.some((one) => line.pointers.includes(one)))) {
      throw new AppError(
        'conflict',
        'Portcullis wrote the same entry again since; take that newer write back first.',
      );
    }
    return line.pointers.reduce(
      (current, pointer) => putBack(ports, known, pointer, before, current),
      bytes,
    );
  };
}

function refuse(message: string): Back['edit'] {
  return () => {
    throw new AppError('conflict', message);
  };
}

function changedSince(): AppError {
  return new AppError('conflict', 'Another program changed the same place since.');
}

/** There was no file before: it stays, without what we put into it. */
function removeOwn(
  { launcher }: DriftPorts,
  [how]: readonly KnownFile[],
  bytes: Uint8Array,
): Uint8Array {
  if (how === undefined) throw changedSince();
  const own = openKnownFile(how, bytes, launcher).entries.filter(
    ({ managed }) => managed !== undefined,
  );
  return own.reduce((current, { name }) => {
    const { document, entries } = openKnownFile(how, current, launcher);
    const entry = entries.find((one) => one.name === name && one.managed !== undefined);
    if (entry === undefined) return current;
    return editDocument(document, planEntryRemove(how.row, document, entry.path));
  }, bytes);
}

/** Our entry at that place becomes what it was; somebody else's entry there stays. */
function putBack(
  { launcher }: DriftPorts,
  known: readonly KnownFile[],
  pointer: string,
  before: Uint8Array,
  bytes: Uint8Array,
): Uint8Array {
  const [how] = known;
  if (how === undefined) throw changedSince();
  const then = openKnownFile(how, before, launcher).entries;
  const { document, entries } = openKnownFile(how, bytes, launcher);
  const name = nameAt(pointer, then, entries);
  const isThere = (entry: Entry): boolean => entry.name === name;
  const old = then.find(isThere);
  const now = entries.find(isThere);
  if (now !== undefined && now.managed === undefined) throw changedSince();
  if (old === undefined) {
    return now === undefined
      ? bytes
      : editDocument(document, planEntryRemove(how.row, document, now.path));
  }
  const path = now === undefined ? {} : { path: now.path };
  const put = { name, value: old.raw, containers: how.location.containers, ...path };
  return editDocument(document, planEntryPut(how.row, document, put));
}

/**
 * The name of the entry that we wrote at a place. In a list the place is a number, which others' entries
 * move: what stood there before has its name from then, and what was new is the one of ours that was not
 * there then. Where that is not one, nobody knows which it was.
 */
function nameAt(pointer: string, then: readonly Entry[], now: readonly Entry[]): string {
  const known = then.find(({ path }) => toPointer(path) === pointer);
  if (known !== undefined) return known.name;
  const isList = [...then, ...now].some(({ path }) => typeof path.at(-1) === 'number');
  if (!isList) return pointer.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~') ?? '';
  const isNew = ({ name, managed }: Entry): boolean =>
    managed !== undefined && then.every((entry) => entry.name !== name);
  const [ours, ...more] = now.filter(isNew);
  if (ours === undefined || more.length > 0) throw changedSince();
  return ours.name;
}

const changedNote = 'Changed since: only our entries go back.';
const newerNote =
  'Portcullis has written to this file again since: only what this one write changed goes back.';

function tryBack(
  current: Uint8Array,
  { line, isWritten, newer }: Written,
  edit: Back['edit'],
): Pick<WriteUndoPlan, 'way' | 'note'> & { readonly after?: Uint8Array } {
  try {
    const after = edit(current);
    if (line.backup === undefined) {
      return { way: 'merge', note: 'The file was new: it stays, without our entries.', after };
    }
    return isWritten(current)
      ? { way: 'exact', note: 'Byte for byte as it was.', after }
      : { way: 'merge', note: newer.length === 0 ? changedNote : newerNote, after };
  } catch (thrown) {
    return { way: 'refused', note: toAppError(thrown).message };
  }
}

const changesWishes: ReadonlySet<string> = new Set(['place', 'remove']);

/** What switching on or off has recorded goes back with the file; a repair changed no wish. */
async function followFile(
  ports: DriftPorts,
  file: string,
  { line, known }: Back,
  seen: Uint8Array,
): Promise<void> {
  const [how] = known;
  if (!changesWishes.has(line.reason) || how === undefined) return;
  const bytes = (await readIfThere(ports.files, file)) ?? new Uint8Array();
  const { entries } = openKnownFile(how, bytes, ports.launcher);
  const touched = changedNames(openKnownFile(how, seen, ports.launcher).entries, entries);
  const at = ports.clock.now();
  await ports.records.change((before) => ({
    records: before.servers.reduce((records, { id }) => {
      const own = entries.filter(({ managed, name }) => managed === id && touched.has(name));
      return changeServer(records, id, (server) => {
        const kept = server.placements.filter(
          (one) =>
            one.file !== file ||
            !touched.has(one.entryName) ||
            own.some((entry) => entry.name === one.entryName),
        );
        const fresh = own
          .filter(({ name }) => !kept.some((one) => one.file === file && one.entryName === name))
          .map((entry) => describePlacement(how.row.id, file, entry, at));
        return { ...server, placements: [...kept, ...fresh] };
      });
    }, before),
    result: undefined,
  }));
}

/** Names whose entries came, went or became others. */
function changedNames(before: readonly Entry[], after: readonly Entry[]): ReadonlySet<string> {
  const isSame = (name: string): boolean => {
    const [old, now] = [before, after].map((all) => all.find((one) => one.name === name));
    return old !== undefined && now !== undefined && equalPlain(old.raw, now.raw);
  };
  return new Set([...before, ...after].map(({ name }) => name).filter((name) => !isSame(name)));
}
