/**
 * One safe write to a file of another program (facts of it: nothing but the edit changes, nobody
 * else's change is overwritten, a crash leaves the old or the new content). What to write is the
 * caller's `edit`; what is stored before is `move.ts`.
 *
 * A replaced file is a new one with the old mode: its group is ours, extended attributes and access
 * lists are not carried over. On Windows it takes the access list of its folder.
 */
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import type { Clock, FileFacts, Files } from '../ports.ts';
import { readIfThere } from '../records/replace-own-file.ts';
import { withClientLock } from './client-lock.ts';
import type { Marks } from './marks.ts';
import type { MoveFile } from './model.ts';
import {
  isSameTarget,
  readTarget,
  requireLinks,
  requirePath,
  requireWritable,
  type Target,
} from './target.ts';
import { temporaryIn } from './temporary.ts';

const tries = 3;
const firstBackOff = 40;

export interface WriteRequest {
  readonly file: MoveFile;
  readonly move: string;
  /** Seals a copy of what is about to be replaced; called again when the content changed since. */
  readonly backUp: (seen: Target) => Promise<string | undefined>;
}

export interface WriteOutcome {
  readonly outcome: 'rewritten' | 'unchanged';
  readonly backup?: string;
  /** Marks, where something was written. */
  readonly before?: string;
  readonly after?: string;
  /** What was replaced, or needed no change. */
  readonly seen: Target;
}

export interface WritePorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly marks: Marks;
  /** Files of other owners are refused. */
  readonly ownUid: number;
}

/**
 * Reads, checks and edits in memory only. Errors: what `edit` throws, `conflict` for another link,
 * `file_missing`, `file_unwritable`, `file_unsupported`, `disk_full`.
 */
export async function tryEdit(
  { files, ownUid }: WritePorts,
  file: MoveFile,
): Promise<{ seen: Target; bytes: Uint8Array | undefined }> {
  const seen = await readTarget(files, file.file);
  requirePath(seen, file.path);
  requireLinks(seen, file.links);
  if (seen.content === undefined && file.create !== true) throw missing(file.file);
  const old = seen.content?.bytes ?? new Uint8Array();
  const bytes = file.edit(old);
  if (seen.content !== undefined && sameBytes(old, bytes)) return { seen, bytes: undefined };
  file.check?.(bytes);
  await requireWritable(files, seen, ownUid, bytes.byteLength);
  return { seen, bytes };
}

/**
 * Writes with compare-and-swap: when another program changed the file in between, the edit is applied
 * anew to what that program wrote, three times at most (security facts §6 steps 2, 6 to 8; §7).
 * Between the last look and the rename lies a moment that no system call closes; a write by another
 * program that falls into it is lost from the file but not from a later backup of that program's.
 * Errors: as `tryEdit`; `file_changed` when the file does not hold still; `file_busy`.
 */
export async function writeFile(ports: WritePorts, request: WriteRequest): Promise<WriteOutcome> {
  const { lockDirectory } = request.file;
  if (lockDirectory === undefined) return writeUnlocked(ports, request);
  return withClientLock(ports, lockDirectory, () => writeUnlocked(ports, request));
}

async function writeUnlocked(ports: WritePorts, request: WriteRequest): Promise<WriteOutcome> {
  let overwritten: WriteOutcome | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await ports.clock.sleep(firstBackOff * 2 ** attempt * (0.5 + Math.random()));
    const edited = await tryEditAgain(ports, request.file, attempt < tries - 1);
    if (edited === undefined) continue;
    const { seen, bytes } = edited;
    if (bytes === undefined) return keepingOurs(ports.marks, seen, overwritten);
    const backup = await request.backUp(seen);
    const written = isHardLinked(seen)
      ? await overwriteInPlace(ports.files, seen, bytes)
      : await replaceTarget(ports.files, request, seen, bytes);
    const outcome = await describe(ports.marks, seen, bytes, backup);
    if (written === 'written') return outcome;
    if (written === 'overwritten') overwritten = outcome;
  }
  throw new AppError(
    'file_changed',
    `${request.file.file} kept changing while it was being edited.`,
    {
      hint: 'Close the program that writes it, then try again. It was left as that program wrote it.',
      details: { file: request.file.file },
    },
  );
}

/** Undefined where another program may be in the middle of writing: the file was whole when this was planned. */
async function tryEditAgain(
  ports: WritePorts,
  file: MoveFile,
  again: boolean,
): Promise<Awaited<ReturnType<typeof tryEdit>> | undefined> {
  try {
    return await tryEdit(ports, file);
  } catch (thrown) {
    if (again && thrown instanceof AppError && thrown.code === 'file_unparsable') return undefined;
    throw thrown;
  }
}

/** Another program wrote right after us and kept our edit: the file is rewritten all the same. */
async function keepingOurs(
  marks: Marks,
  seen: Target,
  ours: WriteOutcome | undefined,
): Promise<WriteOutcome> {
  if (ours === undefined || seen.content === undefined) return { outcome: 'unchanged', seen };
  const { after: _, ...rest } = ours;
  const after = await marks.of(seen.content.bytes);
  return { ...rest, ...(after === undefined ? {} : { after }) };
}

