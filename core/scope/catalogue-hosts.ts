/**
 * Hosts that the catalogue names for a package: those of its maker's remote server, and those that its
 * variables have by default. A hint for a person who lists hosts, and for a trial that proposes them; nothing is
 * allowed because of it before a person agreed.
 */
import { z } from 'zod';
import type { LaunchSpec } from '../../shared/models/server.ts';
import { runtimeOf } from './presets.ts';

/** `npm:@scope/name` → hosts. */
export type HostIndex = Readonly<Record<string, readonly string[]>>;

const variableSchema = z.object({
  default: z.unknown().optional(),
  value: z.unknown().optional(),
});
const snapshotSchema = z.object({
  servers: z.array(
    z.object({
      server: z.object({
        packages: z
          .array(
            z.object({
              registryType: z.string(),
              identifier: z.string(),
              environmentVariables: z.array(variableSchema).optional(),
            }),
          )
          .optional(),
        remotes: z.array(z.object({ url: z.string().optional() })).optional(),
      }),
    }),
  ),
});

const registries = ['npm', 'pypi', 'oci'];

/** Reads a whole snapshot: done when it is renewed, never at a start. Packages without a host are left out. */
export function indexHosts(snapshot: unknown): HostIndex {
  const found = new Map<string, Set<string>>();
  for (const { server } of snapshotSchema.parse(snapshot).servers) {
    const remotes = (server.remotes ?? []).flatMap(({ url }) => hostIn(url));
    for (const { registryType, identifier, environmentVariables = [] } of server.packages ?? []) {
      if (!registries.includes(registryType)) continue;
      const defaults = environmentVariables.flatMap(({ default: usual, value }) => [
        ...hostIn(usual),
        ...hostIn(value),
      ]);
      const key = keyOf(registryType, identifier);
      const hosts = found.get(key) ?? new Set();
      for (const host of [...remotes, ...defaults]) hosts.add(host);
      if (hosts.size > 0) found.set(key, hosts);
    }
  }
  const rows = [...found].map(([key, hosts]) => [key, [...hosts].sort()] as const);
  return Object.fromEntries(rows.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The host of a URL, unless it is an example, a pattern, or this computer. */
function hostIn(text: unknown): readonly string[] {
  if (typeof text !== 'string' || !URL.canParse(text)) return [];
  const { protocol, hostname } = new URL(text);
  const isNamed = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(hostname);
  if (!isNamed || !/^https?:$/.test(protocol) || placeholder.test(hostname)) return [];
  return [hostname];
}

const placeholder = /(?:^|[.-])(?:your|my|example|localhost|local|test|invalid)(?:[.-]|$)/;

const runtimeRegistries = { node: 'npm', python: 'pypi', docker: 'oci', binary: '' } as const;

/** What the index has for the package that a command line names. */
export function findCatalogueHosts(launch: LaunchSpec, index: HostIndex): readonly string[] {
  if (launch.transport !== 'stdio') return [];
  const registry = runtimeRegistries[runtimeOf(launch)];
  const keys = launch.args.map((argument) => keyOf(registry, argument));
  const key = keys.find((one) => Object.hasOwn(index, one));
  return key === undefined ? [] : (index[key] ?? []);
}

/** Without version, tag, digest or extras. */
function keyOf(registry: string, name: string): string {
  const bare = {
    npm: () => name.replace(/(?<=.)@[^/]*$/, ''),
    pypi: () =>
      name
        .replace(/(?:\[.*?\])?(?:[=<>!~@].*)?$/, '')
        .toLowerCase()
        .replaceAll(/[-_.]+/g, '-'),
    oci: () => name.replace(/@sha256:.*$/, '').replace(/:[^/]*$/, ''),
  }[registry];
  return `${registry}:${bare?.() ?? name}`;
}
