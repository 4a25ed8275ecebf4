/**
 * Marks of whole contents, by which the journal and the runs know a file again. They are keyed: who
 * has nothing but our files cannot test a guess at a short secret in a file that is otherwise known.
 * What was written before there were marks holds plain SHA-256 hashes; those are still understood.
 */
import { AppError } from '../../shared/errors.ts';
import type { SealingKey } from '../secrets/sealing-key.ts';
import { hashBytes, markContent } from './seal.ts';

const prefix = 'hmac:';

export interface Marks {
  /** For a content that is or was written. Undefined while the keychain gives no key. */
  of(bytes: Uint8Array): Promise<string | undefined>;
  /** Tells whether a content is the one that was marked. Errors: `keychain_*`. */
  matcher(mark: string | undefined): Promise<(bytes: Uint8Array) => boolean>;
}

/** Keeps the key once it was read: meant for one piece of work. */
export function createMarks(sealingKey: SealingKey): Marks {
  let key: Uint8Array | undefined;
  return {
    of: async (bytes) => {
      try {
        key ??= await sealingKey.readOrCreate();
        return `${prefix}${markContent(key, bytes)}`;
      } catch (thrown) {
        if (thrown instanceof AppError) return undefined;
        throw thrown;
      }
    },
    matcher: async (mark) => {
      if (mark === undefined || mark === '') return () => false;
      if (isPlainHash(mark)) return (bytes) => hashBytes(bytes) === mark;
      key ??= await readIfKept(sealingKey);
      const own = key;
      return (bytes) => own !== undefined && `${prefix}${markContent(own, bytes)}` === mark;
    },
  };
}

/** With its key a mark is lost for good: then no content is known by it. */
async function readIfKept(sealingKey: SealingKey): Promise<Uint8Array | undefined> {
  try {
    return await sealingKey.read();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'backup_unreadable') return undefined;
    throw thrown;
  }
}

export function isPlainHash(mark: string): boolean {
  return !mark.startsWith(prefix);
}

/**
 * What is kept in place of a plain hash of before: a mark when the file still is what it tells of; a
 * hash of what is gone tells nobody but a guesser anything, and goes. It stays while there is no key.
 */
export async function renewMark(
  marks: Marks,
  mark: string,
  present: Uint8Array | undefined,
): Promise<string | undefined> {
  if (mark === '' || !isPlainHash(mark)) return mark;
  if (present === undefined || hashBytes(present) !== mark) return undefined;
  return (await marks.of(present)) ?? mark;
}
