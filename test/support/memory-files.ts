/**
 * Files in memory: the twin of `platform/files.ts`, held to the same suite. POSIX manners: links,
 * hard links, modes. What only a real disk would refuse is set with `deny`.
 */
import { dirname, resolve } from 'node:path/posix';
import type { FileFacts, Files } from '../../core/ports.ts';
import { type Attempt, describeFileError } from '../../platform/file-errors.ts';
import { AppError } from '../../shared/errors.ts';
import { createDisk, type Disk, ErrnoError, errnoError, type Node } from './memory-disk.ts';

export interface MemoryFiles extends Files {
  /** Makes a symbolic link at `path`. */
  link(target: string, path: string): void;
  /** Makes `path` a second name of the file `existing`. */
  hardLink(existing: string, path: string): void;
  /** Every call of this kind on this path (and a folder's content) fails from now on. */
  deny(path: string, attempt: Attempt, errno?: string): void;
  allow(path: string): void;
  /** Everything that is there: text of files, `null` for folders, `-> target` for links. */
  snapshot(): Readonly<Record<string, string | null>>;
}

const uid = 1000;

/** `now` gives the modification times in milliseconds; by default each change is one later. */
export function createMemoryFiles(
  options: { now?: () => number; free?: number } = {},
): MemoryFiles {
  let ticks = 0;
  const disk = createDisk(options.now ?? (() => (ticks += 1)));
  const locks = new Map<string, Promise<unknown>>();
  return {
    ...readingCalls(disk),
    ...writingCalls(disk),
    ...folderCalls(disk),
    hasAccessList: async () => false,
    async freeSpace() {
      return options.free ?? 1e9;
    },
    withLock: (path, work, lockOptions) =>
      runLocked(locks, disk, resolve(path), work, lockOptions?.wait ?? 10_000),
    link(target, path) {
      disk.put(path, { kind: 'link', target, mode: 0o777, ...disk.stamp() });
    },
    hardLink(existing, path) {
      disk.put(path, disk.file(existing, 'read'));
    },
    deny: (path, attempt, errno = 'EACCES') => disk.denied.push({ path, attempt, errno }),
    allow(path) {
      disk.denied.splice(0, Infinity, ...disk.denied.filter((row) => row.path !== path));
    },
    snapshot: () => disk.snapshot(),
  };
}

function readingCalls(disk: Disk): Pick<Files, 'stat' | 'lstat' | 'realpath' | 'read' | 'list'> {
  const facts = (path: string, final: boolean) =>
    guard(path, 'read', (): FileFacts | undefined => {
      try {
        const { at, node } = disk.find(path, final);
        disk.check(dirname(at), 'read');
        return describeNode(node, disk.countLinks(node));
      } catch (cause) {
        if (cause instanceof ErrnoError && /^(ENOENT|ENOTDIR)$/.test(cause.code)) return undefined;
        throw cause;
      }
    });
  return {
    stat: (path) => facts(path, true),
    lstat: (path) => facts(path, false),
    realpath: (path) => guard(path, 'read', () => disk.find(path).at),
    read: (path, options) =>
      guard(path, 'read', () => {
        const { bytes } = disk.file(path, 'read');
        const limit = options?.limit ?? Infinity;
        const from = Math.max(0, bytes.byteLength - (options?.last ?? Infinity));
        if (bytes.byteLength <= limit) return bytes.slice(from);
        throw new AppError('file_too_large', `${path} has ${bytes.byteLength} bytes.`);
      }),
    list: (path) =>
      guard(path, 'read', () => {
        const { at, node } = disk.find(path);
        disk.check(at, 'read');
        if (node.kind !== 'folder') throw errnoError('ENOTDIR');
        const inside = [...disk.nodes.keys()].filter(
          (each) => each !== '/' && dirname(each) === at,
        );
        return inside.map((each) => each.slice(each.lastIndexOf('/') + 1)).sort();
      }),
  };
}

type WritingCalls = Pick<
  Files,
  'createExclusive' | 'overwrite' | 'append' | 'rename' | 'remove' | 'setMode' | 'checkWritable'
>;

