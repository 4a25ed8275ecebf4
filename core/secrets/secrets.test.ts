import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import type { Files, Keychain, Roots } from '../ports.ts';
import { createSealingKey } from './sealing-key.ts';
import { createSecrets, type SecretValues } from './secrets.ts';

const roots: Roots = { config: '/c', data: '/d', cache: '/k' };

function open(items: Record<string, string> = {}, wrap: (keychain: Keychain) => Keychain = same) {
  const files = createMemoryFiles();
  const keychain = createMemoryKeychain(items);
  return { files, keychain, secrets: createSecrets({ files, keychain: wrap(keychain), roots }) };
}

function same(keychain: Keychain): Keychain {
  return keychain;
}

function values(of: Record<string, string>): SecretValues {
  return new Map(Object.entries(of).map(([name, value]) => [name, new Secret(value)]));
}

function reveal(stored: SecretValues | undefined): Record<string, string> | undefined {
  if (stored === undefined) return undefined;
  return Object.fromEntries([...stored].map(([name, value]) => [name, value.reveal()]));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    expect(thrown.hint).toMatch(/\S/);
    return thrown.code;
  }
}

describe('an item that is not ours to read', () => {
  const items = ['', 'plain text', '[]', 'null', '7', '{"A": 1}', '{"A": {"B": "c"}}', '{"": "x"}'];
  test.each(items)('%j is reported, not quoted, and never overwritten', async (item) => {
    const { secrets, keychain } = open({ alpha: item });
    for (const work of [
      () => secrets.read('alpha'),
      () => secrets.names('alpha'),
      () => secrets.put('alpha', values({ TOKEN: 'new' })),
      () => secrets.remove('alpha', ['A']),
    ])
      expect(await codeOf(work())).toBe('keychain_item_unreadable');
    expect((await keychain.get('alpha'))?.reveal()).toBe(item);
    expect(keychain.counts.set).toBe(0);
  });

  test('can be destroyed, and then begun anew', async () => {
    const { secrets } = open({ alpha: 'broken' });
    expect(await secrets.destroy('alpha')).toBe(true);
    await secrets.put('alpha', values({ TOKEN: 'new' }));
    expect(reveal(await secrets.read('alpha'))).toEqual({ TOKEN: 'new' });
  });
});

test.each(['locked', 'unavailable', 'denied', 'timeout'] as const)(
  'a keychain that is %s stays an error and is not written',
  async (state) => {
    const { secrets, keychain } = open({ alpha: '{"A":"1"}' });
    keychain.setState(state);
    expect(await codeOf(secrets.read('alpha'))).toBe(`keychain_${state}`);
    expect(await codeOf(secrets.put('alpha', values({ B: '2' })))).toBe(`keychain_${state}`);
    expect(await codeOf(secrets.remove('alpha', ['A']))).toBe(`keychain_${state}`);
    keychain.setState('ready');
    expect(reveal(await secrets.read('alpha'))).toEqual({ A: '1' });
  },
);

describe('a keychain that answers ok', () => {
  const liars: readonly (readonly [string, Partial<Keychain>])[] = [
    ['and keeps nothing', { set: async () => undefined }],
    ['and gives back another value', { get: async () => new Secret('{"TOKEN":"other"}') }],
    [
      'and gives back more than was stored',
      { get: async () => new Secret('{"TOKEN":"x","B":"y"}') },
    ],
  ];
  test.each(liars)('%s', async (_name, lie) => {
    let told = false;
    const { secrets } = open({}, (keychain) => ({
      ...keychain,
      ...lie,
      get: (account) => (told && lie.get ? lie.get(account) : keychain.get(account)),
      set: async (account, value) => {
        told = true;
        await (lie.set ?? keychain.set)(account, value);
      },
    }));
    expect(await codeOf(secrets.put('alpha', values({ TOKEN: 'x' })))).toBe(
      'keychain_item_unreadable',
    );
  });

  test('is asked again on a fresh connection before we believe it', async () => {
    const { secrets, keychain } = open();
    await secrets.put('alpha', values({ TOKEN: 'x' }));
    expect(keychain.counts).toEqual({ get: 2, set: 1, delete: 0, reconnect: 1 });
  });
});

