import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../shared/secret.ts';
import { createPorts } from '../ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pk-vault-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Ports as a new process has them. */
function open() {
  const at = (name: string) => join(folder, name);
  return createPorts({ roots: { config: at('config'), data: at('data'), cache: at('cache') } });
}

test('the passphrase of a vault is the one it was made with, before anything is kept in it', async () => {
  await open().vault.create(new Secret('correct horse battery'));
  await expect(open().vault.open(new Secret('another passphrase'))).rejects.toMatchObject({
    code: 'passphrase_wrong',
  });
  const later = open();
  expect((await later.keychain.status()).state).toBe('vault-locked');
  await later.vault.open(new Secret('correct horse battery'));
  expect((await later.keychain.status()).state).toBe('vault');
});

test('a second vault is refused, and none cannot be opened', async () => {
  await expect(open().vault.open(new Secret('any'))).rejects.toMatchObject({ code: 'not_found' });
  await open().vault.create(new Secret('correct horse battery'));
  await expect(open().vault.create(new Secret('another passphrase'))).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('a vault that lies there already keeps its passphrase', async () => {
  const first = open();
  await first.vault.create(new Secret('correct horse battery'));
  await first.files.remove(join(folder, 'config', 'keychain.json'));
  await expect(open().vault.create(new Secret('another passphrase'))).rejects.toMatchObject({
    code: 'passphrase_wrong',
  });
  await open().vault.create(new Secret('correct horse battery'));
});