function writingCalls(disk: Disk): WritingCalls {
  const create = (path: string, bytes: Uint8Array, mode: number) =>
    disk.put(path, { kind: 'file', bytes: bytes.slice(), mode, ...disk.stamp() });
  return {
    createExclusive: (path, bytes, mode) => guard(path, 'write', () => create(path, bytes, mode)),
    overwrite: (path, bytes, same) =>
      guard(path, 'write', () => {
        const { node } = disk.find(path, false);
        if (node.kind === 'link') throw errnoError('ELOOP');
        if (same !== undefined && same.inode !== String(node.inode)) {
          throw new AppError('file_changed', `Another file was put in the place of ${path}.`);
        }
        return disk.change(disk.file(path, 'write'), bytes);
      }),
    append: (path, bytes, options) =>
      guard(path, 'write', () => {
        const at = disk.follow(path, true);
        if (!disk.nodes.has(at)) return create(at, bytes, options.mode);
        const node = disk.file(path, 'write');
        return disk.change(node, Buffer.concat([node.bytes, bytes]));
      }),
    rename: (from, to) => guard(to, 'write', () => renameNode(disk, from, to)),
    remove: (path) =>
      guard(path, 'write', () => {
        const at = followMissing(disk, path);
        const node = at === undefined ? undefined : disk.nodes.get(at);
        if (at === undefined || node === undefined) return;
        disk.check(at, 'write');
        if (node.kind === 'folder') throw errnoError('EISDIR');
        disk.nodes.delete(at);
      }),
    setMode: (path, mode) =>
      guard(path, 'write', () => {
        const { at, node } = disk.find(path);
        disk.check(at, 'write');
        if (node.kind !== 'link') node.mode = mode;
      }),
    checkWritable: (path) => guard(path, 'write', () => disk.check(disk.find(path).at, 'write')),
  };
}

function folderCalls(disk: Disk): Pick<Files, 'makeFolder' | 'syncFolder' | 'removeFolder'> {
  const make = (path: string, mode: number): void => {
    if (followMissing(disk, path) === undefined) make(dirname(resolve(path)), mode);
    const at = disk.follow(path, true);
    const node = disk.nodes.get(at);
    if (node?.kind === 'folder') return;
    disk.put(at, { kind: 'folder', mode, ...disk.stamp() });
  };
  return {
    makeFolder: (path, options) => guard(path, 'write', () => make(path, options?.mode ?? 0o700)),
    syncFolder: (path) => guard(path, 'write', () => void disk.find(path)),
    removeFolder: (path) =>
      guard(path, 'write', () => {
        const at = followMissing(disk, path);
        const node = at === undefined ? undefined : disk.nodes.get(at);
        if (at === undefined || node === undefined) return;
        disk.check(at, 'write');
        if (node.kind !== 'folder') {
          throw new AppError('file_unsupported', `${path} is not a folder.`);
        }
        for (const each of [...disk.nodes.keys()]) {
          if (each === at || each.startsWith(`${at}/`)) disk.nodes.delete(each);
        }
      }),
  };
}

function renameNode(disk: Disk, from: string, to: string): void {
  const source = disk.find(from, false);
  const target = disk.follow(to, false);
  disk.check(source.at, 'write');
  disk.check(target, 'write');
  const replaced = disk.nodes.get(target);
  if (replaced?.kind === 'folder' && source.node.kind !== 'folder') throw errnoError('EISDIR');
  // POSIX: two names of one file stay two names.
  if (replaced === source.node) return;
  const moved = [...disk.nodes].filter(
    ([path]) => path === source.at || path.startsWith(`${source.at}/`),
  );
  for (const [path] of moved) disk.nodes.delete(path);
  for (const [path, node] of moved) disk.nodes.set(target + path.slice(source.at.length), node);
}

async function runLocked<T>(
  locks: Map<string, Promise<unknown>>,
  disk: Disk,
  path: string,
  work: () => Promise<T>,
  wait: number,
): Promise<T> {
  await guard(path, 'write', () => disk.check(disk.follow(`${path}.lock`, true), 'write'));
  const before = locks.get(path) ?? Promise.resolve();
  const turn = Promise.withResolvers<void>();
  locks.set(
    path,
    before.then(() => turn.promise),
  );
  const timer = Promise.withResolvers<'late'>();
  const timeout = setTimeout(() => timer.resolve('late'), wait);
  try {
    if ((await Promise.race([before, timer.promise])) === 'late') {
      throw describeFileError(errnoError('EBUSY'), path, 'write');
    }
    return await work();
  } finally {
    clearTimeout(timeout);
    turn.resolve();
  }
}

function describeNode(node: Node, links: number): FileFacts {
  const size = node.kind === 'file' ? node.bytes.byteLength : 0;
  const { kind, mode, modified } = node;
  return {
    kind,
    size,
    mode,
    device: '1',
    inode: String(node.inode),
    links,
    uid,
    gid: uid,
    modified,
  };
}

/** Undefined when a folder on the way is missing. */
function followMissing(disk: Disk, path: string): string | undefined {
  try {
    return disk.follow(path, false);
  } catch (cause) {
    if (cause instanceof ErrnoError && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

async function guard<T>(path: string, attempt: Attempt, work: () => T): Promise<T> {
  try {
    return work();
  } catch (cause) {
    throw describeFileError(cause, path, attempt);
  }
}
