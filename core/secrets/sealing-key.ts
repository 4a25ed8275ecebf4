/** The key under which backups are sealed: an item of our own in the keychain, made once. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import type { Files, Keychain, Roots } from '../ports.ts';

const account = ':sealing-key';
const keyLength = 32;

export interface SealingKey {
  /**
   * The key. Errors: `keychain_*`; `backup_unreadable` when it is absent.
   */
  read(): Promise<Uint8Array>;
  /**
   * The key, made when it is certainly absent and nothing was ever sealed: a new key over old backups
   * would make them look damaged instead of locked.
   * Errors: `keychain_*`; `backup_unreadable` when backups are there but their key is not.
   */
  readOrCreate(): Promise<Uint8Array>;
}

/** `hasSealedBackups` looks at the disk at the moment it is called. */
export function createSealingKey({
  keychain,
  files,
  roots,
  hasSealedBackups,
}: {
  keychain: Keychain;
  files: Files;
  roots: Roots;
  hasSealedBackups: () => Promise<boolean>;
}): SealingKey {
  async function find(): Promise<Uint8Array | undefined> {
    const item = await keychain.get(account);
    return item === undefined ? undefined : decodeKey(item);
  }

  async function create(): Promise<Uint8Array> {
    const key = randomBytes(keyLength);
    await keychain.set(account, new Secret(key.toString('base64')));
    await keychain.reconnect();
    const stored = await find();
    if (stored === undefined || !key.equals(stored)) throw unreadableKey();
    return stored;
  }

  return {
    async read() {
      const key = await find();
      if (key === undefined) throw keyGone();
      return key;
    },
    async readOrCreate() {
      const key = await find();
      if (key !== undefined) return key;
      const folder = join(roots.data, 'locks');
      await files.makeFolder(folder);
      return files.withLock(join(folder, 'sealing-key'), async () => {
        // Another process may have made it while this one waited for the lock.
        const made = await find();
        if (made !== undefined) return made;
        if (await hasSealedBackups()) throw keyGone();
        return create();
      });
    },
  };
}

function decodeKey(item: Secret): Uint8Array {
  const key = Buffer.from(item.reveal(), 'base64');
  if (key.byteLength !== keyLength) throw unreadableKey();
  return key;
}

function keyGone(): AppError {
  return new AppError(
    'backup_unreadable',
    'There are sealed backups, but their key is no longer in the keychain.',
    {
      hint: 'Bring back the keychain they were made with. If it is lost for good, move the backups folder away; Portcullis then makes a new key.',
    },
  );
}

function unreadableKey(): AppError {
  return new AppError(
    'keychain_item_unreadable',
    'The keychain item with the key of the backups is damaged.',
    {
      hint: 'Nothing was changed. Bring back the keychain item `:sealing-key` from a backup of your keychain, or run `portcullis doctor`.',
    },
  );
}
