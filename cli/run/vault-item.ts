/**
 * Reads a server's item from the passphrase vault, for a person who has chosen one. A bundle of its
 * own, loaded only then: opening a vault is slow anyway.
 */
import { join } from 'node:path';
import type { Roots } from '../../core/ports.ts';
import { createFiles } from '../../platform/files.ts';
import { askCommand, nobodyToAsk, readVaultChoice } from '../../platform/keychain/choice.ts';
import { createVault } from '../../platform/keychain/vault.ts';
import { readMachine } from '../../platform/machine.ts';
import { createProcesses } from '../../platform/processes.ts';
import { type ErrorReport, toErrorReport } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret.ts';

/** Failures come back as data, since the launcher's bundle has an `AppError` of its own. */
export type VaultAnswer = { readonly item: Secret | undefined } | { readonly failure: ErrorReport };

/** Nobody can be asked here: without a passphrase command the vault stays locked. */
export async function readVaultItem(account: string, roots: Roots): Promise<VaultAnswer> {
  try {
    const machine = readMachine();
    const files = createFiles(machine.platform);
    const processes = createProcesses(machine.platform);
    const command = (await readVaultChoice({ files, roots }))?.passphraseCommand;
    const vault = createVault({
      files,
      path: join(roots.data, 'vault.age'),
      async passphrase() {
        if (command === undefined) throw nobodyToAsk();
        return askCommand(command, { machine, processes });
      },
    });
    return { item: await vault.get(account) };
  } catch (thrown) {
    return { failure: toErrorReport(thrown) };
  }
}
