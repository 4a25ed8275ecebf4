/**
 * Records and secrets on their way to another machine: sealed by a passphrase with age, armoured so
 * that the file is text. Without secrets the file is plain JSON and does not come here.
 */
import * as z from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { ServerId } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import type { SecretValues } from './secrets.ts';

const travelSchema = z.strictObject({
  /** The plain form of the file. */
  text: z.string(),
  values: z.record(z.string(), z.record(z.string(), z.string())),
});

export interface Travelling {
  readonly text: string;
  readonly values: ReadonlyMap<ServerId, SecretValues>;
}

/** scrypt with N = 2^17, r = 8, as for the vault. */
const workFactor = 17;

/** Loaded only when something travels: it takes as long as a whole scan. */
const loadAge = () => import('age-encryption');

export function isSealed(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');
}

export async function sealTravel(
  { text, values }: Travelling,
  passphrase: Secret,
): Promise<string> {
  const { armor, Encrypter } = await loadAge();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase.reveal());
  encrypter.setScryptWorkFactor(workFactor);
  const plain = [...values].map(([server, own]) => [
    server,
    Object.fromEntries([...own].map(([name, value]) => [name, value.reveal()])),
  ]);
  const content = JSON.stringify({ text, values: Object.fromEntries(plain) });
  return armor.encode(await encrypter.encrypt(content));
}

/** Errors: `passphrase_wrong`, which age cannot tell from a damaged file. */
export async function openTravel(text: string, passphrase: Secret): Promise<Travelling> {
  const { armor, Decrypter } = await loadAge();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.reveal());
  let opened: z.infer<typeof travelSchema>;
  try {
    const content = await decrypter.decrypt(armor.decode(text), 'text');
    opened = travelSchema.parse(JSON.parse(content));
  } catch {
    throw new AppError('passphrase_wrong', 'This passphrase does not open the file.', {
      hint: 'Type it again. If it is right, the file was damaged on its way: export it anew.',
    });
  }
  const values = Object.entries(opened.values).map(
    ([server, own]) =>
      [
        server,
        new Map(Object.entries(own).map(([name, value]) => [name, new Secret(value)] as const)),
      ] as const,
  );
  return { text: opened.text, values: new Map(values) };
}
