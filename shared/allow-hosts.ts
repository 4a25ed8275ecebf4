/** Hosts that a server asked for and was kept from join its list; no secret goes there because of it. */
import type { CredentialScope } from './models/scope.ts';

/**
 * The scope with more hosts. Which ones was the server's own word, so at *masked* a secret that was for
 * every listed host is from now on for those that were listed before; the person may add to it by hand.
 */
export function allowHosts(
  scope: CredentialScope,
  asked: readonly string[],
  secrets: readonly string[],
): CredentialScope {
  if (scope.hosts === 'any') return scope;
  const before = scope.hosts === 'none' ? [] : scope.hosts;
  const hosts = [...new Set([...before, ...asked])];
  if (scope.level !== 'masked' || secrets.length === 0) return { ...scope, hosts };
  const kept = Object.fromEntries(secrets.map((name) => [name, before]));
  return { ...scope, hosts, secretHosts: { ...kept, ...scope.secretHosts } };
}
