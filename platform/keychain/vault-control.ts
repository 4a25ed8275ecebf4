/** Lets a door choose and open the passphrase vault; the passphrase stays in this process. */

import type { Files, Keychain, Roots, VaultControl } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { chooseSystemKeychain, chooseVault, nobodyToAsk, readVaultChoice } from './choice.ts';

/** The passphrase that a person has given to this process, if any. */
export interface PassphraseHolder {
  give(passphrase: Secret | undefined): void;
  /** The given one; else whoever can be asked. Errors: `keychain_locked` when there is nobody. */
  ask(): Promise<Secret>;
}

export function createPassphraseHolder(ask?: () => Promise<Secret>): PassphraseHolder {
  let given: Secret | undefined;
  return {
    give: (passphrase) => {
      given = passphrase;
    },
    ask: async () => {
      if (given !== undefined) return given;
      if (ask === undefined) throw nobodyToAsk();
      given = await ask();
      return given;
    },
  };
}

/** The item that is there from the start, so that a passphrase can be right or wrong. */
const checkAccount = ':vault-check';

export function createVaultControl({
  files,
  roots,
  keychain,
  holder,
}: {
  files: Files;
  roots: Roots;
  keychain: Keychain;
  holder: PassphraseHolder;
}): VaultControl {
  /** A read that has to open the vault proves the passphrase. */
  async function prove(): Promise<void> {
    await keychain.reconnect();
    await keychain.get(checkAccount);
  }

  return {
    async create(passphrase) {
      if ((await readVaultChoice({ files, roots })) !== undefined) {
        throw new AppError('conflict', 'There is a passphrase vault already.', {
          hint: 'Open it with its passphrase.',
        });
      }
      holder.give(passphrase);
      await chooseVault({ files, roots }, { use: 'vault' });
      try {
        await keychain.reconnect();
        // An empty vault has no passphrase yet: it would take the next one it is given for its own.
        await keychain.set(checkAccount, new Secret('open'));
        await prove();
      } catch (thrown) {
        holder.give(undefined);
        await chooseSystemKeychain({ files, roots });
        throw thrown;
      }
    },
    async open(passphrase) {
      if ((await readVaultChoice({ files, roots })) === undefined) {
        throw new AppError('not_found', 'There is no passphrase vault on this machine.', {
          hint: 'Secrets are kept in the keychain of the system.',
        });
      }
      holder.give(passphrase);
      try {
        await prove();
      } catch (thrown) {
        holder.give(undefined);
        throw thrown;
      }
    },
  };
}
