/**
 * The Keychain port of this machine: the system's keychain, or the vault where the person chose it.
 * What is kept in it, and when it is read back, is the caller's.
 */
import { join } from 'node:path';
import type { Files, Keychain, Machine, Processes, Roots } from '../../core/ports.ts';
import type { Secret } from '../../shared/secret.ts';
import { askCommand, nobodyToAsk, readVaultChoice, type VaultChoice } from './choice.ts';
import { createSystemKeychain, type SystemKeychainOptions } from './system-keychain.ts';
import { createVault } from './vault.ts';

export interface KeychainOptions extends Pick<SystemKeychainOptions, 'helper' | 'limits'> {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: Files;
  readonly processes: Processes;
  /** Asks the person; without it only the passphrase command can open a vault. */
  readonly askPassphrase?: () => Promise<Secret>;
}

/** Reads the choice at the first call and after each `reconnect`. */
export function createKeychain(options: KeychainOptions): Keychain {
  const system = createSystemKeychain(options);
  let vault: Keychain | undefined;
  let picked: Promise<Keychain> | undefined;

  const pick = async (): Promise<Keychain> => {
    const choice = await readVaultChoice(options);
    if (choice === undefined) return system;
    // Kept over reconnects, so that the person is asked once.
    vault ??= openChosenVault(options, choice);
    return vault;
  };
  const use = (): Promise<Keychain> => {
    picked ??= pick();
    const current = picked;
    current.catch(() => {
      if (picked === current) picked = undefined;
    });
    return current;
  };
  return {
    get: async (account) => (await use()).get(account),
    set: async (account, value) => (await use()).set(account, value),
    delete: async (account) => (await use()).delete(account),
    status: async () => (await use()).status(),
    async reconnect() {
      picked = undefined;
      await (await use()).reconnect();
    },
  };
}

function openChosenVault(options: KeychainOptions, choice: VaultChoice): Keychain {
  const { files, roots, askPassphrase } = options;
  return createVault({
    files,
    path: join(roots.data, 'vault.age'),
    async passphrase() {
      if (choice.passphraseCommand !== undefined)
        return askCommand(choice.passphraseCommand, options);
      if (askPassphrase !== undefined) return askPassphrase();
      throw nobodyToAsk();
    },
  });
}
