/**
 * The Keychain port over the system's own keychain: Secret Service, Keychain, Credential Manager.
 * The macOS and Windows columns are written from the library's documentation and not tried.
 */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type {
  Keychain,
  KeychainState,
  KeychainStatus,
  Machine,
  Platform,
} from '../../core/ports.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { checkValue } from './check-value.ts';
import { describeFailure, KeychainFailure, nameKeychain } from './failures.ts';
import { createHelperClient, type HelperLimits } from './helper-client.ts';
import type { HelperRequest } from './protocol.ts';
import { probeSecretService } from './secret-service.ts';
import { findSessionBus } from './session-bus.ts';

export interface SystemKeychainOptions {
  readonly machine: Machine;
  /** Program and arguments of the helper; a packed app names its own. */
  readonly helper?: { readonly command: string; readonly args: readonly string[] };
  readonly limits?: Partial<HelperLimits>;
  /** UTF-16 code units in one item; only tests set it. */
  readonly longestItem?: number;
}

export interface SystemKeychain extends Keychain {
  /** Ends the helper; a later call would start another. */
  close(): Promise<void>;
  readonly helperPid: () => number | undefined;
}

const usualLimits: HelperLimits = { call: 10_000, prompt: 60_000, idle: 30_000 };

/** Milliseconds before a provider that was not there is asked again. */
const pauses = [300, 900];

/** Windows holds 2560 bytes, and the library stores UTF-16. */
const longestItems: Readonly<Partial<Record<Platform, number>>> = { windows: 1280 };

/** Variables that would make the helper load foreign code. */
const withheld = ['NODE_OPTIONS', 'NODE_PATH', 'NAPI_RS_NATIVE_LIBRARY_PATH'];

export function createSystemKeychain(options: SystemKeychainOptions): SystemKeychain {
  const { platform, env } = options.machine;
  const longest = options.longestItem ?? longestItems[platform];
  const limits = { ...usualLimits, ...options.limits };
  const uid = process.geteuid?.() ?? 0;
  const command = { ...(options.helper ?? usualHelper()), env: helperEnv(env) };
  const helper = createHelperClient(command, limits);
  let isClosed = false;

  /**
   * gnome-keyring ends, seldom, when several programs open a session at the same moment (it looks for a
   * caller that it has not noted yet), and whatever the bus starts in its place needs a moment. All three
   * tasks may be done twice, so they are asked again over a new connection.
   */
  const askAgain = async (request: HelperRequest) => {
    for (const pause of pauses) {
      const began = performance.now();
      try {
        return await helper.ask(request);
      } catch (cause) {
        // A bus says the same of a provider that ended as of one that is silent, only at once.
        const soon = performance.now() - began < limits.call / 2;
        const isGone = ({ kind }: KeychainFailure) =>
          kind === 'unavailable' || (kind === 'timeout' && soon);
        if (!(cause instanceof KeychainFailure) || !isGone(cause) || isClosed) throw cause;
        await sleep(pause);
        if (isClosed) throw cause;
        await helper.renew();
      }
    }
    return helper.ask(request);
  };
  const ask = async (request: HelperRequest) => {
    try {
      return await askAgain(request);
    } catch (cause) {
      if (!(cause instanceof KeychainFailure)) throw cause;
      throw describeFailure(cause.kind, platform, request.account);
    }
  };
  return {
    async get(account) {
      const answer = await ask({ task: 'get', account });
      if (answer.kind !== 'value' || answer.value === undefined) return undefined;
      return new Secret(answer.value);
    },
    async set(account, secret) {
      const value = checkValue(secret, platform, account);
      const limit = longest === undefined ? {} : { longest };
      await ask({ task: 'set', account, value, ...limit });
    },
    async delete(account) {
      const answer = await ask({ task: 'delete', account });
      return answer.kind === 'done' && answer.there;
    },
    status: () => readStatus({ machine: options.machine, uid, limit: limits.call }, ask),
    reconnect: () => helper.renew(),
    close: () => {
      isClosed = true;
      return helper.stop();
    },
    helperPid: () => helper.pid(),
  };
}

type Ask = (request: HelperRequest) => Promise<unknown>;

/** Never shows an unlock window on Linux; elsewhere reading an absent item shows none. */
async function readStatus(
  { machine, uid, limit }: { machine: Machine; uid: number; limit: number },
  ask: Ask,
): Promise<KeychainStatus> {
  const { platform, env } = machine;
  const backend = nameKeychain(platform);
  try {
    if (platform === 'linux') {
      const state = await probeSecretService({ address: findSessionBus({ env, uid }), limit });
      if (state !== 'ready') throw describeFailure(state, platform);
    } else {
      await ask({ task: 'get', account: ':status' });
    }
    return { state: 'ready', backend };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const state = states[cause.code] ?? 'unavailable';
    return { state, backend, ...(cause.hint === undefined ? {} : { hint: cause.hint }) };
  }
}

const states: Readonly<Partial<Record<ErrorCode, KeychainState>>> = {
  keychain_locked: 'locked',
  keychain_denied: 'denied',
  keychain_timeout: 'timeout',
};

/** In a checkout: this Node runs the helper beside this file. Inside Electron, as plain Node. */
function usualHelper(): { command: string; args: readonly string[] } {
  const library = createRequire(import.meta.url).resolve('@napi-rs/keyring');
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL('./helper.ts', import.meta.url)), library],
  };
}

function helperEnv(env: Machine['env']): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !withheld.includes(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
