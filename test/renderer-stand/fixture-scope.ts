/** Credential scopes of the stand's servers: one can be had, one cannot, the rest have none yet. */
import type { CredentialScope } from '../../shared/models/scope.ts';
import type {
  LevelTrial,
  Running,
  ScopePlan,
  ScopeView,
  Trial,
  TrialStream,
} from '../../shared/models/scope-view.ts';
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

export interface ScopeFixture {
  readonly world: World;
  readonly onChange: () => void;
  /** Waits between the steps of a trial. */
  readonly pace: () => Promise<void>;
}

export function createScopeApi(os: FixtureContract, { world, onChange, pace }: ScopeFixture) {
  const chosen = new Map<string, CredentialScope>([
    ['github', suggested],
    ['slack', { ...suggested, level: 'masked', folders: [] }],
    [
      'filesystem',
      { ...suggested, level: 'confined', hosts: 'any', packages: [`${home}/code/parts/core`] },
    ],
  ]);
  const set = (id: string, scope: CredentialScope | undefined) => {
    if (scope === undefined) chosen.delete(id);
    else chosen.set(id, scope);
  };
  const view = (id: string) => viewOf(world, id, chosen.get(id));
  const plan = (id: string, scope: CredentialScope | undefined) => ({
    basis: `scope-${id}${scope === undefined || scope.level === 'confined' ? '' : `-${scope.level}`}`,
    before: view(id),
    after: viewOf(world, id, scope),
  });
  async function* tryOne(
    id: string,
    { done, total, climbs }: { done: number; total: number; climbs: boolean },
  ): AsyncGenerator<TrialStream> {
    for (const step of ['prepare', 'start', 'read'] as const) {
      yield { type: 'progress', server: id, step, level: 'confined', done, total };
      await pace();
    }
    const trial = trialOf(id, plan);
    for (const { level } of climbs ? (trial.levels ?? []).slice(1) : []) {
      yield { type: 'progress', server: id, step: 'start', level, done, total };
      await pace();
    }
    const { levels: _, ...single } = trial;
    yield { type: 'trial', trial: climbs ? trial : single };
  }
  return {
    get: os.scope.get.handler(({ input }) => ({ ...view(input.id), running: runsOf(input.id) })),
    plan: os.scope.plan.handler(({ input }) => plan(input.id, input.scope)),
    apply: os.scope.apply.handler(({ input }) => {
      set(input.id, input.scope);
      onChange();
      return view(input.id);
    }),
    applyAll: os.scope.applyAll.handler(({ input }) => {
      const receipts = input.changes.map(({ id, scope }) => {
        // The stand's second server changed meanwhile.
        if (id === changedMeanwhile)
          return {
            server: id,
            outcome: 'failed' as const,
            code: 'conflict',
            message: `The server “${id}” changed since this was planned.`,
            hint: 'Look at the plan again.',
          };
        const before = chosen.get(id);
        set(id, scope);
        const { level, sentence } = view(id);
        const got = level === undefined ? {} : { level };
        const undo = {
          id,
          ...(before === undefined ? {} : { scope: before }),
          basis: `back-${id}`,
        };
        return { server: id, outcome: 'done' as const, ...got, message: sentence, undo };
      });
      onChange();
      return receipts;
    }),
    trial: os.scope.trial.handler(async function* ({ input }): AsyncGenerator<TrialStream> {
      yield* tryOne(input.id, { done: 0, total: 1, climbs: false });
    }),
    planUpgrade: os.scope.planUpgrade.handler(async function* ({
      input,
      signal,
    }): AsyncGenerator<TrialStream> {
      const ids = input.servers ?? listUpgradable(world, chosen);
      for (const [done, id] of ids.entries()) {
        if (signal?.aborted) return;
        yield* tryOne(id, { done, total: ids.length, climbs: true });
      }
    }),
    blocked: os.scope.blocked.handler(({ input }) =>
      input.id === 'github'
        ? [{ host: 'uploads.github.com', port: 443, starts: 3, last: minutesAgo(40) }]
        : [],
    ),
    reach: os.scope.reach.handler(() => reachOf(world, chosen)),
  };
}

const changedMeanwhile = 'sentry';

const talkedTo: Readonly<Record<string, readonly string[]>> = {
  github: ['api.github.com', 'uploads.github.com'],
  notion: ['api.notion.com'],
};

type Plan = (id: string, scope: CredentialScope | undefined) => ScopePlan;

/** One was seen to use its host; of one it is not known where its secret is used; the rest asked for none. */
function levelsOf(id: string, confined: ScopePlan, plan: Plan): readonly LevelTrial[] {
  const hosts = [`api.${id}.com`];
  const listed = { ...suggested, level: 'listed-hosts', hosts } as const;
  const seen = `It started and listed 12 tools with its hosts limited to ${hosts[0]}.`;
  const isUsed = id === 'notion';
  return [
    {
      level: 'confined',
      outcome: 'works',
      message: 'It started and listed its tools.',
      plan: confined,
    },
    {
      level: 'listed-hosts',
      outcome: 'works',
      message: isUsed
        ? `${seen} It was seen to ask for ${hosts[0]}. Called without real secrets, API-get-self answered.`
        : `${seen} It was not seen to call ${hosts[0]}.`,
      plan: plan(id, listed),
    },
    id === 'linear'
      ? {
          level: 'masked',
          outcome: 'untried',
          message:
            'It is not known at which host LINEAR_API_KEY is used, so nothing could put its value in.',
        }
      : {
          level: 'masked',
          outcome: 'fails',
          message: 'It ended with exit code 4 before it answered.',
          said: ['that is no key of ours'],
        },
  ];
}

