/** All ports of this machine, for the doors. */
import type { Ports, Roots } from '../core/ports.ts';
import type { Secret } from '../shared/secret.ts';
import { createClock } from './clock.ts';
import { createFiles } from './files.ts';
import { createKeychain } from './keychain/keychain.ts';
import type { SystemKeychainOptions } from './keychain/system-keychain.ts';
import { createPassphraseHolder, createVaultControl } from './keychain/vault-control.ts';
import { readMachine } from './machine.ts';
import { createProcesses } from './processes.ts';
import { createRandom } from './random.ts';
import { chooseRoots } from './roots.ts';

export interface PortsOptions {
  /** In place of the system's usual folders. */
  readonly roots?: Partial<Roots>;
  /** Asks the person for the passphrase of a vault. */
  readonly askPassphrase?: () => Promise<Secret>;
  /** Where a packed app keeps the keychain's helper. */
  readonly keychainHelper?: SystemKeychainOptions['helper'];
}

export function createPorts(options: PortsOptions = {}): Ports {
  const machine = readMachine();
  const roots = chooseRoots(options.roots);
  const files = createFiles(machine.platform);
  const processes = createProcesses(machine.platform);
  const holder = createPassphraseHolder(options.askPassphrase);
  const keychain = createKeychain({
    machine,
    roots,
    files,
    processes,
    askPassphrase: holder.ask,
    ...(options.keychainHelper === undefined ? {} : { helper: options.keychainHelper }),
  });
  return {
    machine,
    roots,
    files,
    keychain,
    vault: createVaultControl({ files, roots, keychain, holder }),
    processes,
    clock: createClock(),
    random: createRandom(),
  };
}