test('puts merge, removes end with the item', async () => {
  const { secrets, keychain } = open();
  expect(await secrets.read('alpha')).toBeUndefined();
  expect(await secrets.names('alpha')).toEqual([]);
  await secrets.put('alpha', values({ A: '1', B: '2' }));
  await secrets.put('alpha', values({ B: '3', C: '4' }));
  await secrets.put('beta', values({ A: 'other server' }));
  expect(reveal(await secrets.read('alpha'))).toEqual({ A: '1', B: '3', C: '4' });
  await secrets.remove('alpha', ['B', 'not there']);
  expect(await secrets.names('alpha')).toEqual(['A', 'C']);
  await secrets.remove('alpha', ['A', 'C']);
  expect(keychain.accounts()).toEqual(['beta']);
  await secrets.remove('alpha', ['A']);
  expect(await secrets.destroy('alpha')).toBe(false);
});

test('two puts at once lose neither', async () => {
  const { secrets } = open();
  await Promise.all([
    secrets.put('alpha', values({ A: '1' })),
    secrets.put('alpha', values({ B: '2' })),
    secrets.put('alpha', values({ C: '3' })),
  ]);
  expect(reveal(await secrets.read('alpha'))).toEqual({ A: '1', B: '2', C: '3' });
});

test('values of every kind come back as they went in', async () => {
  const { secrets } = open();
  const odd = {
    one: 'x',
    long: 'a'.repeat(3 * 1024),
    longer: 'b'.repeat(64 * 1024),
    nul: 'a\u0000b',
    emoji: '🔑 ü',
    surrogate: 'half \ud83d',
    lines: '-----BEGIN\r\nX\n-----END\n',
    json: '{"a":"b"}',
    ['__proto__']: 'a name like any other',
    constructor: 'and this',
  };
  await secrets.put('alpha', values(odd));
  expect(await secrets.read('alpha')).toEqual(values(odd));
  expect(reveal(await secrets.read('alpha'))).toEqual(odd);
});

test('a name that cannot be one is refused before the keychain is asked', async () => {
  const { secrets, keychain } = open();
  for (const name of ['', '1A', 'a b', 'ä', 'x'.repeat(129)])
    expect(await codeOf(secrets.put('alpha', values({ [name]: 'x' })))).toBe('bad_input');
  expect(keychain.counts.get).toBe(0);
});

describe('the sealing key', () => {
  function openKey(
    items: Record<string, string>,
    sealed: boolean,
    files: Files = createMemoryFiles(),
  ) {
    const keychain = createMemoryKeychain(items);
    const hasSealedBackups = async () => sealed;
    return { keychain, key: createSealingKey({ keychain, files, roots, hasSealedBackups }) };
  }

  test('is never made anew over backups that were sealed with another', async () => {
    const { key, keychain } = openKey({}, true);
    expect(await codeOf(key.readOrCreate())).toBe('backup_unreadable');
    expect(await codeOf(key.read())).toBe('backup_unreadable');
    expect(keychain.accounts()).toEqual([]);
  });

  test('is not made while the keychain cannot say that it is absent', async () => {
    const { key, keychain } = openKey({}, false);
    keychain.setState('locked');
    expect(await codeOf(key.readOrCreate())).toBe('keychain_locked');
    keychain.setState('ready');
    expect(keychain.accounts()).toEqual([]);
  });

  test.each(['', 'c2hvcnQ=', '?'])('is damaged: %j', async (item) => {
    const { key } = openKey({ ':sealing-key': item }, false);
    expect(await codeOf(key.readOrCreate())).toBe('keychain_item_unreadable');
  });

  test('is made once, random, and the same for all', async () => {
    const { key, keychain } = openKey({}, false);
    const [one, two] = await Promise.all([key.readOrCreate(), key.readOrCreate()]);
    expect(one).toEqual(two);
    expect(one?.byteLength).toBe(32);
    expect(await key.read()).toEqual(one);
    expect(keychain.counts.set).toBe(1);
    const { key: other } = openKey({}, false);
    expect(await other.readOrCreate()).not.toEqual(one);
  });
});
