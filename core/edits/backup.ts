/**
 * Sealed copies of other people's files, one folder per file, with a readable index that holds no
 * values. When a copy is made and when it may go is said here; putting one back is `restore.ts`.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Retention } from '../../shared/models/server.ts';
import type { Clock, Files, Keychain, Roots } from '../ports.ts';
import {
  readIfThere,
  removeStrayTemporaries,
  replaceOwnFile,
  syncUpwards,
} from '../records/replace-own-file.ts';
import { createSealingKey } from '../secrets/sealing-key.ts';
import { createMarks, type Marks } from './marks.ts';
import type { Backup } from './model.ts';
import {
  hashBytes,
  markContent,
  openSealed,
  readSealedHeader,
  type SealedHeader,
  sealContent,
} from './seal.ts';

const day = 24 * 60 * 60 * 1000;
/** The newest copies of each file stay whatever the limits say: our last writes can be taken back. */
const keptPerFile = 20;

export const usualRetention: Retention = { days: 30, copies: 200, bytes: 500_000_000 };

const indexName = 'index.jsonl';
const sealedName = /^(\d{8}T\d{9}Z-[0-9a-f]{8})\.sealed$/;
const backupId = /^([0-9a-f]{16})-(\d{8}T\d{9}Z-[0-9a-f]{8})$/;

const backupSchema = z.strictObject({
  id: z.string().regex(backupId),
  file: z.string(),
  path: z.string().optional(),
  at: z.string(),
  size: z.number(),
  mode: z.number(),
  links: z.number().optional(),
  sealed: z.string(),
  mark: z.string(),
  who: z.string(),
  reason: z.string(),
  move: z.string().optional(),
});

export interface Backups {
  /** Marks under the key of the copies. */
  marks(): Marks;
  /**
   * Seals a copy and makes it durable. Errors: `keychain_*`, `backup_unreadable` (see SealingKey),
   * `disk_full`, `file_*`.
   */
  seal(copy: {
    readonly file: string;
    /** Where the links of the file led. */
    readonly path?: string;
    readonly bytes: Uint8Array;
    readonly mode: number;
    /** How many names the file had. */
    readonly links?: number;
    readonly reason: string;
    readonly move?: string;
  }): Promise<Backup>;
  /** Backups of a file, newest first. Needs no key. */
  list(file: string): Promise<readonly Backup[]>;
  /** The content. Errors: `not_found`, `backup_unreadable`, `keychain_*`. */
  open(id: string): Promise<{ backup: Backup; bytes: Uint8Array }>;
  /**
   * Removes what breaks a limit, is beyond the last 20 of its file, and was made by none of these
   * moves. Returns the ids that went.
   */
  prune(neededMoves: ReadonlySet<string>, limits?: Retention): Promise<readonly string[]>;
}

export interface BackupPorts {
  readonly files: Files;
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly roots: Roots;
  /** Which door is at work, in words. */
  readonly who: string;
}

