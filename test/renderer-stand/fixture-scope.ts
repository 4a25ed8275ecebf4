/** Credential scopes of the stand's servers: one can be had, one cannot, the rest have none yet. */
import type { CredentialScope } from '../../shared/models/scope.ts';
import type { ScopeView } from '../../shared/models/scope-view.ts';
import { minutesAgo, type World } from './build-world.ts';
import type { FixtureContract } from './fixture-door.ts';
import { home } from './people.ts';

const suggested: CredentialScope = {
  level: 'listed-hosts',
  runtime: 'node',
  environment: [],
  folders: [{ path: `${home}/code/storefront`, access: 'read' }],
  hosts: ['api.github.com'],
};

type Chosen = ReadonlyMap<string, CredentialScope>;

export function createScopeApi(os: FixtureContract, world: World, onChange: () => void) {
  const chosen = new Map<string, CredentialScope>([
    ['github', suggested],
    ['slack', { ...suggested, level: 'masked', folders: [] }],
    ['filesystem', { ...suggested, level: 'confined', hosts: 'any' }],
  ]);
  const view = (id: string) => viewOf(world, id, chosen.get(id));
  const plan = (id: string, scope: CredentialScope) => ({
    basis: `scope-${id}`,
    before: view(id),
    after: viewOf(world, id, scope),
  });
  return {
    get: os.scope.get.handler(({ input }) => view(input.id)),
    plan: os.scope.plan.handler(({ input }) => plan(input.id, input.scope)),
    apply: os.scope.apply.handler(({ input }) => {
      chosen.set(input.id, input.scope);
      onChange();
      return view(input.id);
    }),
    trial: os.scope.trial.handler(({ input }) => ({
      server: input.id,
      works: true,
      message: 'It started, listed its tools and stopped.',
      tools: 12,
      wanted: [
        { path: `${home}/code/storefront`, access: 'read' as const, masked: false },
        { path: `${home}/.ssh/config`, access: 'read' as const, masked: true },
      ],
      hosts: ['api.github.com', 'uploads.github.com'],
      plan: plan(input.id, { ...suggested, hosts: ['api.github.com', 'uploads.github.com'] }),
    })),
    blocked: os.scope.blocked.handler(({ input }) =>
      input.id === 'github'
        ? [{ host: 'uploads.github.com', port: 443, starts: 3, last: minutesAgo(40) }]
        : [],
    ),
    reach: os.scope.reach.handler(() => reachOf(world, chosen)),
  };
}

function viewOf(world: World, id: string, scope: CredentialScope | undefined): ScopeView {
  const record = world.records.get(id)?.record;
  const secrets = record?.secrets.map(({ name }) => name) ?? [];
  // The stand's machine has no proxy for masked secrets.
  const isRefused = scope?.level === 'masked' && scope.otherwise === undefined;
  const level = scope?.level === 'masked' ? 'listed-hosts' : (scope?.level ?? 'scoped-environment');
  return {
    server: id,
    name: record?.name ?? id,
    ...(scope === undefined ? {} : { scope }),
    suggested,
    secrets,
    ...(isRefused ? {} : { level }),
    sentence: `Gets ${secrets.join(', ') || 'no secrets'}.`,
    claim:
      level === 'scoped-environment'
        ? 'It is given only its own secrets, and can otherwise read what you can read.'
        : 'It cannot read other servers’ secrets from files, processes or the keychain.',
    warnings: [],
    ...(isRefused ? { hint: 'Install socat, then check again: sudo apt install socat' } : {}),
  };
}

function reachOf(world: World, chosen: Chosen) {
  return {
    weakest: 'scoped-environment' as const,
    sentence: 'notion is not confined and can read the secrets of all others while running.',
    servers: [...world.records.keys()].map((id) => ({
      view: viewOf(world, id, chosen.get(id)),
      running: id === 'notion' ? (['scoped-environment'] as const) : [],
    })),
    unmanaged: world.standings
      .filter(({ isProtected }) => !isProtected)
      .map(({ client, server }) => ({ client: client.id, entryName: server.name })),
  };
}
