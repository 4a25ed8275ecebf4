/** A keychain in memory: the twin of the real one, held to the same suite, with every bad state. */
import type { Keychain, KeychainState } from '../../core/ports.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';

export interface MemoryKeychain extends Keychain {
  /** From now on every call behaves as in this state. */
  setState(state: MemoryState): void;
  /** Accounts that are stored, sorted. */
  accounts(): readonly string[];
  /** How often each method was called. */
  readonly counts: Readonly<Record<'get' | 'set' | 'delete' | 'reconnect', number>>;
}

export type MemoryState = Extract<
  KeychainState,
  'ready' | 'locked' | 'unavailable' | 'denied' | 'timeout'
>;

/** One megabyte of UTF-8, as the real one. */
const longestValue = 1_048_576;

const codes = {
  locked: 'keychain_locked',
  unavailable: 'keychain_unavailable',
  denied: 'keychain_denied',
  timeout: 'keychain_timeout',
} as const satisfies Record<Exclude<MemoryState, 'ready'>, ErrorCode>;

/** `items` are there from the start. */
export function createMemoryKeychain(items: Readonly<Record<string, string>> = {}): MemoryKeychain {
  const stored = new Map(Object.entries(items));
  const counts = { get: 0, set: 0, delete: 0, reconnect: 0 };
  let state: MemoryState = 'ready';
  const check = (): void => {
    if (state === 'ready') return;
    throw new AppError(codes[state], `The keychain is ${state} (in memory).`, {
      hint: 'Only a test.',
    });
  };
  return {
    counts,
    accounts: () => [...stored.keys()].sort(),
    setState(next) {
      state = next;
    },
    async get(account) {
      counts.get += 1;
      check();
      const value = stored.get(account);
      return value === undefined ? undefined : new Secret(value);
    },
    async set(account, value) {
      counts.set += 1;
      const text = readable(value);
      check();
      stored.set(account, text);
    },
    async delete(account) {
      counts.delete += 1;
      check();
      return stored.delete(account);
    },
    async status() {
      const backend = 'memory';
      return state === 'ready' ? { state, backend } : { state, backend, hint: 'Only a test.' };
    },
    async reconnect() {
      counts.reconnect += 1;
    },
  };
}

function readable(value: Secret): string {
  const text = value.reveal();
  if (!text.isWellFormed()) {
    throw new AppError('bad_input', 'The value holds half a character.', { hint: 'Only a test.' });
  }
  if (Buffer.byteLength(text) > longestValue) {
    throw new AppError('keychain_too_long', 'The value is too long.', { hint: 'Only a test.' });
  }
  return text;
}