/** `changed`: somebody else was first, nothing was written. `overwritten`: somebody wrote after us. */
type Written = 'written' | 'changed' | 'overwritten';

async function replaceTarget(
  files: Files,
  { file, move }: WriteRequest,
  seen: Target,
  bytes: Uint8Array,
): Promise<Written> {
  const folder = dirname(seen.path);
  if (seen.content === undefined) await files.makeFolder(folder, { mode: 0o700 });
  const temporary = temporaryIn(folder, move);
  const mode = seen.content?.facts.mode ?? 0o600;
  let ours: FileFacts | undefined;
  try {
    // With its last mode at once: a later change would go by the name, which could be a link by then.
    await files.createExclusive(temporary, bytes, mode === 0 ? 0o600 : mode);
    ours = await files.lstat(temporary);
    const readBack = await files.read(temporary);
    if (!sameBytes(readBack, bytes)) throw notKept(file.file);
    file.check?.(readBack);
    if (!(await isFile(files, temporary, ours))) throw notOurs(temporary);
    // The last look comes last: what others write after it is lost.
    if (!isSameTarget(seen, await readTarget(files, file.file))) {
      await files.remove(temporary);
      return 'changed';
    }
    await files.rename(temporary, seen.path);
  } catch (thrown) {
    await removeQuietly(files, temporary);
    throw thrown;
  }
  await files.syncFolder(folder);
  return (await isFile(files, seen.path, ours)) ? lookBack(files, seen.path, bytes) : 'overwritten';
}

/**
 * Whether that very file is there, and no other of the same name. The number of a file that was
 * removed is soon given to another one, so it says little by itself.
 */
async function isFile(files: Files, path: string, known: FileFacts | undefined): Promise<boolean> {
  const now = await files.lstat(path);
  const facts = ['device', 'inode', 'kind', 'uid'] as const;
  return now !== undefined && facts.every((fact) => now[fact] === known?.[fact]);
}

/**
 * A rename would part a hard-linked file from its twins, so its bytes are overwritten. A power cut in
 * the middle can tear it: the sealed backup made just before is the way back, and the journal says so.
 */
async function overwriteInPlace(files: Files, seen: Target, bytes: Uint8Array): Promise<Written> {
  if (!isSameTarget(seen, await readTarget(files, seen.file))) return 'changed';
  try {
    await files.overwrite(seen.path, bytes, seen.content?.facts);
  } catch (thrown) {
    await putBack(files, seen);
    throw thrown;
  }
  return lookBack(files, seen.path, bytes);
}

async function putBack(files: Files, { file, path, content }: Target): Promise<void> {
  if (content === undefined) return;
  try {
    await files.overwrite(path, content.bytes, content.facts);
  } catch (cause) {
    throw new AppError('file_unwritable', `${file} may be damaged: writing it failed half-way.`, {
      hint: `Run \`portcullis restore ${quoteForShell(file)}\`, which puts back the sealed copy made just before.`,
      details: { file },
      cause,
    });
  }
}

export function isHardLinked(seen: Target): boolean {
  return (seen.content?.facts.links ?? 1) > 1;
}

/** A file that is gone again was removed by whoever came after us. */
async function lookBack(files: Files, path: string, bytes: Uint8Array): Promise<Written> {
  const now = await readIfThere(files, path);
  return now !== undefined && sameBytes(now, bytes) ? 'written' : 'overwritten';
}

async function describe(
  marks: Marks,
  seen: Target,
  bytes: Uint8Array,
  backup: string | undefined,
): Promise<WriteOutcome> {
  return {
    outcome: 'rewritten',
    seen,
    ...(backup === undefined ? {} : { backup }),
    ...(await markChange(marks, seen, bytes)),
  };
}

/** Marks of a content and of the one that takes its place. */
export async function markChange(
  marks: Marks,
  { content }: Target,
  bytes: Uint8Array | undefined,
): Promise<{ readonly before?: string; readonly after?: string }> {
  const before = content === undefined ? undefined : await marks.of(content.bytes);
  const after = bytes === undefined ? undefined : await marks.of(bytes);
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

async function removeQuietly(files: Files, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch {
    // The first failure is the one to report; `recover` removes the temporary.
  }
}

function missing(file: string): AppError {
  return new AppError('file_missing', `There is no file ${file}.`, {
    hint: 'It was there when the change was planned. Look again, or restore a backup with `portcullis restore`.',
    details: { file },
  });
}

/** Only who may write in the folder as well can bring this about, and such folders are refused. */
function notOurs(path: string): AppError {
  return new AppError('file_changed', `Another file was put in the place of ours at ${path}.`, {
    hint: 'Find out who else may write in that folder, then try again.',
    details: { path },
  });
}

function notKept(file: string): AppError {
  return new AppError(
    'file_unwritable',
    `The disk did not give back what was written beside ${file}.`,
    {
      hint: 'The file itself was not touched. Check the disk before trying again.',
      details: { file },
    },
  );
}
