/** The diff of one file for review, with every suspected and every stored secret in it masked. */
import type { DiffLine } from '../../shared/models/protect.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { decodeText } from '../documents/text.ts';
import { diffMasked } from '../edits/diff.ts';
import type { Mask } from '../edits/values.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { detectInBytes } from './detect-bytes.ts';

/**
 * `stored`: values that no scan might take for a secret where they stand, in a comment above all.
 * Errors: `file_unsupported` for what is no text, `file_too_large`.
 */
export function diffFile(
  file: string,
  before: Uint8Array,
  after: Uint8Array,
  stored: readonly Mask[],
): readonly DiffLine[] {
  const found = [before, after].flatMap((bytes) =>
    detectInBytes(bytes, file).map(({ value, preview }) => ({ value, shown: preview })),
  );
  const masks = [...found, ...stored];
  return diffMasked(decodeText(before, file).text, decodeText(after, file).text, masks);
}

/** Masks for everything that the keychain holds for these servers. Errors: `keychain_*`. */
export async function readStoredMasks(
  secrets: Pick<Secrets, 'read'>,
  servers: readonly Pick<ServerRecord, 'id' | 'secrets'>[],
): Promise<readonly Mask[]> {
  const masks: Mask[] = [];
  for (const { id } of servers.filter((server) => server.secrets.length > 0)) {
    const values = await secrets.read(id);
    for (const value of values?.values() ?? []) masks.push({ value, shown: '••••' });
  }
  return masks;
}
