/**
 * The files of the vault: `vault.age.7` and the two generations before it. A generation is complete
 * or absent, because it is written beside and renamed.
 */
import { basename, dirname, join } from 'node:path';
import type { Files } from '../../core/ports.ts';
import { parseVault, type VaultFile } from './vault-seal.ts';

const kept = 3;
/** A vault of a thousand full items; anything larger is not ours. */
const sizeLimit = 2_000_000_000;

export interface Generation {
  readonly path: string;
  readonly number: number;
  /** Undefined when the file is damaged. */
  readonly file: VaultFile | undefined;
}

/** All generations, newest first. */
export async function listGenerations(files: Files, path: string): Promise<readonly Generation[]> {
  const folder = dirname(path);
  if ((await files.stat(folder)) === undefined) return [];
  const names = await files.list(folder);
  const found = names.flatMap((name) => {
    const number = generationOf(name, basename(path));
    return number === undefined ? [] : [{ path: join(folder, name), number }];
  });
  found.sort((a, b) => b.number - a.number);
  return Promise.all(
    found.map(async (each) => {
      const bytes = await files.read(each.path, { limit: sizeLimit });
      const file = parseVault(new TextDecoder().decode(bytes));
      // A copy under another number must not pass for that number.
      return { ...each, file: file?.generation === each.number ? file : undefined };
    }),
  );
}

/** Writes one more generation, durably, then removes those no longer kept. Call under the lock. */
export async function writeGeneration(
  files: Files,
  path: string,
  number: number,
  text: string,
): Promise<void> {
  const folder = dirname(path);
  const target = `${path}.${number}`;
  const fresh = `${path}.new`;
  // Left by a crash, if it is there; the lock says that nobody is writing it now.
  await files.remove(fresh);
  await files.createExclusive(fresh, new TextEncoder().encode(text), 0o600);
  await files.rename(fresh, target);
  await files.syncFolder(folder);
  for (const name of await files.list(folder)) {
    const old = generationOf(name, basename(path));
    if (old !== undefined && old <= number - kept) await files.remove(join(folder, name));
  }
}

function generationOf(name: string, base: string): number | undefined {
  if (!name.startsWith(`${base}.`)) return undefined;
  const number = name.slice(base.length + 1);
  return /^[1-9]\d{0,14}$/.test(number) ? Number(number) : undefined;
}
