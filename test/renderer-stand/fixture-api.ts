/** The contract over a made-up machine in memory: every call works on it and tells the news. */
import { AppError } from '../../shared/errors.ts';
import type { Overview, ServerView } from '../../shared/models/health.ts';
import {
  listClients,
  listEntries,
  listFindings,
  makePlan,
  minutesAgo,
  type World,
} from './build-world.ts';
import { implementFixture, toWire } from './fixture-door.ts';
import { createDriftApi } from './fixture-drift-api.ts';
import { inspect } from './fixture-inspection.ts';
import {
  type FixtureOptions,
  makeRun,
  planUndo,
  protect,
  resultOf,
  reverseFiles,
  undo,
} from './fixture-runs.ts';
import { createScopeApi } from './fixture-scope.ts';
import { createTransferApi } from './fixture-transfer.ts';
import { home } from './people.ts';

export function createFixtureApi(options: FixtureOptions) {
  const { world, mood, tell } = options;
  const os = implementFixture(mood);
  const changed = () => tell({ type: 'records-changed', revision: 1 });
  const { drift, placement, files } = createDriftApi(os, options);
  // Only what the window calls: the contract has more.
  return {
    drift,
    records: createTransferApi(os, world, changed),
    scope: createScopeApi(os, { world, onChange: changed, pace: options.pace }),
    overview: { get: os.overview.get.handler(() => describeOverview(world)) },
    exposure: {
      scan: os.exposure.scan.handler(() => ({
        findings: listFindings(world),
        warnings: world.warnings,
        looked: { files: 31, bytes: 6_412_000 },
        skipped:
          world.clients.length > 0 && world.standings.length > 0
            ? [
                {
                  path: `${home}/.claude/projects`,
                  reason: 'Transcripts are read by the deep scan.',
                },
              ]
            : [],
        hidden: { suppressed: world.suppressed.length, possible: world.possible },
      })),
      scanDeep: os.exposure.scanDeep.handler(async function* ({ signal }) {
        for (const finding of world.deepFindings) {
          for (let steps = 0; steps < 10; steps += 1) await options.pace();
          if (signal?.aborted === true) return;
          yield finding;
        }
      }),
      suppress: os.exposure.suppress.handler(({ input }) => {
        world.suppressed.push({ ...input, at: minutesAgo(0) });
        tell({ type: 'files-changed', files: [input.file] });
        return {};
      }),
      unsuppress: os.exposure.unsuppress.handler(({ input }) => {
        world.suppressed = world.suppressed.filter(
          ({ file, fingerprint }) => file !== input.file || fingerprint !== input.fingerprint,
        );
        return {};
      }),
      suppressions: os.exposure.suppressions.handler(() => world.suppressed),
    },
    clients: {
      list: os.clients.list.handler(() => listClients(world)),
      entries: os.clients.entries.handler(() => listEntries(world)),
      snippet: os.clients.snippet.handler(({ input }) => snippetFor(world, input)),
    },
    projects: {
      list: os.projects.list.handler(() => world.projects),
      add: os.projects.add.handler(({ input }) => {
        if (!input.folder.startsWith('/')) {
          throw new AppError('bad_input', 'A project folder is a full path.', {
            hint: 'Write it from the root, such as /home/ada/code/shop.',
          });
        }
        world.projects.push(input.folder);
        return {};
      }),
      remove: os.projects.remove.handler(({ input }) => {
        world.projects = world.projects.filter((folder) => folder !== input.folder);
        return {};
      }),
    },
    servers: {
      ...placement,
      list: os.servers.list.handler(() => [...world.records.values()]),
      get: os.servers.get.handler(({ input }) => findServer(world, input.id)),
      add: os.servers.add.handler(({ input }) => {
        const view = addServer(world, input);
        changed();
        return view;
      }),
      addFromJson: os.servers.addFromJson.handler(({ input }) => {
        try {
          JSON.parse(input.json);
        } catch {
          throw new AppError('bad_input', 'This is not valid JSON.', {
            hint: 'Paste the whole block, with its first and last brace.',
          });
        }
        changed();
        return [];
      }),
      rename: os.servers.rename.handler(({ input }) => {
        const view = findServer(world, input.id);
        const renamed = { ...view, record: { ...view.record, name: input.name } };
        world.records.set(input.id, renamed);
        changed();
        return renamed;
      }),
      setEnabled: os.servers.setEnabled.handler(({ input }) => {
        const view = findServer(world, input.id);
        const turned = {
          ...view,
          record: { ...view.record, enabled: input.enabled },
          health: {
            ...view.health,
            state: input.enabled ? ('ready' as const) : ('disabled' as const),
            running: 0,
          },
        };
        world.records.set(input.id, turned);
        changed();
        return turned;
      }),
      remove: os.servers.remove.handler(({ input }) => {
        world.records.delete(input.id);
        changed();
        return {};
      }),
    },
    secrets: {
      list: os.secrets.list.handler(() => world.secrets),
      set: os.secrets.set.handler(({ input }) => {
        const view = findServer(world, input.server);
        world.records.set(input.server, {
          ...view,
          missing: view.missing.filter((name) => name !== input.name),
          health: { state: 'ready', message: 'Ready.', running: 0 },
        });
        world.secrets = world.secrets.map((secret) =>
          secret.server === input.server && secret.name === input.name
            ? { ...secret, state: 'stored', storedAt: minutesAgo(0) }
            : secret,
        );
        tell({ type: 'keychain-changed' });
        return {};
      }),
      remove: os.secrets.remove.handler(({ input }) => {
        world.secrets = world.secrets.filter(
          ({ server, name }) => server !== input.server || name !== input.name,
        );
        tell({ type: 'keychain-changed' });
        return {};
      }),
      copy: os.secrets.copy.handler(() => ({ clearsAfterSeconds: 30 })),
    },
    protect: {
      plan: os.protect.plan.handler(({ input }) => makePlan(world, input.items)),
      apply: os.protect.apply.handler(async function* ({ input }) {
        if (makePlan(world, undefined).basis !== input.basis) {
          throw toWire(new AppError('conflict', 'Something changed since you looked.'));
        }
        const chosen = new Set(input.items);
        yield* protect(
          options,
          world.standings.filter(({ id }) => chosen.has(id)),
        );
      }),
      runs: os.protect.runs.handler(() => world.runs),
      planUndo: os.protect.planUndo.handler(({ input }) => planUndo(world, input.run)),
      undo: os.protect.undo.handler(async function* ({ input }) {
        yield* undo(options, input.run);
      }),
    },
    leave: {
      plan: os.leave.plan.handler(({ input }) => ({
        basis: 'leave',
        mode: input.mode,
        warnings: ['Every secret will lie in plain text again in the files below.'],
        items: [],
        files: reverseFiles(
          world,
          world.standings.filter(({ isProtected }) => isProtected),
        ),
      })),
      apply: os.leave.apply.handler(async function* () {
        await options.pace();
        yield resultOf(makeRun(world, 'leave', []), [], 0);
      }),
    },
    files: {
      ...files,
      history: os.files.history.handler(() => [
        {
          id: 'h2',
          at: minutesAgo(60 * 26),
          by: 'Portcullis (desktop)',
          what: 'protected: github, linear, supabase',
          bytes: 2210,
          restorable: true,
        },
        {
          id: 'h1',
          at: minutesAgo(60 * 24 * 12),
          by: 'Portcullis (command line)',
          what: 'sealed copy (change)',
          bytes: 2480,
          restorable: true,
        },
      ]),
      restore: os.files.restore.handler(({ input }) => ({
        file: input.file,
        restored: {
          id: 'h2',
          at: minutesAgo(0),
          by: 'Portcullis (desktop)',
          what: 'put back',
          bytes: 2480,
          restorable: true,
        },
      })),
    },
    inspect: {
      server: os.inspect.server.handler(async ({ input }) => {
        await options.pace();
        return inspect(input.id);
      }),
      call: os.inspect.call.handler(() => ({ isError: false, content: [] })),
    },
    doctor: {
      run: os.doctor.run.handler(() => world.checks),
      installLauncher: os.doctor.installLauncher.handler(() => ({
        id: 'launcher',
        title: 'Launcher',
        state: 'ok' as const,
        message: 'Installed.',
      })),
    },
    vault: {
      create: os.vault.create.handler(() => {
        world.keychain = { state: 'vault', backend: 'Vault' };
        tell({ type: 'keychain-changed' });
        return {};
      }),
      open: os.vault.open.handler(() => {
        throw new AppError('passphrase_wrong', 'This is not the passphrase.', {
          hint: 'Try again; nothing is locked out.',
        });
      }),
    },
    events: {
      subscribe: os.events.subscribe.handler(({ signal }) => options.listen(signal)),
    },
  };
}

