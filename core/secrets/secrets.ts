/**
 * The secrets of servers: one keychain item per server, a JSON object from secret name to value. The
 * item is the credential scope, so a value is only ever read together with the rest of its server's.
 * Which server may have which name is the business of `core/scope`.
 */
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type SecretName, type ServerId, secretNameSchema } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { Files, Keychain, Roots } from '../ports.ts';

export type SecretValues = ReadonlyMap<SecretName, Secret>;

export interface Secrets {
  /**
   * All secrets of a server; undefined when it has no item.
   * Errors: `keychain_*`; `keychain_item_unreadable` when the item is there but not ours to read.
   */
  read(server: ServerId): Promise<SecretValues | undefined>;
  /** Names only. */
  names(server: ServerId): Promise<readonly SecretName[]>;
  /**
   * Adds or replaces secrets and reads them back on a fresh connection. When it resolves they are in
   * the keychain; when it throws, those that were there before are still there or were never touched.
   * Errors: `keychain_*`, `keychain_item_unreadable` when what comes back is not what went in.
   */
  put(server: ServerId, values: SecretValues): Promise<void>;
  /** Removes secrets, and the item with the last of them. Names that are not there are no error. */
  remove(server: ServerId, names: readonly SecretName[]): Promise<void>;
  /** Removes the whole item, readable or not. True when there was one. */
  destroy(server: ServerId): Promise<boolean>;
}

/** Opens the secrets. Locks lie in the data folder, because two processes may change one item. */
export function createSecrets({
  keychain,
  files,
  roots,
}: {
  keychain: Keychain;
  files: Files;
  roots: Roots;
}): Secrets {
  async function read(server: ServerId): Promise<SecretValues | undefined> {
    const item = await keychain.get(server);
    return item === undefined ? undefined : parseItem(item, server);
  }

  async function locked<T>(server: ServerId, work: () => Promise<T>): Promise<T> {
    const folder = join(roots.data, 'locks');
    await files.makeFolder(folder);
    return files.withLock(join(folder, `secrets-${server}`), work);
  }

  /** Writes the item and proves that a new connection sees the same. */
  async function replace(server: ServerId, values: SecretValues): Promise<void> {
    await keychain.set(server, renderItem(values));
    await keychain.reconnect();
    const stored = await read(server);
    if (stored === undefined || !sameValues(stored, values)) throw notKept(server);
  }

  return {
    read,
    names: async (server) => [...((await read(server)) ?? new Map()).keys()],
    put: (server, values) =>
      locked(server, async () => {
        requireNames(values);
        const before = await read(server);
        await replace(server, new Map([...(before ?? []), ...values]));
      }),
    remove: (server, names) =>
      locked(server, async () => {
        const before = await read(server);
        if (before === undefined) return;
        const rest = new Map([...before].filter(([name]) => !names.includes(name)));
        if (rest.size === before.size) return;
        if (rest.size === 0) await keychain.delete(server);
        else await replace(server, rest);
      }),
    destroy: (server) => locked(server, () => keychain.delete(server)),
  };
}

/** True when both hold the same names with the same values. */
export function sameValues(left: SecretValues, right: SecretValues): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([name, value]) => right.get(name)?.equals(value) === true);
}

function renderItem(values: SecretValues): Secret {
  return new Secret(
    JSON.stringify(Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()]))),
  );
}

function parseItem(item: Secret, server: ServerId): SecretValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(item.reveal());
  } catch {
    // The parser's message quotes the text, which is a secret.
    throw itemUnreadable(server);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw itemUnreadable(server);
  const values = new Map<SecretName, Secret>();
  // Not a Zod record, which would drop a secret named `__proto__`.
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value !== 'string' || !isSecretName(name)) throw itemUnreadable(server);
    values.set(name, new Secret(value));
  }
  return values;
}

function isSecretName(name: string): boolean {
  return secretNameSchema.safeParse(name).success;
}

function requireNames(values: SecretValues): void {
  for (const name of values.keys()) {
    if (!isSecretName(name))
      throw new AppError('bad_input', `"${name}" cannot be the name of a secret.`, {
        hint: 'Begin with a letter or underscore; use letters, digits, `_`, `.` and `-`, 128 at most.',
        details: { name },
      });
  }
}

function itemUnreadable(server: ServerId): AppError {
  return new AppError(
    'keychain_item_unreadable',
    `The keychain item of "${server}" is there, but it is not in the form Portcullis writes.`,
    {
      hint: `Look at it in your system's keychain window. To start over, run \`portcullis secrets remove ${server}\` and enter the secrets again.`,
      details: { server },
    },
  );
}

function notKept(server: ServerId): AppError {
  return new AppError(
    'keychain_item_unreadable',
    `The keychain did not give back what was stored for "${server}".`,
    {
      hint: 'Nothing else was changed. Run `portcullis doctor`, then try again.',
      details: { server },
    },
  );
}
