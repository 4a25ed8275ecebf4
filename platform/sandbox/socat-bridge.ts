/**
 * The runtime's way from a socket to its proxy is a socat outside of every sandbox, which would outlive
 * us when we are killed. In processes of their own it ends with us, and so do those that it has forked.
 */
import { join } from 'node:path';
import type { Roots } from '../../core/ports.ts';
import { findTool } from './find-tool.ts';
import { writeOnce } from './linux.ts';
import { cell } from './linux-probe.ts';

/** A program to be started in place of socat, with its arguments; undefined where a part is missing. */
export function placeBridge(roots: Roots, path: string | undefined): string | undefined {
  const socat = findTool('socat', path);
  const bubblewrap = findTool('bwrap', path);
  if (socat === undefined || bubblewrap === undefined) return undefined;
  // The proxy is on this computer's own loopback.
  const outside = cell.filter((word) => word !== '--unshare-net');
  const words = [bubblewrap, ...outside, '--', socat].map(quote).join(' ');
  const file = join(roots.data, 'sandbox', 'bridge');
  writeOnce(file, `#!/bin/sh\nexec ${words} "$@"\n`, 0o700);
  return file;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
