/** What every implementation of the Keychain port must do. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Keychain } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';

export interface KeychainWorld {
  readonly keychain: Keychain;
  close(): Promise<void> | void;
}

export interface StatefulWorld extends KeychainWorld {
  /** Brings the keychain behind the port into this state. */
  become(state: 'ready' | 'locked' | 'unavailable' | 'timeout'): Promise<void> | void;
}

/** Code and whether there is a hint; a thrown value that is no AppError as it is. */
export async function keychainFailure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) return thrown;
    return { code: thrown.code, hint: (thrown.hint ?? '').length > 20 };
  }
  return 'no failure';
}

/** Values that some keychain or some way to it cuts, refuses or changes. */
function awkwardValues(): Readonly<Record<string, string>> {
  return {
    'one byte': 'x',
    empty: '',
    NUL: 'before\0after\0',
    newlines: '\r\n\n\ta b\n',
    emoji: '🔑 ключ ключ 鍵 e\u0301',
    'JSON in JSON': JSON.stringify({ a: JSON.stringify({ b: '"\\' }) }),
    'like a header of ours': 'portcullis-parts 1 {"generation":"a","count":9}',
    '3 KiB': randomBytes(1536).toString('hex'),
    '64 KiB': randomBytes(32_768).toString('hex'),
    '1 MB': '🗝'.repeat(262_144),
  };
}

export function keychainSuite(
  name: string,
  open: () => Promise<KeychainWorld> | KeychainWorld,
): void {
  describe(`keychain: ${name}`, () => {
    let world: KeychainWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    test('what was never stored is absent and cannot be deleted', async () => {
      const { keychain } = world;
      expect(await keychain.get('nobody')).toBe(undefined);
      expect(await keychain.delete('nobody')).toBe(false);
    });

    test.each(Object.entries(awkwardValues()))(
      '%s comes back on a fresh connection',
      async (_, value) => {
        const { keychain } = world;
        await keychain.set('server', new Secret(value));
        await keychain.reconnect();
        expect((await keychain.get('server'))?.reveal() === value).toBe(true);
        expect(await keychain.delete('server')).toBe(true);
        expect(await keychain.get('server')).toBe(undefined);
      },
    );

    test('half a character is refused and what was stored stays', async () => {
      const { keychain } = world;
      await keychain.set('server', new Secret('kept'));
      const half = keychain.set('server', new Secret('cut \ud83d'));
      expect(await keychainFailure(half)).toEqual({ code: 'bad_input', hint: expect.any(Boolean) });
      expect((await keychain.get('server'))?.reveal()).toBe('kept');
    });

    test('more than a megabyte is refused and what was stored stays', async () => {
      const { keychain } = world;
      await keychain.set('server', new Secret('kept'));
      const long = keychain.set('server', new Secret('x'.repeat(1_048_577)));
      expect(await keychainFailure(long)).toMatchObject({ code: 'keychain_too_long' });
      expect((await keychain.get('server'))?.reveal()).toBe('kept');
    });

    test('accounts are apart, and a second set replaces the first', async () => {
      const { keychain } = world;
      await keychain.set('one', new Secret('1'));
      await keychain.set('two', new Secret('2'));
      await keychain.set(':own key', new Secret('3'));
      await keychain.set('one', new Secret('1 again'));
      expect(await keychain.delete('two')).toBe(true);
      const left = await Promise.all(['one', 'two', ':own key'].map((each) => keychain.get(each)));
      expect(left.map((each) => each?.reveal())).toEqual(['1 again', undefined, '3']);
    });

    test('the status says what keeps the secrets', async () => {
      const { state, backend } = await world.keychain.status();
      expect({ state, named: backend.length > 0 }).toEqual({
        state: expect.stringMatching(/^(ready|vault)$/),
        named: true,
      });
    });
  });
}

/** Every bad state, told apart, on every method; and back. */
export function keychainStatesSuite(
  name: string,
  open: () => Promise<StatefulWorld> | StatefulWorld,
): void {
  describe(`keychain states: ${name}`, () => {
    let world: StatefulWorld;
    beforeEach(async () => {
      world = await open();
      await world.keychain.set('server', new Secret('kept'));
    });
    afterEach(() => world.close());

    test.each(['locked', 'unavailable', 'timeout'] as const)(
      '%s is an error, then over',
      async (state) => {
        const { keychain } = world;
        await world.become(state);
        const failed = { code: `keychain_${state}`, hint: expect.any(Boolean) };
        expect(await keychainFailure(keychain.get('server'))).toEqual(failed);
        expect(await keychainFailure(keychain.get('absent'))).toEqual(failed);
        expect(await keychainFailure(keychain.set('server', new Secret('new')))).toEqual(failed);
        expect(await keychainFailure(keychain.delete('server'))).toEqual(failed);
        const status = await keychain.status();
        expect({ state: status.state, hint: status.hint !== undefined }).toEqual({
          state,
          hint: true,
        });
        await world.become('ready');
        await keychain.reconnect();
        expect((await keychain.get('server'))?.reveal()).toBe('kept');
        expect((await keychain.status()).state).toBe('ready');
      },
    );
  });
}
