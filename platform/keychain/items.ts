/**
 * Single items through the native library. Loading it and opening a connection both happen at the
 * first call. A call may hang for as long as an unlock window is on screen, and cannot be called
 * off: callers either run this in a process they can kill (`helper.ts`) or are about to be replaced
 * by another program (`direct.ts`).
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KeychainFailure } from './failures.ts';
import { keychainService } from './item-owner.ts';
import type { RawItems } from './parts.ts';
import { probeSecretService } from './secret-service.ts';
import { findSessionBus } from './session-bus.ts';

/** Milliseconds; the provider has just answered, so this only guards against its death. */
const absenceLimit = 5_000;

const collectEvery = 50;

/** What we use of the library; the `.node` file itself has the same exports as the package. */
interface Library {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: { readonly linux: { readonly store: 'secret-service' } },
  ) => Entry;
}

interface Entry {
  getPassword(): Promise<string | null>;
  setPassword(text: string): Promise<void>;
  deleteCredential(): Promise<boolean>;
}

export interface OpenOptions {
  /** Absolute path of the library's `.node` file, or of the package's main file. */
  readonly library: string;
  /** Called when the provider has answered: whatever takes longer from here is a person. */
  readonly onConnected?: () => void;
}

/** The items of our service. Errors are the library's, or a `KeychainFailure`. */
export function openItems(options: OpenOptions): RawItems {
  let opened = 0;
  const open = (account: string): Entry => {
    useSessionBus();
    opened += 1;
    if (opened % collectEvery === 0) collectEntries();
    const { AsyncEntry } = loadLibrary(options.library);
    // Pinned: without it the library falls back to the kernel's keyring, which forgets at reboot.
    const entry = new AsyncEntry(keychainService, account, { linux: { store: 'secret-service' } });
    options.onConnected?.();
    return entry;
  };
  return {
    async get(account) {
      const text = await open(account).getPassword();
      if (text === null) await checkAbsence();
      return text ?? undefined;
    },
    set: async (account, text) => open(account).setPassword(text),
    async delete(account) {
      const there = await open(account).deleteCredential();
      if (!there) await checkAbsence();
      return there;
    },
  };
}

/** Some providers find nothing while they are locked, which is not the same as absent. */
async function checkAbsence(): Promise<void> {
  if (process.platform !== 'linux') return;
  const address = process.env.DBUS_SESSION_BUS_ADDRESS;
  const state = await probeSecretService({ address, limit: absenceLimit });
  // Without a default keyring nothing was ever stored.
  if (state !== 'ready' && state !== 'no-default') throw new KeychainFailure(state);
}

/**
 * Each entry holds a connection to the bus until it is collected, and is so small that nothing
 * hurries the collector: without this a busy helper runs out of connections.
 */
function collectEntries(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}

function loadLibrary(path: string): Library {
  try {
    // Node keeps what was loaded. The cast is the library's own documented shape.
    return createRequire(path)(path) as Library;
  } catch {
    throw new KeychainFailure('no-library');
  }
}

/** The library reads the address from the environment of the process and takes no argument. */
function useSessionBus(): void {
  if (process.platform !== 'linux') return;
  const address = findSessionBus({ env: process.env, uid: process.geteuid?.() ?? 0 });
  if (address === undefined) throw new KeychainFailure('unavailable');
  process.env.DBUS_SESSION_BUS_ADDRESS = address;
}
