/** Pieces of entries that hold no secret, and how they are made. */
import type { Dice } from './random.ts';

export interface Fragment {
  readonly group: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

export type Maker = (dice: Dice) => Omit<Fragment, 'group'>;

export const env = (
  name: string,
  value: string,
): { readonly env: Readonly<Record<string, string>> } => ({ env: { [name]: value } });
export const credentialName = (d: Dice): string =>
  d.pick([
    'API_KEY',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'ACME_SECRET',
    'OPENAI_API_KEY',
    'SLACK_BOT_TOKEN',
    'CLIENT_SECRET',
  ]);
