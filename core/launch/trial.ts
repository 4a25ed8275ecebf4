/** What passes between a trial's asker and the launcher that makes it: a record in, a report out. */

import type { ServerRecord } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { readName } from '../exposure/names.ts';
import type { Bind } from '../ports.ts';
import { neededSecrets } from './fill.ts';
import type { SecretValues } from './secret-item.ts';

/** Bytes of what is seen of a server: many times what an honest one looks for. */
export const traceLimit = 16 * 1024 * 1024;

export interface TrialReport {
  /** What the sandbox showed. */
  readonly binds: readonly Bind[];
  /** Hosts that were talked to; absent where no proxy could run. */
  readonly hosts?: readonly string[];
  /** Hosts that it was kept from: where its scope limits them, a trial refuses as a start does. */
  readonly kept?: readonly string[];
}

/** Values of the shape of a secret that are none. */
export function inventSecrets(record: ServerRecord, random: () => string): SecretValues {
  return new Map(neededSecrets(record).map((name) => [name, new Secret(`trial-${random()}`)]));
}

/**
 * The variables of whoever tries, without values of credentials: a scope may let a variable through,
 * and a template may name one of the client.
 */
export function inventCredentials(
  env: Readonly<Record<string, string | undefined>>,
  random: () => string,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      const meaning = readName(name.replace(/^PORTCULLIS_REF_/, ''), 'variable');
      return [name, meaning.strength === 'none' ? value : `trial-${random()}`];
    }),
  );
}
