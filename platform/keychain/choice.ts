/**
 * Which store keeps the secrets: the system's keychain, unless the person has chosen the passphrase
 * vault. The choice is a file, `keychain.json` in the config folder, written only by `chooseVault`.
 */
import { join } from 'node:path';
import * as z from 'zod';
import type { Files, Machine, Processes, Roots } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';

const choiceSchema = z.strictObject({
  use: z.literal('vault'),
  /** A program whose first output line is the passphrase, for launches that nobody watches. */
  passphraseCommand: z.array(z.string()).min(1).optional(),
});

export type VaultChoice = z.infer<typeof choiceSchema>;

type Place = { readonly files: Files; readonly roots: Roots };

const sizeLimit = 65_536;
const commandTimeout = 60_000;

/** Undefined: the system's keychain. Fails with `file_unparsable` on a file that is not ours. */
export async function readVaultChoice({ files, roots }: Place): Promise<VaultChoice | undefined> {
  const path = choicePath(roots);
  if ((await files.stat(path)) === undefined) return undefined;
  const text = new TextDecoder().decode(await files.read(path, { limit: sizeLimit }));
  const choice = parseChoice(text);
  if (choice !== undefined) return choice;
  throw new AppError('file_unparsable', `${path} does not say which keychain to use.`, {
    hint: 'It should read {"use": "vault"}. Delete it to use the keychain of the system.',
    details: { path },
  });
}

/** From now on the vault is used. Only for an explicit request. */
export async function chooseVault({ files, roots }: Place, choice: VaultChoice): Promise<void> {
  const path = choicePath(roots);
  await files.makeFolder(roots.config);
  await files.remove(`${path}.new`);
  const text = `${JSON.stringify(choiceSchema.parse(choice), undefined, 2)}\n`;
  await files.createExclusive(`${path}.new`, new TextEncoder().encode(text), 0o600);
  await files.rename(`${path}.new`, path);
  await files.syncFolder(roots.config);
}

/** From now on the system's keychain is used. The vault's files stay. */
export async function chooseSystemKeychain({ files, roots }: Place): Promise<void> {
  await files.remove(choicePath(roots));
  if ((await files.stat(roots.config)) !== undefined) await files.syncFolder(roots.config);
}

/** Runs the passphrase command without a shell. Fails with `keychain_locked`. */
export async function askCommand(
  command: readonly string[],
  { machine, processes }: { readonly machine: Machine; readonly processes: Processes },
): Promise<Secret> {
  const [program = '', ...args] = command;
  const entries = Object.entries(machine.env);
  const env = Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const result = await processes.run(program, args, { env, timeout: commandTimeout });
  const passphrase = result.stdout.split(/\r?\n/, 1)[0] ?? '';
  if (result.exitCode === 0 && passphrase !== '') return new Secret(passphrase);
  throw new AppError('keychain_locked', 'The passphrase command gave no passphrase.', {
    hint: `Run "${program}" by hand and see what is wrong; it is set in keychain.json.`,
    details: { command: program, exitCode: result.exitCode ?? -1 },
  });
}

/** The error of a vault that nobody is there to open. */
export function nobodyToAsk(): AppError {
  return new AppError(
    'keychain_locked',
    'The passphrase vault is locked and nobody can be asked.',
    {
      hint: 'Set "passphraseCommand" in keychain.json to a program that prints the passphrase, for example ["secret-tool", "lookup", "name", "vault"].',
    },
  );
}

function choicePath(roots: Roots): string {
  return join(roots.config, 'keychain.json');
}

function parseChoice(text: string): VaultChoice | undefined {
  try {
    return choiceSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
