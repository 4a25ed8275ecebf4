/** The tree behind the files in memory: names, links, hard links, and what is denied. */
import { dirname, join, resolve } from 'node:path/posix';
import type { Attempt } from '../../platform/file-errors.ts';

export interface FileNode {
  readonly kind: 'file';
  readonly inode: number;
  bytes: Uint8Array;
  mode: number;
  modified: number;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly inode: number;
  mode: number;
  modified: number;
}

interface LinkNode {
  readonly kind: 'link';
  readonly inode: number;
  readonly target: string;
  readonly mode: number;
  readonly modified: number;
}

export type Node = FileNode | FolderNode | LinkNode;

const longestLinkChain = 40;

export type Disk = ReturnType<typeof createDisk>;

/** The tree and its rules; everything here is synchronous. */
export function createDisk(now: () => number) {
  const nodes = new Map<string, Node>();
  const denied: { path: string; attempt: Attempt; errno: string }[] = [];
  let inodes = 1;
  const stamp = () => {
    inodes += 1;
    return { inode: inodes, modified: now() };
  };
  nodes.set('/', { kind: 'folder', mode: 0o755, ...stamp() });

  /** The path with links followed, the final one only when asked. */
  function follow(path: string, final: boolean, depth = 0): string {
    if (depth > longestLinkChain) throw errnoError('ELOOP');
    if (path.includes('\0')) throw errnoError('ERR_INVALID_ARG_VALUE');
    const absolute = resolve(path);
    if (absolute === '/') return '/';
    const parent = follow(dirname(absolute), true, depth + 1);
    const parentNode = nodes.get(parent);
    if (parentNode === undefined) throw errnoError('ENOENT');
    if (parentNode.kind !== 'folder') throw errnoError('ENOTDIR');
    const at = join(parent, absolute.slice(absolute.lastIndexOf('/') + 1));
    const node = nodes.get(at);
    if (node?.kind !== 'link' || !final) return at;
    return follow(resolve(dirname(at), node.target), true, depth + 1);
  }

  function check(path: string, attempt: Attempt): void {
    const row = denied.find(
      (each) =>
        each.attempt === attempt && (path === each.path || path.startsWith(`${each.path}/`)),
    );
    if (row !== undefined) throw errnoError(row.errno);
  }

  function find(path: string, final = true): { at: string; node: Node } {
    const at = follow(path, final);
    const node = nodes.get(at);
    if (node === undefined) throw errnoError('ENOENT');
    return { at, node };
  }

  return {
    nodes,
    denied,
    stamp,
    follow,
    check,
    find,
    file(path: string, attempt: Attempt): FileNode {
      const { at, node } = find(path);
      check(at, attempt);
      if (node.kind === 'folder') throw errnoError('EISDIR');
      if (node.kind === 'link') throw errnoError('ENOENT');
      return node;
    },
    put(path: string, node: Node): void {
      const at = follow(path, false);
      check(at, 'write');
      if (nodes.has(at)) throw errnoError('EEXIST');
      nodes.set(at, node);
    },
    change(node: FileNode, bytes: Uint8Array): void {
      node.bytes = bytes.slice();
      node.modified = now();
    },
    countLinks: (node: Node) => [...nodes.values()].filter((each) => each === node).length,
    snapshot(): Record<string, string | null> {
      const shown = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(shown.map(([path, node]) => [path, showNode(node)]));
    },
  };
}

function showNode(node: Node): string | null {
  if (node.kind === 'folder') return null;
  return node.kind === 'link' ? `-> ${node.target}` : Buffer.from(node.bytes).toString('utf8');
}

export class ErrnoError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function errnoError(code: string): ErrnoError {
  return new ErrnoError(code);
}
