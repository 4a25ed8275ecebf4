import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Files } from '../../core/ports.ts';
import { Secret } from '../../shared/secret.ts';
import type { DenyingWorld } from '../../test/support/denied-files-suite.ts';
import { createSeam, type SeamAct } from '../../test/support/faulty-files.ts';
import { keychainFailure, keychainSuite } from '../../test/support/keychain-suite.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { openRealFiles } from '../../test/support/real-files.ts';
import { createVault } from './vault.ts';

const right = 'correct horse battery';
let world: DenyingWorld;
let path: string;
let asked: number;

beforeEach(async () => {
  world = await openRealFiles();
  path = join(world.root, 'data/vault.age');
  asked = 0;
});
afterEach(() => world.close());

function open(passphrase = right, files: Files = world.files, at = path) {
  return createVault({
    files,
    path: at,
    workFactor: 10,
    async passphrase() {
      asked += 1;
      return new Secret(passphrase);
    },
  });
}

const read = async (keychain = open(), account = 'server') =>
  (await keychain.get(account))?.reveal();

keychainSuite('vault', async () => {
  const files = createMemoryFiles();
  const keychain = open(right, files, '/data/vault.age');
  return { keychain, close: () => undefined };
});

test('a wrong passphrase says so, asks once and changes nothing', async () => {
  const vault = open();
  for (const value of ['1', '2', '3']) await vault.set('server', new Secret(value));
  const before = readdirSync(join(world.root, 'data'));
  asked = 0;
  const other = open('wrong');
  expect(await keychainFailure(other.get('server'))).toEqual({
    code: 'passphrase_wrong',
    hint: true,
  });
  expect(asked).toBe(1);
  expect(await keychainFailure(other.set('server', new Secret('x')))).toMatchObject({
    code: 'passphrase_wrong',
  });
  expect(await other.status()).toMatchObject({ state: 'vault-locked' });
  expect(readdirSync(join(world.root, 'data'))).toEqual(before);
  expect(await read()).toBe('3');
});

test('an older vault that is put back does not pass for the newest while the door is open', async () => {
  const vault = open();
  const other = open();
  for (const value of ['1', '2']) await vault.set('server', new Secret(value));
  const old = readFileSync(`${path}.2`);
  await other.set('server', new Secret('3'));
  expect(await read(vault)).toBe('3');
  rmSync(`${path}.3`);
  writeFileSync(`${path}.2`, old);
  expect(await keychainFailure(vault.get('server'))).toEqual({
    code: 'keychain_item_unreadable',
    hint: true,
  });
  expect(await keychainFailure(vault.set('server', new Secret('4')))).toMatchObject({
    code: 'keychain_item_unreadable',
  });
  expect(await read()).toBe('2');
});

test('the passphrase is asked for once in a process, and no file shows a value', async () => {
  const vault = open();
  const value = `planted ${process.pid} value`;
  await Promise.all(['a', 'b', 'c', 'd'].map((each) => vault.set(each, new Secret(value))));
  expect(asked).toBe(1);
  asked = 0;
  const again = open();
  await Promise.all(['a', 'b', 'c', 'd'].map((each) => read(again, each)));
  expect(asked).toBe(1);
  const folder = join(world.root, 'data');
  const files = readdirSync(folder).filter((name) => /\.\d+$/.test(name));
  expect(files).toEqual(['vault.age.2', 'vault.age.3', 'vault.age.4']);
  for (const name of files) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder, name), 'utf8');
    expect([text.includes(value), text.includes(right), text.includes('AGE-SECRET')]).toEqual([
      false,
      false,
      false,
    ]);
  }
});

