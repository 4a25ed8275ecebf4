/** Placeholders in place of secrets, for a server that shall never hold them. */
import type { CredentialScope } from '../../shared/models/scope.ts';
import { Secret } from '../../shared/secret.ts';
import type { SecretValues } from './secret-item.ts';

/** Keeps a value at the proxy, for these hosts only, and answers the placeholder for it. */
export type RegisterValue = (name: string, value: string, hosts: readonly string[]) => string;

/** The hosts of a pattern without a port: the proxy puts a value in by name of the host. */
export function maskSecrets(
  secrets: SecretValues,
  { hosts, secretHosts }: Pick<CredentialScope, 'hosts' | 'secretHosts'>,
  register: RegisterValue,
): SecretValues {
  const all = typeof hosts === 'string' ? [] : hosts;
  return new Map(
    [...secrets].map(([name, secret]) => {
      const own = secretHosts?.[name] ?? all;
      const names = [...new Set(own.map((host) => host.replace(/:\d+$/, '')))];
      return [name, new Secret(register(name, secret.reveal(), names))];
    }),
  );
}
