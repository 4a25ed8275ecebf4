/**
 * Undo of a whole protect run: every file back to its bytes, or, where it was changed since, its
 * entries back to what they were; then, and only then, the run's records and items are removed.
 */
import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { Receipt, RunResult, RunStream, UndoPlan } from '../../shared/models/protect.ts';
import type { ServerId } from '../../shared/models/server.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import { Secret } from '../../shared/secret.ts';
import {
  findPlaced,
  type KnownFile,
  type KnownFiles,
  knownFileKey,
  listKnownFiles,
  openKnownFile,
} from '../clients/known-files.ts';
import { planEntryPut } from '../clients/plan-entry.ts';
import { editDocument } from '../documents/edit-document.ts';
import { equalPlain, plainAt } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { fromPointer } from '../documents/pointer.ts';
import type { Backup, FileResult, MoveFile } from '../edits/model.ts';
import { type Report, streamRun } from '../edits/stream.ts';
import { readTarget, requirePath } from '../edits/target.ts';
import type { Mask } from '../edits/values.ts';
import { diffFile, readStoredMasks } from '../exposure/diff-file.ts';
import type { Records, Run } from '../records/schema.ts';
import { placeKey } from './commit.ts';
import type { ProtectPorts } from './protect.ts';
import { summariseRun, writtenFiles } from './runs.ts';
import { isUnsettled } from './settle-runs.ts';

export interface Undo {
  /** Of the given run, or of the newest that can be undone. Errors: `not_found`, `conflict`. */
  plan(run?: string): Promise<UndoPlan>;
  apply(choices: { readonly basis: string; readonly run: string }): AsyncGenerator<RunStream>;
}

/** One file of the run with what is needed to put it back. */
interface FileBack {
  readonly file: string;
  readonly way: UndoPlan['files'][number]['way'];
  readonly note: string;
  readonly current: Uint8Array;
  /** Where its links led when the run wrote it. */
  readonly path?: string;
  readonly edit: (bytes: Uint8Array) => Uint8Array;
}

export function createUndo(ports: ProtectPorts): Undo {
  return {
    plan: async (id) => {
      const run = findRun(await ports.records.read(), id);
      return presentUndo(ports, run, await planFiles(ports, run));
    },
    apply: ({ basis, run }) => streamRun((report) => applyUndo(ports, basis, run, report)),
  };
}

function findRun(records: Records, id: string | undefined): Run {
  const open = records.runs.filter((run) => run.kind === 'protect' && run.undoneAt === undefined);
  const changed = open.filter((one) => one.files.length > 0 || isUnsettled(one));
  const run = id === undefined ? changed.at(-1) : records.runs.find((one) => one.id === id);
  if (run === undefined) {
    throw new AppError('not_found', 'There is no protect run to undo.', {
      hint: 'To write the original commands back at any time, use `portcullis leave`.',
    });
  }
  if (run.undoneAt !== undefined) {
    throw new AppError('conflict', 'This run has been undone already.', {
      hint: 'Nothing is left to do.',
    });
  }
  if (isUnsettled(run)) {
    throw new AppError('conflict', 'This run was interrupted and is not settled yet.', {
      hint: 'Unlock the keychain and try again; `portcullis doctor` says what is missing.',
    });
  }
  return run;
}

async function planFiles(ports: ProtectPorts, run: Run): Promise<readonly FileBack[]> {
  const records = await ports.records.read();
  const known = await listKnownFiles(ports.clients, records.projectFolders);
  return Promise.all(run.files.map((file) => planFile(ports, run, file, known)));
}

