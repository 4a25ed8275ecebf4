/**
 * A keychain in a folder of plain files, for tests that end the process: what was set before a kill is
 * there for the next process. The files stand outside of what such a test searches for values.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keychain } from '../../core/ports.ts';
import { Secret } from '../../shared/secret.ts';

export function createFileKeychain(folder: string): Keychain {
  const place = (account: string): string => join(folder, encodeURIComponent(account));
  return {
    async get(account) {
      const text = readIfThere(place(account));
      return text === undefined ? undefined : new Secret(text);
    },
    async set(account, value) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${place(account)}.new`, value.reveal(), { mode: 0o600 });
      renameSync(`${place(account)}.new`, place(account));
    },
    async delete(account) {
      const there = readIfThere(place(account)) !== undefined;
      rmSync(place(account), { force: true });
      return there;
    },
    status: async () => ({ state: 'ready', backend: 'files of a test' }),
    reconnect: async () => undefined,
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
