/**
 * The built window, read once into memory. A request names a file exactly as the table does or gets
 * nothing: no path is ever put together from what somebody sent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { AppError } from '../shared/errors.ts';

export interface BundleFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** The name changes with the content. */
  readonly isImmutable: boolean;
}

/** By the path of the address: `/`, `/assets/index-1a2b3c4d.js`. */
export type Bundle = ReadonlyMap<string, BundleFile>;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** What the build calls a file with a fingerprint. */
const fingerprinted = /^assets\/[^/]+-[\w-]{8}\.\w+$/;

/** Reads the folder that the build has made. Errors: `not_found` when there is none. */
export function readBundle(folder: string): Bundle {
  const bundle = new Map<string, BundleFile>();
  for (const name of listFiles(folder)) {
    const type = types[extname(name)];
    // Source maps, build stamps: not part of the window.
    if (type === undefined) continue;
    const isImmutable = fingerprinted.test(name);
    bundle.set(`/${name}`, { type, bytes: readFileSync(join(folder, name)), isImmutable });
  }
  const page = bundle.get('/index.html');
  if (page === undefined) {
    throw new AppError('not_found', 'The window is not built.', {
      hint: 'Run `npm run build` in the checkout, or install Portcullis again.',
      details: { folder },
    });
  }
  return bundle.set('/', page);
}

/** Relative names with `/`. Folder by folder: the archive of a packed app knows no recursive listing. */
function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (!entry.isDirectory()) return [entry.name];
      return listFiles(join(folder, entry.name)).map((name) => `${entry.name}/${name}`);
    });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
}