async function planFile(
  ports: ProtectPorts,
  run: Run,
  { file, after }: Run['files'][number],
  known: KnownFiles,
): Promise<FileBack> {
  const nothing = { file, current: new Uint8Array(), edit: (bytes: Uint8Array) => bytes };
  const backup = await findBackup(ports, run, file);
  if (backup === undefined) {
    return { ...nothing, way: 'refused', note: 'Its sealed backup is gone.' };
  }
  if ((await ports.files.stat(file)) === undefined) {
    return { ...nothing, way: 'gone', note: 'The file was deleted since; it stays deleted.' };
  }
  const seen = await readTarget(ports.files, file);
  const current = seen.content?.bytes ?? new Uint8Array();
  const { bytes: before } = await ports.edits.openBackup(backup.id);
  const path = backup.path === undefined ? {} : { path: backup.path };
  const isWritten = await ports.edits.marks().matcher(after);
  const edit = (bytes: Uint8Array): Uint8Array =>
    isWritten(bytes) ? before : mergeBack(ports, run, file, known, before, bytes);
  try {
    requirePath(seen, backup.path);
    if (isWritten(current)) {
      return { file, way: 'exact', note: 'Byte for byte as it was.', current, edit, ...path };
    }
    edit(current);
    const note = 'Changed since: only our entries go back, everything else stays.';
    return { file, way: 'merge', note, current, edit, ...path };
  } catch (thrown) {
    const { message, hint } = toAppError(thrown);
    return {
      file,
      way: 'refused',
      note: hint === undefined ? message : `${message} ${hint}`,
      current,
      edit,
    };
  }
}

/** The file's content from before the run: its oldest sealed copy that a move of the run made. */
async function findBackup(
  ports: ProtectPorts,
  run: Run,
  file: string,
): Promise<Backup | undefined> {
  const backups = await ports.edits.listBackups(file);
  return backups.filter(({ move }) => move !== undefined && run.moves.includes(move)).at(-1);
}

/** Our entries replaced by those of the backup. Errors: `conflict` when none of them is ours any more. */
function mergeBack(
  ports: ProtectPorts,
  run: Run,
  file: string,
  known: KnownFiles,
  before: Uint8Array,
  bytes: Uint8Array,
): Uint8Array {
  const places = run.places.filter((place) => place.file === file);
  let current = bytes;
  let changed = 0;
  for (const place of places) {
    const how = known.get(knownFileKey(place.client ?? '', file));
    if (how === undefined) continue;
    const next = putBack(ports, how, place, before, current);
    if (next === undefined) continue;
    current = next;
    changed += 1;
  }
  if (changed > 0) return current;
  throw new AppError('conflict', `${file} was changed since, and no entry of ours is in it.`, {
    hint: `The old content is kept: \`portcullis restore ${quoteForShell(file)}\`.`,
    details: { file },
  });
}

function putBack(
  ports: ProtectPorts,
  how: KnownFile,
  place: Run['places'][number],
  before: Uint8Array,
  bytes: Uint8Array,
): Uint8Array | undefined {
  const old = parseDocument(before, how.format, place.file);
  const path = fromPointer(place.pointer);
  const value = plainAt(old, path);
  const name = openKnownFile(how, before, ports.launcher).entries.find(
    (entry) => entry.path.map(String).join('\0') === path.join('\0'),
  )?.name;
  const opened = openKnownFile(how, bytes, ports.launcher);
  const entry = findPlaced(opened, place.server, name ?? '');
  if (value === undefined) return undefined;
  if (entry === undefined) {
    // Its client may have put it back already, from what it had in memory.
    const there = plainAt(opened.document, path);
    return there !== undefined && equalPlain(there, value) ? bytes : undefined;
  }
  const put = { path: entry.path, name: entry.name, value };
  return editDocument(opened.document, planEntryPut(how.row, opened.document, put));
}

async function presentUndo(
  ports: ProtectPorts,
  run: Run,
  files: readonly FileBack[],
): Promise<UndoPlan> {
  const fingerprint = await ports.exposure.fingerprinter();
  const { servers } = await ports.records.read();
  const own = servers.filter(({ id }) => run.servers.includes(id));
  const stored = await readStoredMasks(ports.secrets, own);
  const facts = files.map(({ file, way, current }) => [file, way, hashBytes(current)]);
  return {
    basis: fingerprint(new Secret(JSON.stringify([run.id, facts]))),
    run: summariseRun(run),
    files: files.map((back) => ({
      file: back.file,
      way: back.way,
      note: back.note,
      diff: back.way === 'exact' || back.way === 'merge' ? diffBack(back, stored) : [],
    })),
    servers: run.created,
  };
}

function diffBack(
  { file, current, edit }: FileBack,
  stored: readonly Mask[],
): UndoPlan['files'][number]['diff'] {
  return diffFile(file, current, edit(current), stored);
}

