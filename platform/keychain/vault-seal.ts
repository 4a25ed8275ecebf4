/**
 * The sealed form of the passphrase vault. An age identity is sealed by the passphrase (slow, once
 * for each process), the items are sealed to that identity (quick, for each write). age does not say
 * who sealed something, so a key that lies beside the identity signs each generation.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Secret } from '../../shared/secret.ts';

/** scrypt with N = 2^17, r = 8: 128 MB and 0.4 s or more on today's computers. */
export const usualWorkFactor = 17;

const fileSchema = z.strictObject({
  portcullisVault: z.literal(1),
  generation: z.number().int().positive(),
  /** The opened form below, sealed by the passphrase; base64. */
  identity: z.string(),
  /** All items as one JSON object, sealed to the identity; base64. */
  items: z.string(),
  /** HMAC-SHA-256 over generation, identity and items; base64. */
  signature: z.string(),
});

const identitySchema = z.strictObject({
  age: z.string().startsWith('AGE-SECRET-KEY-1'),
  signing: z.string(),
});

const itemsSchema = z.record(z.string(), z.string());

/** Loaded only when a vault is used, which is rare: it takes as long as a whole scan. */
const loadAge = () => import('age-encryption');

export type VaultFile = z.infer<typeof fileSchema>;
export type VaultItems = Readonly<Record<string, string>>;

/** What opens a vault without the passphrase: kept in memory only. */
export interface VaultKey {
  /** As in the file, so that one key is known from another. */
  readonly sealed: string;
  readonly age: string;
  readonly signing: string;
}

/** `workFactor` is the binary logarithm of scrypt's N. */
export async function createVaultKey(passphrase: Secret, workFactor: number): Promise<VaultKey> {
  const { Encrypter, generateX25519Identity } = await loadAge();
  const age = await generateX25519Identity();
  const signing = randomBytes(32).toString('base64');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.reveal());
  encrypter.setScryptWorkFactor(workFactor);
  const sealed = await encrypter.encrypt(JSON.stringify({ age, signing }));
  return { sealed: Buffer.from(sealed).toString('base64'), age, signing };
}

/** Undefined when the passphrase does not open it. */
export async function openVaultKey(
  sealed: string,
  passphrase: Secret,
): Promise<VaultKey | undefined> {
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.reveal());
  try {
    const text = await decrypter.decrypt(Buffer.from(sealed, 'base64'), 'text');
    return { sealed, ...identitySchema.parse(JSON.parse(text)) };
  } catch {
    // age says the same of a wrong passphrase and of a damaged file.
    return undefined;
  }
}

/** The text of one generation. */
export async function sealVault(
  key: VaultKey,
  generation: number,
  items: VaultItems,
): Promise<string> {
  const { Encrypter, identityToRecipient } = await loadAge();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(key.age));
  const sealed = await encrypter.encrypt(JSON.stringify(items));
  const file = {
    portcullisVault: 1 as const,
    generation,
    identity: key.sealed,
    items: Buffer.from(sealed).toString('base64'),
  };
  const signature = sign(file, key).toString('base64');
  return `${JSON.stringify({ ...file, signature })}\n`;
}

/** Undefined when the text is no vault of ours. */
export function parseVault(text: string): VaultFile | undefined {
  try {
    return fileSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Undefined when the file was damaged or not sealed by this key's owner. */
export async function openVault(file: VaultFile, key: VaultKey): Promise<VaultItems | undefined> {
  const claimed = Buffer.from(file.signature, 'base64');
  const signature = sign(file, key);
  if (claimed.length !== signature.length || !timingSafeEqual(claimed, signature)) return undefined;
  const { Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  decrypter.addIdentity(key.age);
  try {
    const text = await decrypter.decrypt(Buffer.from(file.items, 'base64'), 'text');
    return itemsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function sign(file: Omit<VaultFile, 'signature'>, key: VaultKey): Buffer {
  const { generation, identity, items } = file;
  return createHmac('sha256', Buffer.from(key.signing, 'base64'))
    .update(JSON.stringify([generation, identity, items]))
    .digest();
}
