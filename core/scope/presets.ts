/** A sensible scope for a server that has none: from its command, its arguments and its package. */
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { findLinkedPackages } from './linked-packages.ts';
import { findNamedPlaces, type PlaceSearch, suggestFolders } from './named-places.ts';
import { runtimeOf } from './runtime.ts';

/** Hosts at which a kind of secret is used, by the beginning of the kind. */
const kindHosts: readonly { readonly kind: string; readonly hosts: readonly string[] }[] = [
  { kind: 'github-', hosts: ['api.github.com', 'github.com'] },
  { kind: 'gitlab-', hosts: ['gitlab.com'] },
  { kind: 'slack-', hosts: ['slack.com', '*.slack.com'] },
  { kind: 'notion', hosts: ['api.notion.com'] },
  { kind: 'linear', hosts: ['api.linear.app'] },
  { kind: 'figma', hosts: ['api.figma.com'] },
  { kind: 'airtable', hosts: ['api.airtable.com'] },
  { kind: 'brave', hosts: ['api.search.brave.com'] },
  { kind: 'tavily', hosts: ['api.tavily.com'] },
  { kind: 'exa', hosts: ['api.exa.ai', 'mcp.exa.ai'] },
  { kind: 'firecrawl', hosts: ['api.firecrawl.dev'] },
  { kind: 'stripe-', hosts: ['api.stripe.com'] },
  { kind: 'openai', hosts: ['api.openai.com'] },
  { kind: 'anthropic', hosts: ['api.anthropic.com'] },
  { kind: 'context7', hosts: ['context7.com', '*.context7.com'] },
];

/** Suggested; nothing is stored. A container is somebody else's sandbox and cannot be put into ours. */
export function suggestScope(launch: LaunchSpec, surroundings: PlaceSearch): CredentialScope {
  const runtime = runtimeOf(launch);
  const confinable = launch.transport === 'stdio' && runtime !== 'docker';
  return {
    level: confinable ? 'confined' : 'scoped-environment',
    runtime,
    environment: [],
    folders: confinable ? suggestFolders(findNamedPlaces(launch, surroundings)) : [],
    ...(confinable ? suggestPackages(launch, surroundings) : {}),
    hosts: 'any',
  };
}

/** What its program links to. A person sees it before it is part of any scope. */
export function suggestPackages(
  launch: LaunchSpec,
  { machine, files, masked }: PlaceSearch,
): Pick<CredentialScope, 'packages'> {
  if (launch.transport !== 'stdio' || machine.platform === 'windows') return {};
  const { home, env } = machine;
  const search = { cwd: launch.cwd ?? home, home, files, masked, path: env.PATH };
  const packages = findLinkedPackages(launch.command, launch.args, search);
  return packages.length === 0 ? {} : { packages };
}

export function hostsOfKind(kind: string): readonly string[] | undefined {
  return kindHosts.find((row) => kind.startsWith(row.kind))?.hosts;
}