test.each([
  ['cut off', (text: string) => text.slice(0, 200)],
  ['items of another', (text: string) => text.replace(/"items":".{8}/, '"items":"AAAAAAAA')],
  ['renumbered', (text: string) => text.replace('"generation":3', '"generation":9')],
  ['not JSON', () => 'hello'],
] as const)(
  'newest generation %s: the older is read, said, and not written over',
  async (_, damage) => {
    const vault = open();
    for (const value of ['1', '2', '3']) await vault.set('server', new Secret(value));
    const newest = `${path}.3`;
    const bytes = new TextEncoder().encode(damage(readFileSync(newest, 'utf8')));
    await world.files.overwrite(newest, bytes);
    const later = open();
    expect(await read(later)).toBe('2');
    expect(await later.status()).toMatchObject({
      state: 'vault',
      hint: expect.stringContaining(newest),
    });
    expect(await keychainFailure(later.set('server', new Secret('4')))).toEqual({
      code: 'keychain_item_unreadable',
      hint: true,
    });
    expect(await keychainFailure(later.delete('server'))).toMatchObject({
      code: 'keychain_item_unreadable',
    });
    await world.files.remove(newest);
    await later.set('server', new Secret('4'));
    expect(await read()).toBe('4');
  },
);

test('all generations damaged is unreadable, never empty', async () => {
  await open().set('server', new Secret('1'));
  await world.files.overwrite(`${path}.1`, new TextEncoder().encode('{}'));
  expect(await keychainFailure(open().get('server'))).toEqual({
    code: 'keychain_item_unreadable',
    hint: true,
  });
});

test('a failure or a crash at any call leaves the old value or the new one', async () => {
  const acts: readonly SeamAct[] = ['halt', 'ENOSPC', 'EIO', 'short-write'];
  const files = createMemoryFiles();
  const at = '/data/vault.age';
  const key = open(right, files, at);
  await key.set('server', new Secret('start'));
  const keychain = createMemoryKeychain();
  let points = 0;
  for (const act of acts) {
    for (let call = 1; ; call += 1) {
      // A whole write first: it clears away what the last crash left.
      const before = `before ${act} ${call}`;
      await key.set('server', new Secret(before));
      const next = `${act} ${call}`;
      const seam = createSeam({ files, keychain }, { act, at: call });
      const failed = await open(right, seam.files, at)
        .set('server', new Secret(next))
        .then(
          () => false,
          () => true,
        );
      const after = await read(key);
      expect([before, next]).toContain(after);
      if (!failed) expect(after).toBe(next);
      if (seam.calls.length < call) break;
      points += 1;
    }
  }
  expect(points).toBeGreaterThan(30);
  // After all of this the vault is still written and at most three generations lie there.
  await key.set('server', new Secret('end'));
  expect(await read(open(right, files, at))).toBe('end');
  const names = await files.list('/data');
  expect(names.filter((name) => /\.\d+$/.test(name)).length).toBe(3);
}, 120_000);

test('two vaults that write at once lose nothing', async () => {
  const first = open();
  await first.set('start', new Secret('x'));
  const second = open();
  const names = Array.from({ length: 10 }, (_, index) => `server-${index}`);
  await Promise.all(
    names.map((name, index) => (index % 2 ? first : second).set(name, new Secret(name))),
  );
  const seen = await Promise.all(names.map((name) => read(first, name)));
  expect(seen).toEqual(names);
});

test('a new vault costs what it should, and its identity is an ordinary age file', async () => {
  const passphrase = async () => new Secret(right);
  await createVault({ files: world.files, path, passphrase }).set('server', new Secret('value'));
  const file: { identity: string; items: string } = JSON.parse(readFileSync(`${path}.1`, 'utf8'));
  const sealed = Buffer.from(file.identity, 'base64');
  expect(sealed.toString('latin1').split('\n')[1]).toMatch(/^-> scrypt \S+ 17$/);
  const opener = new Decrypter();
  opener.addPassphrase(right);
  const text = await opener.decrypt(sealed, 'text');
  const reader = new Decrypter();
  reader.addIdentity(JSON.parse(text).age);
  expect(await reader.decrypt(Buffer.from(file.items, 'base64'), 'text')).toBe(
    '{"server":"value"}',
  );
});
