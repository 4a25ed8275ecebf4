/**
 * The sealed form of a backup: one readable line of JSON that says what it is, then nonce, tag and
 * ciphertext (AES-256-GCM). The line is authenticated with the content, so a backup that was moved
 * under another name or whose line was edited does not open.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
const longestHeader = 65_536;

export const sealedHeaderSchema = z.strictObject({
  format: z.literal('portcullis-backup'),
  version: z.literal(1),
  id: z.string(),
  file: z.string(),
  path: z.string().optional(),
  at: z.string(),
  size: z.number().int().nonnegative(),
  mode: z.number().int().nonnegative(),
  links: z.number().int().positive().optional(),
  who: z.string(),
  reason: z.string(),
  move: z.string().optional(),
});
export type SealedHeader = z.infer<typeof sealedHeaderSchema>;

/** Seals `content` under a 32-byte key with a fresh random nonce. */
export function sealContent(
  key: Uint8Array,
  header: SealedHeader,
  content: Uint8Array,
): Uint8Array {
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(line);
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([line, nonce, cipher.getAuthTag(), body]);
}

/**
 * Opens what `sealContent` made. Errors: `backup_unreadable` when it is damaged, was made under
 * another key, or is not the backup that `expected` names.
 */
export function openSealed(
  key: Uint8Array,
  sealed: Uint8Array,
  expected: { readonly id: string; readonly place: string },
): { header: SealedHeader; content: Uint8Array } {
  const { header, line } = readSealedHeader(sealed, expected.place);
  if (header.id !== expected.id) throw damaged(expected.place);
  const body = Buffer.from(sealed).subarray(line.byteLength);
  const nonce = body.subarray(0, nonceLength);
  const tag = body.subarray(nonceLength, nonceLength + tagLength);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  decipher.setAAD(line);
  decipher.setAuthTag(tag);
  try {
    const content = Buffer.concat([
      decipher.update(body.subarray(nonceLength + tagLength)),
      decipher.final(),
    ]);
    return { header, content: new Uint8Array(content) };
  } catch (cause) {
    throw damaged(expected.place, cause);
  }
}

/**
 * The readable line of a copy that is as long as it says; only `openSealed` proves the line.
 * Errors: `backup_unreadable`.
 */
export function readSealedHeader(
  sealed: Uint8Array,
  place: string,
): { header: SealedHeader; line: Uint8Array } {
  const end = sealed.subarray(0, longestHeader).indexOf(0x0a);
  if (end < 0) throw damaged(place);
  const line = sealed.subarray(0, end + 1);
  try {
    const header = sealedHeaderSchema.parse(JSON.parse(Buffer.from(line).toString()));
    const expected = line.byteLength + nonceLength + tagLength + header.size;
    if (sealed.byteLength !== expected) throw new RangeError('torn');
    return { header, line };
  } catch (cause) {
    throw damaged(place, cause);
  }
}

/** SHA-256 in hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * HMAC of a content under a key derived from the sealing key: shows that two backups are equal
 * without letting anyone test a guess at a short secret.
 */
export function markContent(key: Uint8Array, content: Uint8Array): string {
  const derived = createHmac('sha256', key).update('portcullis content mark 1').digest();
  return createHmac('sha256', derived).update(content).digest('hex');
}

function damaged(place: string, cause?: unknown): AppError {
  return new AppError('backup_unreadable', `The backup ${place} cannot be opened.`, {
    hint: 'It is damaged, or was sealed under the key of another keychain. Choose another backup with `portcullis history`.',
    details: { path: place },
    cause,
  });
}
