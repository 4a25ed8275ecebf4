/**
 * The Keychain port without a keychain: items in a sealed file that a passphrase opens. Only ever by
 * the person's explicit choice (`choice.ts`). The passphrase is asked for once in a process; what it
 * opens stays in memory, so that a write does not cost a passphrase's worth of computing.
 */
import { dirname } from 'node:path';
import type { Files, Keychain } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { checkValue } from './check-value.ts';
import { type Generation, listGenerations, writeGeneration } from './vault-generations.ts';
import {
  createVaultKey,
  openVault,
  openVaultKey,
  sealVault,
  usualWorkFactor,
  type VaultItems,
  type VaultKey,
} from './vault-seal.ts';

export interface VaultOptions {
  readonly files: Files;
  /** `<data>/vault.age`; the generations and the lock lie beside it. */
  readonly path: string;
  /** Asks the person or a program. May fail with `keychain_locked` when there is nobody to ask. */
  readonly passphrase: () => Promise<Secret>;
  /** Cost of the passphrase in a new vault; only tests lower it. */
  readonly workFactor?: number;
}

/** What the vault holds, and which newer generations could not be read. */
interface Opened {
  readonly key: VaultKey;
  readonly generation: number;
  readonly items: VaultItems;
  readonly damaged: readonly Generation[];
}

const backend = 'Passphrase vault';

/**
 * Fails with `passphrase_wrong`; with `keychain_item_unreadable` when no generation can be read, and
 * on every write while the newest one is damaged, so that an old value cannot quietly replace it.
 */
export function createVault(options: VaultOptions): Keychain {
  const { files, path, passphrase, workFactor = usualWorkFactor } = options;
  const keys = new Map<string, VaultKey>();
  const open = createOpener(options, keys);
  const change = (edit: (items: VaultItems) => VaultItems | undefined) =>
    lockVault(files, path, async () => {
      const opened = await open();
      const damaged = opened?.damaged[0];
      if (damaged !== undefined) throw refuseWrite(damaged);
      const items = edit(opened?.items ?? {});
      if (items === undefined) return false;
      const key = opened?.key ?? (await createVaultKey(await passphrase(), workFactor));
      keys.set(key.sealed, key);
      const generation = (opened?.generation ?? 0) + 1;
      await writeGeneration(files, path, generation, await sealVault(key, generation, items));
      return true;
    });
  return {
    async get(account) {
      const items = (await open())?.items ?? {};
      const value = Object.hasOwn(items, account) ? items[account] : undefined;
      return value === undefined ? undefined : new Secret(value);
    },
    async set(account, secret) {
      const value = checkValue(secret, 'linux', account);
      await change((items) => Object.fromEntries([...Object.entries(items), [account, value]]));
    },
    delete: (account) =>
      change((items) => {
        if (!Object.hasOwn(items, account)) return undefined;
        return Object.fromEntries(Object.entries(items).filter(([name]) => name !== account));
      }),
    status: () => readStatus(files, path, keys, open),
    // Every call reads the file anew.
    reconnect: async () => undefined,
  };
}

/** Opens the newest readable generation; `keys` holds what passphrases have opened so far. */
function createOpener(
  { files, path, passphrase }: VaultOptions,
  keys: Map<string, VaultKey>,
): () => Promise<Opened | undefined> {
  let turn: Promise<unknown> = Promise.resolve();
  /** Each generation is sealed with its number, but an old file is as well sealed as the newest. */
  let newest = 0;

  /** One after the other, so that two calls at once ask the person once. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  return () =>
    inTurn(async () => {
      // One answer serves all generations of this opening, be it right or wrong.
      let answer: Promise<Secret> | undefined;
      const tried = new Map<string, VaultKey | undefined>(keys);
      const unlock = async (sealed: string): Promise<VaultKey | undefined> => {
        if (tried.has(sealed)) return tried.get(sealed);
        answer ??= passphrase();
        const key = await openVaultKey(sealed, await answer);
        tried.set(sealed, key);
        if (key !== undefined) keys.set(sealed, key);
        return key;
      };
      const opened = await openNewest(await listGenerations(files, path), unlock);
      if (opened === undefined) return undefined;
      if (opened.generation < newest) throw wentBack(path, opened.generation, newest);
      newest = opened.generation;
      return opened;
    });
}

/** Never asks for the passphrase. */
async function readStatus(
  files: Files,
  path: string,
  keys: ReadonlyMap<string, VaultKey>,
  open: () => Promise<Opened | undefined>,
): ReturnType<Keychain['status']> {
  const generations = await listGenerations(files, path);
  const known = generations.every(({ file }) => file === undefined || keys.has(file.identity));
  if (!known || (generations.length > 0 && keys.size === 0)) {
    return { state: 'vault-locked', backend, hint: 'Enter the passphrase of the vault.' };
  }
  const damaged = (await open())?.damaged[0];
  if (damaged === undefined) return { state: 'vault', backend };
  return { state: 'vault', backend, ...hintOf(damaged) };
}

/** Undefined when there is no vault yet. */
async function openNewest(
  generations: readonly Generation[],
  unlock: (sealed: string) => Promise<VaultKey | undefined>,
): Promise<Opened | undefined> {
  const damaged: Generation[] = [];
  let wrong = false;
  for (const generation of generations) {
    const { file, number } = generation;
    const key = file === undefined ? undefined : await unlock(file.identity);
    wrong ||= file !== undefined && key === undefined;
    const items = file && key && (await openVault(file, key));
    if (key !== undefined && items !== undefined)
      return { key, generation: number, items, damaged };
    damaged.push(generation);
  }
  const newest = damaged[0];
  if (newest === undefined) return undefined;
  if (wrong) {
    throw new AppError('passphrase_wrong', 'The passphrase does not open the vault.', {
      hint: 'Try again; check the keyboard layout and caps lock.',
    });
  }
  throw new AppError('keychain_item_unreadable', 'No generation of the vault can be read.', {
    hint: `Put ${newest.path} back from a backup of yours, or delete the vault's files and enter the secrets again.`,
    details: { path: newest.path },
  });
}

function wentBack(path: string, found: number, seen: number): AppError {
  return new AppError(
    'keychain_item_unreadable',
    `The vault is older than it was: generation ${found} after ${seen}.`,
    {
      hint: 'Start Portcullis again if you have put it back yourself; secrets changed since may have to be entered again.',
      details: { path },
    },
  );
}

async function lockVault<T>(files: Files, path: string, work: () => Promise<T>): Promise<T> {
  await files.makeFolder(dirname(path));
  // Long enough for another process in which the person is typing the passphrase.
  return files.withLock(path, work, { wait: 60_000 });
}

function hintOf({ path, number }: Generation): { hint: string } {
  return {
    hint: `Generation ${number} of the vault is damaged, an older one is read. To go on with the older one, delete ${path}; secrets changed last may have to be entered again.`,
  };
}

function refuseWrite(damaged: Generation): AppError {
  return new AppError(
    'keychain_item_unreadable',
    'The vault is not written while its newest generation is damaged.',
    { ...hintOf(damaged), details: { path: damaged.path } },
  );
}