/** One in five does not work confined. */
function trialOf(id: string, plan: Plan): Trial {
  const base = { server: id, plan: plan(id, { ...suggested, level: 'confined', hosts: 'any' }) };
  if (id.length % 5 === 0)
    return {
      ...base,
      works: false,
      message: 'It ended with exit code 1 before it answered.',
      said: ['Error: 401 Unauthorized', '    at start (index.js:14)'],
      tools: 0,
    };
  const levels = levelsOf(id, base.plan, plan);
  return {
    ...base,
    works: true,
    message: 'It started and listed its tools.',
    tools: 12,
    wanted: [
      { path: `${home}/code/storefront`, access: 'read', ...none, proposed: true, offered: true },
      { path: `${home}/Documents`, access: 'read', ...none, offered: true },
      { path: `${home}/.ssh/config`, access: 'read', ...none, masked: true },
      { path: `${home}/.bashrc`, access: 'write', ...none },
    ],
    hosts: talkedTo[id] ?? [],
    ...(id === 'notion' ? { called: ['API-get-self'] } : {}),
    levels,
    // The one whose known host was asked for.
    plan: (id === 'notion' ? levels[1]?.plan : undefined) ?? base.plan,
  };
}

const none = { masked: false, proposed: false, offered: false } as const;

/** Of a package with much to say, in words that somebody else chose. */
function catalogueOf(id: string): ScopeView['catalogue'] {
  if (id !== 'github' && id !== 'slack') return { variables: [], arguments: [] };
  const few = [
    {
      name: `${id.toUpperCase()}_WEBHOOK_SECRET`,
      about: 'Checks what it is sent. See \u202egnirts gnol yrev a\u202c or https://a.example/docs',
      ...{ secret: true, required: true, path: false },
    },
    {
      name: `${id.toUpperCase()}_CACHE_DIR`,
      about: 'Directory for what it keeps',
      usual: './cache',
      ...{ secret: false, required: false, path: true },
    },
  ];
  const many = Array.from({ length: id === 'slack' ? 30 : 0 }, (_, at) => ({
    name: `SLACK_${'LONG_'.repeat(9)}NAME_${at}`,
    ...{ secret: false, required: false, path: false },
  }));
  return {
    variables: [...few, ...many],
    arguments: [{ name: '--workspace', about: 'Folder to look into', required: false }],
  };
}

function placesOf(id: string, scope: CredentialScope | undefined): ScopeView['places'] {
  if (id !== 'github' || scope === undefined || scope.level === 'scoped-environment') return [];
  const path = `${home}/notes/memory.json`;
  const folder = { path: `${home}/notes`, access: 'write' } as const;
  if (scope.folders.some((one) => one.path === folder.path)) return [];
  const kube = `${home}/.kube/config`;
  return [
    {
      path,
      sentence: `MEMORY_FILE_PATH points to ${path}, which this server cannot write.`,
      folder,
    },
    {
      path: kube,
      sentence: `KUBECONFIG points to ${kube}, which this server cannot read. Credentials of others are kept there, so nothing is suggested.`,
    },
  ];
}

function listUpgradable(world: World, chosen: Chosen): readonly string[] {
  return [...world.records.keys()].filter((id) => !chosen.has(id));
}

function runsOf(id: string): readonly Running[] {
  if (id === 'github') return [{ level: 'listed-hosts', beside: 41_300_000 }];
  return id === 'notion' ? [{ level: 'scoped-environment' }] : [];
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
    remote: record?.launch.transport !== undefined && record.launch.transport !== 'stdio',
    secrets,
    ...(isRefused ? {} : { level }),
    sentence: `Gets ${secrets.join(', ') || 'no secrets'}.`,
    claim:
      level === 'scoped-environment'
        ? 'It is given only its own secrets, and can otherwise read what you can read.'
        : 'It cannot read other servers’ secrets from files, processes or the keychain.',
    warnings: [],
    places: placesOf(id, scope),
    catalogue: catalogueOf(id),
    ideas: id === 'slack' ? [{ host: 'slack.com', secret: 'SLACK_BOT_TOKEN' }] : [],
    ...(isRefused ? { hint: 'Install socat, then check again: sudo apt install socat' } : {}),
  };
}

function reachOf(world: World, chosen: Chosen) {
  return {
    weakest: 'scoped-environment' as const,
    sentence: 'notion is not confined and can read the secrets of all others while running.',
    servers: [...world.records.keys()].map((id) => ({
      view: viewOf(world, id, chosen.get(id)),
      running: runsOf(id),
    })),
    upgradable: listUpgradable(world, chosen),
    unmanaged: world.standings
      .filter(({ isProtected }) => !isProtected)
      .map(({ client, server }) => ({ client: client.id, entryName: server.name })),
  };
}