/** Opens the backups in the data folder. */
export function createBackups({ files, keychain, clock, roots, who }: BackupPorts): Backups {
  const root = join(roots.data, 'backups');
  const sealingKey = createSealingKey({
    keychain,
    files,
    roots,
    hasSealedBackups: () => hasSealedBackups(files, root),
  });

  async function open(id: string): Promise<{ backup: Backup; bytes: Uint8Array }> {
    const place = placeOf(root, id);
    const sealed = await readIfThere(files, place);
    if (sealed === undefined) throw noBackup(id);
    const key = await sealingKey.read();
    const { header, content } = openSealed(key, sealed, { id, place });
    return { backup: describe(header, sealed, markContent(key, content)), bytes: content };
  }

  return {
    marks: () => createMarks(sealingKey),
    async seal(copy) {
      const key = await sealingKey.readOrCreate();
      const at = clock.now();
      const folder = join(root, shortHash(copy.file));
      const name = `${at.replaceAll(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
      const header: SealedHeader = {
        format: 'portcullis-backup',
        version: 1,
        id: `${shortHash(copy.file)}-${name}`,
        file: copy.file,
        ...(copy.path === undefined ? {} : { path: copy.path }),
        at,
        size: copy.bytes.byteLength,
        mode: copy.mode,
        ...(copy.links === undefined ? {} : { links: copy.links }),
        who,
        reason: copy.reason,
        ...(copy.move === undefined ? {} : { move: copy.move }),
      };
      const sealed = sealContent(key, header, copy.bytes);
      await files.makeFolder(folder);
      await files.createExclusive(join(folder, `${name}.sealed`), sealed, 0o600);
      const backup = describe(header, sealed, markContent(key, copy.bytes));
      await appendIndex(files, folder, backup);
      await syncUpwards(files, folder, dirname(roots.data));
      return backup;
    },
    list: (file) => listFolder(files, root, shortHash(file)),
    open,
    prune: (neededMoves, limits = usualRetention) =>
      pruneAll(files, root, { neededMoves, limits, now: Date.parse(clock.now()) }),
  };
}

function describe(header: SealedHeader, sealed: Uint8Array, mark: string): Backup {
  const { format: _format, version: _version, ...facts } = header;
  return { ...withoutAbsent(facts), sealed: hashBytes(sealed), mark };
}

type Optional = 'move' | 'path' | 'links';

function withoutAbsent<T extends { [Key in Optional]?: Backup[Key] | undefined }>(
  facts: T,
): Omit<T, Optional> & Pick<Backup, Optional> {
  const { move, path, links, ...rest } = facts;
  return {
    ...rest,
    ...(move === undefined ? {} : { move }),
    ...(path === undefined ? {} : { path }),
    ...(links === undefined ? {} : { links }),
  };
}

function shortHash(file: string): string {
  return hashBytes(new TextEncoder().encode(file)).slice(0, 16);
}

function placeOf(root: string, id: string): string {
  const match = backupId.exec(id);
  if (match?.[1] === undefined || match[2] === undefined) throw noBackup(id);
  return join(root, match[1], `${match[2]}.sealed`);
}

async function appendIndex(files: Files, folder: string, backup: Backup): Promise<void> {
  // A line that a crash left torn is closed by the newline in front of the next one.
  const line = `\n${JSON.stringify(backup)}\n`;
  await files.append(join(folder, indexName), new TextEncoder().encode(line), {
    mode: 0o600,
    sync: true,
  });
}

/** The index, completed from the copies themselves where a crash kept their line from being written. */
async function listFolder(files: Files, root: string, short: string): Promise<readonly Backup[]> {
  const folder = join(root, short);
  const there = new Map<string, string>();
  for (const name of await listIfThere(files, folder)) {
    const match = sealedName.exec(name);
    if (match?.[1] !== undefined) there.set(`${short}-${match[1]}`, join(folder, name));
  }
  const indexed = new Map(
    parseIndex(await readIfThere(files, join(folder, indexName))).map((line) => [line.id, line]),
  );
  const found: Backup[] = [];
  for (const [id, place] of there) {
    const line = indexed.get(id) ?? (await describeUnindexed(files, place));
    if (line !== undefined) found.push(line);
  }
  return found.sort((left, right) => (left.id < right.id ? 1 : -1));
}

/** A copy whose own line does not parse is left to `open`, which says what is wrong with it. */
async function describeUnindexed(files: Files, place: string): Promise<Backup | undefined> {
  const sealed = await readIfThere(files, place);
  if (sealed === undefined) return undefined;
  try {
    return describe(readSealedHeader(sealed, place).header, sealed, '');
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'backup_unreadable') return undefined;
    throw thrown;
  }
}

function parseIndex(bytes: Uint8Array | undefined): readonly Backup[] {
  if (bytes === undefined) return [];
  const found: Backup[] = [];
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    const backup = parseIndexLine(line);
    if (backup !== undefined) found.push(backup);
  }
  return found;
}

/** Undefined for a torn line: the copy it names, if any, still speaks for itself. */
function parseIndexLine(line: string): Backup | undefined {
  try {
    return withoutAbsent(backupSchema.parse(JSON.parse(line)));
  } catch {
    return undefined;
  }
}

interface Pruning {
  readonly neededMoves: ReadonlySet<string>;
  readonly limits: Retention;
  readonly now: number;
}

async function pruneAll(files: Files, root: string, pruning: Pruning): Promise<readonly string[]> {
  const folders = await Promise.all(
    (await listIfThere(files, root)).map(async (short) => ({
      short,
      all: await listFolder(files, root, short),
    })),
  );
  const old = chooseOld(
    folders.map(({ all }) => all),
    pruning,
  );
  const tornBefore = pruning.now - pruning.limits.days * day;
  for (const { short, all } of folders) {
    await removeTorn(files, join(root, short), all, tornBefore);
    const gone = all.filter(({ id }) => old.has(id));
    if (gone.length === 0) continue;
    for (const backup of gone) await files.remove(placeOf(root, backup.id));
    const rest = all.filter(({ id }) => !old.has(id));
    await rewriteIndex(files, join(root, short, indexName), rest);
  }
  return [...old];
}

/** Half a copy, from a crash while it was made: nothing was changed on the strength of it. */
async function removeTorn(
  files: Files,
  folder: string,
  whole: readonly Backup[],
  before: number,
): Promise<void> {
  const known = new Set(whole.map(({ id }) => id.slice(id.indexOf('-') + 1)));
  // Not younger ones: another process may be writing one right now.
  const limit = new Date(before).toISOString().replaceAll(/[-:.]/g, '');
  for (const name of await files.list(folder)) {
    const stem = sealedName.exec(name)?.[1];
    if (stem !== undefined && !known.has(stem) && stem < limit)
      await files.remove(join(folder, name));
  }
}

async function rewriteIndex(
  files: Files,
  index: string,
  newestFirst: readonly Backup[],
): Promise<void> {
  await removeStrayTemporaries(files, index);
  const lines = newestFirst.map((backup) => `${JSON.stringify(backup)}\n`).reverse();
  await replaceOwnFile(files, index, new TextEncoder().encode(lines.join('')));
}

/** Ids of the copies that go. `perFile` has those of one file each, newest first. */
function chooseOld(
  perFile: readonly (readonly Backup[])[],
  { neededMoves, limits, now }: Pruning,
): ReadonlySet<string> {
  const free = perFile.flatMap((all) =>
    all
      .map((backup, index) => ({ backup, index }))
      .slice(keptPerFile)
      .filter(({ backup: { move } }) => move === undefined || !neededMoves.has(move)),
  );
  const old = new Set(
    free
      .filter(
        ({ backup, index }) =>
          index >= limits.copies || now - Date.parse(backup.at) > limits.days * day,
      )
      .map(({ backup }) => backup.id),
  );
  let total = perFile.flat().reduce((sum, { id, size }) => sum + (old.has(id) ? 0 : size), 0);
  for (const { backup } of free.toSorted((a, b) => (a.backup.at < b.backup.at ? -1 : 1))) {
    if (total <= limits.bytes) break;
    if (old.has(backup.id)) continue;
    old.add(backup.id);
    total -= backup.size;
  }
  return old;
}

async function hasSealedBackups(files: Files, root: string): Promise<boolean> {
  for (const short of await listIfThere(files, root)) {
    const names = await listIfThere(files, join(root, short));
    if (names.some((name) => sealedName.test(name))) return true;
  }
  return false;
}

async function listIfThere(files: Files, folder: string): Promise<readonly string[]> {
  const facts = await files.stat(folder);
  return facts?.kind === 'folder' ? files.list(folder) : [];
}

function noBackup(id: string): AppError {
  return new AppError('not_found', `There is no backup "${id}".`, {
    hint: 'List the backups of a file with `portcullis history FILE`.',
    details: { backup: id },
  });
}
