/** The key under which values become fingerprints: random, of this machine, never sent anywhere. */
import { AppError } from '../../shared/errors.ts';
import type { Files, Random, Roots } from '../ports.ts';

const keyLength = 32;

/** Reads the key, or makes it. Two processes that make it at once end with the same one. */
export async function readScanKey(ports: {
  readonly files: Files;
  readonly random: Random;
  readonly roots: Roots;
}): Promise<Uint8Array> {
  const { files, random, roots } = ports;
  const path = `${roots.data}/scan.key`;
  const present = await readKey(files, path);
  if (present !== undefined) return present;
  await files.makeFolder(roots.data);
  const key = random.bytes(keyLength);
  try {
    await files.createExclusive(path, key, 0o600);
    return key;
  } catch (thrown) {
    const other = await readKey(files, path);
    if (other === undefined) throw thrown;
    return other;
  }
}

async function readKey(files: Files, path: string): Promise<Uint8Array | undefined> {
  if ((await files.stat(path)) === undefined) return undefined;
  const key = await files.read(path, { limit: 1024 });
  if (key.length === keyLength) return key;
  throw new AppError('file_unparsable', `${path} is damaged: it does not hold 32 bytes.`, {
    hint: 'Delete it. Suppressed findings will show again.',
    details: { file: path },
  });
}
