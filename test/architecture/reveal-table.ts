/**
 * Every place outside tests where a secret leaves its wrapper. A new call of `reveal()` needs a row
 * here, so that a reviewer sees it: say where the value goes and why it must.
 */

export interface RevealRow {
  readonly file: string;
  readonly calls: number;
  readonly why: string;
}

/** Folders that may have rows at all. */
export const mayReveal = [
  'core/secrets/',
  'core/launch/',
  'core/edits/',
  'core/exposure/mask',
  'core/gateway/',
  'core/promote/',
  'platform/keychain',
  'platform/clipboard',
];

export const revealRows: readonly RevealRow[] = [
  {
    file: 'core/edits/values.ts',
    calls: 6,
    why: 'restores values to files, and looks for copies of them in texts to mask or remove',
  },
  {
    file: 'core/exposure/mask.ts',
    calls: 2,
    why: 'computes the keyed fingerprint by which equal values are told without being shown, and tells common words',
  },
  {
    file: 'core/launch/fill.ts',
    calls: 1,
    why: 'puts the values into the environment, arguments or headers of the server they are for',
  },
  {
    file: 'core/launch/mask.ts',
    calls: 1,
    why: 'gives the value to the proxy, which holds it in place of the server',
  },
  {
    file: 'core/launch/redact.ts',
    calls: 1,
    why: 'looks for the value in what a server or its errors say, to take it out',
  },
  {
    file: 'core/launch/secret-item.ts',
    calls: 1,
    why: 'reads the keychain item, a JSON object, in the launcher',
  },
  {
    file: 'core/secrets/sealing-key.ts',
    calls: 1,
    why: 'decodes the key that seals backups',
  },
  {
    file: 'core/secrets/secrets.ts',
    calls: 2,
    why: 'writes and reads the keychain item, a JSON object of one server’s secrets',
  },
  {
    file: 'platform/clipboard.ts',
    calls: 1,
    why: 'gives the value to the clipboard, because the person asked for exactly that',
  },
  {
    file: 'core/secrets/travel.ts',
    calls: 3,
    why: 'seals an export by its passphrase, and opens it; values and passphrase go into age only',
  },
  {
    file: 'platform/keychain/check-value.ts',
    calls: 1,
    why: 'measures the value and hands it to the keychain',
  },
  {
    file: 'platform/keychain/vault-seal.ts',
    calls: 2,
    why: 'seals and opens the passphrase vault; the passphrase is the secret',
  },
];
