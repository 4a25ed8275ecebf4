/** A file of another program as it stands right now, and whether we may write it at all. */
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { DiffLine } from '../../shared/models/protect.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import type { FileFacts, Files } from '../ports.ts';
import { mayOthersWrite } from './other-writers.ts';
import { hashBytes } from './seal.ts';

export interface Target {
  /** As the client names it. */
  readonly file: string;
  /** Where the links lead: the path that is written. */
  readonly path: string;
  /** Absent when there is no file yet. */
  readonly content?: {
    readonly bytes: Uint8Array;
    /** SHA-256 (hex). */
    readonly hash: string;
    readonly facts: FileFacts;
  };
}

/**
 * Resolves links and reads the file. The read comes last, so what it returns is as fresh as it can be.
 * Errors: `file_unreadable`; `file_missing` for a link that leads nowhere; `file_unsupported` for
 * what is not an ordinary file.
 */
export async function readTarget(files: Files, file: string): Promise<Target> {
  const path = await resolvePath(files, file);
  const facts = await files.stat(path);
  if (facts === undefined) return { file, path };
  if (facts.kind !== 'file')
    throw new AppError('file_unsupported', `${file} is not an ordinary file.`, {
      hint: 'Point the client at an ordinary file; nothing was changed.',
      details: { file },
    });
  const bytes = await files.read(path);
  return { file, path, content: { bytes, hash: hashBytes(bytes), facts } };
}

/** The path that writing a file writes. Errors: `file_missing` for a link that leads nowhere. */
export async function resolvePath(files: Files, file: string): Promise<string> {
  if ((await files.lstat(file)) === undefined) return resolveAbsent(files, file);
  return files.realpath(file);
}

/**
 * A link that was put there since a person agreed must not lead a write to another file; the file
 * itself, in place of a link, is what the person named. Errors: `conflict`.
 */
export function requirePath({ file, path }: Target, agreed: string | undefined): void {
  if (agreed === undefined || path === agreed || path === file) return;
  throw new AppError('conflict', `${file} leads to ${path} now, and led to ${agreed} before.`, {
    hint: 'Nothing was written. Remove the link if it is not yours, then try again; if it is, make a new plan.',
    details: { file, path, agreed },
  });
}

/**
 * A file with several names is overwritten in place, so a name that came since would hand what is
 * written to another file. Errors: `conflict`.
 */
export function requireLinks({ file, content }: Target, most: number | undefined): void {
  if (most === undefined || (content?.facts.links ?? 1) <= most) return;
  throw new AppError('conflict', `${file} is the same file as another one now (a hard link).`, {
    hint: 'Nothing was written. If that is not yours, remove this name of it; then try again, and the file is made anew.',
    details: { file },
  });
}

/** Where the files of a plan really are. */
export interface Paths {
  /** The path that writing the file writes; undefined when that cannot be told now. */
  of(file: string): string | undefined;
  /** The same, when a link below the home or in the path itself leads there. */
  behindLink(file: string): string | undefined;
}

/** Follows the links of every file, so that a plan can show where they lead, and hold on to it. */
export async function findPaths(
  files: Files,
  home: string,
  list: Iterable<string>,
): Promise<Paths> {
  const found = new Map<string, string>();
  for (const file of new Set([home, ...list])) {
    try {
      found.set(file, await resolvePath(files, file));
    } catch (thrown) {
      // Reading the file fails for the same reason, and says so.
      if (!(thrown instanceof AppError)) throw thrown;
    }
  }
  // Some systems reach every home through a link; that says nothing of one file.
  const usual = (file: string) =>
    file.startsWith(`${home}/`) ? `${found.get(home) ?? home}${file.slice(home.length)}` : file;
  return {
    of: (file) => found.get(file),
    behindLink: (file) => {
      const path = found.get(file);
      return path === undefined || path === file || path === usual(file) ? undefined : path;
    },
  };
}

/** First line of a plan's diff: a person agrees to what is written, not to the name that leads there. */
export function linkRows(target: string | undefined): readonly DiffLine[] {
  if (target === undefined) return [];
  return [{ kind: 'gap', text: `A link leads to ${target}, which is written.`, line: 0 }];
}

/** The same file behind the links, with the same content and as many hard links as before. */
export function isSameTarget(left: Target, right: Target): boolean {
  return (
    left.path === right.path &&
    left.content?.hash === right.content?.hash &&
    left.content?.facts.links === right.content?.facts.links
  );
}

/**
 * Refuses before anything is changed: read-only file or folder, another owner, a folder that others
 * may write, too little space.
 * Errors: `file_unwritable`, `disk_full`.
 */
export async function requireWritable(
  files: Files,
  target: Target,
  ownUid: number,
  newSize: number,
): Promise<void> {
  const { file, path, content } = target;
  if (content !== undefined) {
    if (content.facts.uid !== ownUid)
      throw unwritable(
        file,
        'belongs to another user',
        'Run Portcullis as its owner, or change the owner of the file.',
      );
    // Whoever may do everything (root) passes the system's check; the sign on the door still counts.
    if (content.facts.mode !== 0 && (content.facts.mode & 0o200) === 0)
      throw unwritable(
        file,
        'is read-only',
        'Make it writable first (`chmod u+w`), if that is what you want.',
      );
    await files.checkWritable(path);
  }
  const folder = await nearestFolder(files, dirname(path));
  await files.checkWritable(folder);
  await requireOwnFolders(files, { file, folder, ownUid });
  const needed = 2 * Math.max(content?.bytes.byteLength ?? 0, newSize) + 65_536;
  if ((await files.freeSpace(folder)) < needed)
    throw new AppError(
      'disk_full',
      `There is not enough space left on the disk to change ${file} safely.`,
      {
        hint: `Free at least ${needed} bytes and try again; nothing was changed.`,
        details: { file, needed },
      },
    );
}

/** Whoever may write in a folder can put another one in the place of what is in it, however deep. */
async function requireOwnFolders(
  files: Files,
  {
    file,
    folder,
    ownUid,
  }: { readonly file: string; readonly folder: string; readonly ownUid: number },
): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    const facts = await files.stat(at);
    if (facts !== undefined && (await mayOthersWrite(files, at, facts, ownUid)))
      throw unwritable(
        file,
        at === folder
          ? 'lies in a folder that others may write, who could put another file in its place'
          : `lies below ${at}, which others may write, who could put another file in its place`,
        closeFolder(at, facts.uid === ownUid),
      );
    if (dirname(at) === at) return;
  }
}

/** A folder that a group shares on purpose stays as it is; then the person writes, or the server moves. */
function closeFolder(folder: string, isOwn: boolean): string {
  const command = `\`chmod go-w ${quoteForShell(folder)}\``;
  const close = isOwn
    ? `Let only yourself write there: ${command}, then try again.`
    : `Only the owner of ${folder} can close it to others (${command}).`;
  return `${close} Where others have to write there, keep the server in a file of your home instead: \`portcullis servers add --from-json\` takes the entry, and \`portcullis clients snippet CLIENT SERVER\` shows what to paste in its place.`;
}

async function nearestFolder(files: Files, folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await files.stat(at)) !== undefined || dirname(at) === at) return at;
  }
}

async function resolveAbsent(files: Files, file: string): Promise<string> {
  const folder = dirname(file);
  if ((await files.stat(folder)) === undefined) return file;
  return join(await files.realpath(folder), basename(file));
}

function unwritable(file: string, why: string, hint: string): AppError {
  return new AppError('file_unwritable', `${file} ${why}. Nothing was changed.`, {
    hint,
    details: { file },
  });
}