async function applyUndo(
  ports: ProtectPorts,
  basis: string,
  id: string,
  report: Report,
): Promise<Omit<RunResult, 'type'>> {
  const run = findRun(await ports.records.read(), id);
  const backs = await planFiles(ports, run);
  if ((await presentUndo(ports, run, backs)).basis !== basis) {
    throw new AppError('conflict', 'The files have changed since this plan was made.', {
      hint: 'Make the plan again and look at what is different. Nothing was changed.',
    });
  }
  const doable = backs.filter(({ way }) => way === 'exact' || way === 'merge');
  const files = doable.map(({ file }) => file);
  let done = 0;
  let undone: Run | undefined;
  const moved = await ports.edits.runMove({
    id: ports.edits.newMoveId(),
    kind: 'undo',
    store: [],
    files: doable.map(
      (back): MoveFile => ({
        file: back.file,
        places: run.places.filter(({ file }) => file === back.file),
        edit: back.edit,
        ...(back.path === undefined ? {} : { path: back.path }),
      }),
    ),
    finish: async () => {
      undone = await forget(ports, run, backs, files);
    },
    onProgress: (step) => {
      if (!('file' in step)) return;
      done += 1;
      report({ step: 'write', subject: step.file, done, total: doable.length * 2 });
    },
  });
  undone ??= await forget(ports, run, backs, writtenFiles(moved.files));
  return {
    run: summariseRun(undone),
    receipts: backs.map((back) => receiptFor(back, moved.files)),
    remaining: await ports.countExposed(),
    rotate: [],
  };
}

/** Takes back from records and keychain what no file needs any more. */
async function forget(
  ports: ProtectPorts,
  run: Run,
  backs: readonly FileBack[],
  written: readonly string[],
): Promise<Run> {
  const back = new Set(written);
  for (const { file, way } of backs) if (way === 'gone') back.add(file);
  const whole = backs.every(({ file }) => back.has(file));
  const undone: Run = whole ? { ...run, undoneAt: ports.clock.now() } : { ...run, state: 'partly' };
  const gone = await ports.records.change((records) => {
    const { servers: left, dropped } = dropPlacements(records, run, back, whole);
    const servers = whole ? restoreLaunches(left, run) : left;
    const runs = records.runs.map((one) => (one.id === run.id ? undone : one));
    return { records: { ...records, servers, runs }, result: dropped };
  });
  for (const server of gone) await ports.secrets.destroy(server);
  return undone;
}

/** Servers without the run's placements in these files; those it created go once nothing uses them. */
export function dropPlacements(
  records: Records,
  run: Pick<Run, 'places' | 'created'>,
  files: ReadonlySet<string>,
  whole: boolean,
): { readonly servers: Records['servers']; readonly dropped: readonly ServerId[] } {
  const places = new Set(run.places.filter(({ file }) => files.has(file)).map(placeKey));
  const left = records.servers.map((server) => {
    if (!run.places.some((place) => place.server === server.id)) return server;
    return { ...server, placements: server.placements.filter((one) => !places.has(placeKey(one))) };
  });
  const isDropped = (server: Records['servers'][number]): boolean =>
    whole && run.created.includes(server.id) && server.placements.length === 0;
  return {
    servers: left.filter((server) => !isDropped(server)),
    dropped: left.filter(isDropped).map(({ id }) => id),
  };
}

/** A run that made a server start something else gives it back what it started before. */
function restoreLaunches(servers: Records['servers'], run: Run): Records['servers'] {
  return servers.map((server) => {
    const before = run.launches?.find((one) => one.server === server.id);
    return before === undefined ? server : { ...server, launch: before.launch };
  });
}

function receiptFor(back: FileBack, results: readonly FileResult[]): Receipt {
  const place = { item: back.file, file: back.file, pointer: '' };
  const result = results.find(({ file }) => file === back.file);
  if (result === undefined) return { ...place, outcome: 'skipped', message: back.note };
  if (result.error !== undefined) {
    const { code, message, hint } = result.error;
    return { ...place, outcome: 'failed', code, message, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    ...place,
    outcome: result.outcome === 'unchanged' ? 'unchanged' : 'done',
    message: back.note,
  };
}

export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
