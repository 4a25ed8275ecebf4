/**
 * Hosts that a server needs as far as is known without starting it: where its secrets' kinds are used,
 * what the catalogue names for its package, and what its own arguments and variables name. Pure.
 */
import { hostSchema } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import { findPresets, type PresetIndex } from './catalogue-presets.ts';
import { hostsOfKind } from './presets.ts';

export interface KnownHosts {
  readonly hosts: readonly string[];
  /** For each of its secrets the hosts that it is for; none where that is not known. */
  readonly ofSecrets: Readonly<Record<string, readonly string[]>>;
  /** What its arguments and variables name and no list of hosts can let through. */
  readonly unlistable: readonly string[];
}

export function findKnownHosts(
  { launch, secrets }: Pick<ServerRecord, 'launch' | 'secrets'>,
  needed: readonly string[],
  catalogue: PresetIndex,
): KnownHosts {
  if (launch.transport !== 'stdio') return { hosts: [], ofSecrets: {}, unlistable: [] };
  const named = [...launch.args, ...Object.values(launch.env)].flatMap(namedIn);
  const own = named.flatMap(({ host, listable }) => (listable ? [host] : []));
  const ofSecrets = Object.fromEntries(
    needed.map((name) => {
      const kind = secrets.find((secret) => secret.name === name)?.kind ?? '';
      // Not those of the catalogue: a maker's remote server is seldom where its keys are used.
      return [name, unique([...own, ...(hostsOfKind(kind) ?? [])])] as const;
    }),
  );
  const { hosts: ofPackage = [] } = findPresets(launch, catalogue);
  return {
    hosts: unique([...own, ...Object.values(ofSecrets).flat(), ...ofPackage]),
    ofSecrets,
    unlistable: unique(named.flatMap(({ host, listable }) => (listable ? [] : [host]))),
  };
}

interface Named {
  readonly host: string;
  /** Over HTTP, and not on this computer: the way out of a limited server leads there. */
  readonly listable: boolean;
}

const loopback = /^(?:localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\])$/;

/** The host of an address in a text; what stands for a secret in it is of no interest. */
function namedIn(template: string): readonly Named[] {
  const text = parseTemplate(template)
    .map((part) => (part.kind === 'text' ? part.text : 'x'))
    .join('')
    .replace(/^--?[\w-]+=/, '');
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text) || !URL.canParse(text)) return [];
  const { protocol, hostname, port } = new URL(text);
  // Of other protocols the host is not put into lower case.
  const host = `${hostname.toLowerCase()}${port === '' ? '' : `:${port}`}`;
  const byHttp = /^(?:https?|wss?):$/.test(protocol);
  const listable =
    byHttp && !loopback.test(hostname.toLowerCase()) && hostSchema.safeParse(host).success;
  return [{ host, listable }];
}

/** Whether a host is one that a list names, at any port. */
export function isListed(host: string, list: readonly string[]): boolean {
  return list.some((one) => {
    const name = one.replace(/:\d+$/, '');
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
  });
}

function unique(hosts: readonly string[]): readonly string[] {
  return [...new Set(hosts)];
}