function findServer(world: World, id: string) {
  const view = world.records.get(id);
  if (view === undefined) throw new AppError('not_found', 'There is no such server.');
  return view;
}

/** The contract's input, as far as the stand needs it. */
type NewServer = Pick<ServerView['record'], 'name' | 'launch'> & {
  readonly secrets?: Readonly<Record<string, string>> | undefined;
};

function addServer(world: World, { name, launch, secrets = {} }: NewServer): ServerView {
  const id = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  if (world.records.has(id)) {
    throw new AppError('conflict', `There is a server ${id} already.`, {
      hint: 'Give it another name.',
    });
  }
  const at = minutesAgo(0);
  const view: ServerView = {
    record: {
      id,
      name,
      enabled: true,
      launch,
      secrets: Object.keys(secrets).map((one) => ({ name: one, kind: 'given', storedAt: at })),
      placements: [],
      createdAt: at,
      updatedAt: at,
    },
    shown: launch.transport === 'stdio' ? [launch.command, ...launch.args].join(' ') : launch.url,
    health: { state: 'ready', message: 'Ready.', running: 0 },
    missing: [],
    warnings: [],
  };
  world.records.set(id, view);
  return view;
}

function snippetFor(world: World, { client, server }: { client: string; server: string }) {
  const file = world.clients.find(({ id }) => id === client)?.files[0]?.path ?? home;
  const command = `${home}/.local/share/portcullis/bin/portcullis`;
  const entry = { mcpServers: { [server]: { command, args: ['run', server] } } };
  return { file, text: `${JSON.stringify(entry, undefined, 2)}\n` };
}

function describeOverview(world: World): Overview {
  const detected = world.clients.filter((client) => client.detected);
  return {
    version: '0.1.0',
    platform: 'linux',
    keychain: world.keychain,
    clients: { detected: detected.length, entries: world.standings.length },
    servers: world.records.size,
    protected: world.secrets.length,
    exposed: listFindings(world).length,
    broken: world.broken,
    unfinished: world.unfinished,
    roots: {
      config: `${home}/.config/portcullis`,
      data: `${home}/.local/share/portcullis`,
      cache: `${home}/.cache/portcullis`,
    },
  };
}
