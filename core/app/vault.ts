/** The passphrase vault as a choice: made only where it leaves nothing behind. */
import { AppError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Keychain, VaultControl } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';

export interface CreateVaultPorts {
  readonly records: Pick<RecordsStore, 'read'>;
  readonly keychain: Pick<Keychain, 'status'>;
  readonly vault: Pick<VaultControl, 'create'>;
}

/**
 * From now on secrets are kept in a vault. Errors: `conflict` while the keychain answers and holds
 * secrets, because every server would look for them in the vault and find nothing.
 */
export async function createVault(
  { records, keychain, vault }: CreateVaultPorts,
  passphrase: Secret,
): Promise<void> {
  const { servers } = await records.read();
  const keeps = servers.some(({ secrets }) => secrets.length > 0);
  if (keeps && (await keychain.status()).state === 'ready') {
    throw new AppError('conflict', 'Secrets are kept in the keychain, and it works.', {
      hint: 'A new vault would not have them. Give them back first with `portcullis leave --all`, then create the vault and protect again.',
    });
  }
  await vault.create(passphrase);
}
