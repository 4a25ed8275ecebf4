/** Answers the contract: one line per procedure, each of which calls one job or foundation. */
import { implement } from '@orpc/server';
import { contract } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import type { DriftSelection } from '../shared/models/drift.ts';
import type { AppEvent } from '../shared/models/health.ts';
import { Secret } from '../shared/secret.ts';
import { listEntries, makeSnippet } from './app/entries.ts';
import { guardStream, toContractError } from './app/errors.ts';
import { readHistory, restoreFile } from './app/history.ts';
import { presentInspection } from './app/inspection.ts';
import { addFromJson } from './app/pasted.ts';
import { createVault } from './app/vault.ts';
import type { App } from './app.ts';
import { findProjects } from './clients/find-projects.ts';
import { refusePlainSecrets } from './servers/plain-secrets.ts';

const nothing = {};

export type AppRouter = ReturnType<typeof createRouter>;

export function createRouter(app: App) {
  const os = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (thrown) {
      throw toContractError(thrown);
    }
  });

  /** Work that changes something: interrupted work is settled first, and everybody hears of it after. */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    await app.settle();
    try {
      return await work();
    } finally {
      await announceRecords(app);
    }
  }

  /** Work that looks: interrupted work is settled first, so that it is not taken for something else. */
  async function settled<T>(work: () => Promise<T>): Promise<T> {
    await app.settle();
    return work();
  }

  async function* changing<T>(work: () => AsyncIterable<T>): AsyncGenerator<T> {
    try {
      await app.settle();
      yield* guardStream(work());
    } catch (thrown) {
      throw toContractError(thrown);
    } finally {
      await announceRecords(app);
    }
  }

  return os.router({
    overview: { get: os.overview.get.handler(() => app.overview()) },
    exposure: {
      scan: os.exposure.scan.handler(({ input }) => app.scan(input)),
      scanDeep: os.exposure.scanDeep.handler(({ signal }) => guardStream(app.scanDeep(signal))),
      suppress: os.exposure.suppress.handler(({ input }) =>
        change(async () => {
          await app.suppressions.add(input);
          return nothing;
        }),
      ),
      unsuppress: os.exposure.unsuppress.handler(({ input }) =>
        change(async () => {
          await app.suppressions.remove(input);
          return nothing;
        }),
      ),
      suppressions: os.exposure.suppressions.handler(
        async () => (await app.records.read()).suppressions,
      ),
    },
    clients: {
      list: os.clients.list.handler(async () =>
        app.clients.summaries((await app.records.read()).projectFolders),
      ),
      entries: os.clients.entries.handler(({ input }) => listEntries(app, input.client)),
      snippet: os.clients.snippet.handler(({ input }) => makeSnippet(app, input)),
    },
    projects: {
      list: os.projects.list.handler(async () => (await app.records.read()).projectFolders),
      found: os.projects.found.handler(() => findNewProjects(app)),
      add: os.projects.add.handler(({ input }) =>
        change(async () => {
          await app.projects.add(input.folder);
          return nothing;
        }),
      ),
      remove: os.projects.remove.handler(({ input }) =>
        change(async () => {
          await app.projects.remove(input.folder);
          return nothing;
        }),
      ),
    },
    servers: {
      list: os.servers.list.handler(() => app.servers.list()),
      get: os.servers.get.handler(({ input }) => app.servers.get(input.id)),
      add: os.servers.add.handler(({ input: { id, name, launch, secrets } }) =>
        change(() => {
          refusePlainSecrets(name, launch);
          return app.servers.add({
            name,
            launch,
            ...(id === undefined ? {} : { id }),
            ...(secrets === undefined ? {} : { secrets: wrapSecrets(secrets) }),
          });
        }),
      ),
      addFromJson: os.servers.addFromJson.handler(({ input }) =>
        change(() => addFromJson(app, input.json)),
      ),
      rename: os.servers.rename.handler(({ input }) =>
        change(() => app.servers.rename(input.id, input.name)),
      ),
      setEnabled: os.servers.setEnabled.handler(({ input }) =>
        change(() => app.servers.setEnabled(input.id, input.enabled)),
      ),
      remove: os.servers.remove.handler(({ input }) =>
        change(async () => {
          await app.servers.remove(input.id, input.forgetSecrets);
          return nothing;
        }),
      ),
      planPlacement: os.servers.planPlacement.handler(({ input }) =>
        settled(() => app.drift.plan(selectPlacements(input))),
      ),
      setPlacement: os.servers.setPlacement.handler(({ input: { basis, consents, ...input } }) =>
        changing(() => app.drift.apply({ basis, consents, selection: selectPlacements(input) })),
      ),
    },
    drift: {
      look: os.drift.look.handler(() => settled(() => app.drift.look())),
      watch: os.drift.watch.handler(({ signal }) => guardStream(watchDrift(app, signal))),
      plan: os.drift.plan.handler(({ input }) => settled(() => app.drift.plan(input))),
      apply: os.drift.apply.handler(({ input }) => changing(() => app.drift.apply(input))),
      setPolicy: os.drift.setPolicy.handler(({ input: { policy, ...of } }) =>
        change(async () => {
          await app.drift.setPolicy(of, policy);
          return nothing;
        }),
      ),
      unignore: os.drift.unignore.handler(({ input }) =>
        change(async () => {
          await app.drift.unignore(input.file, input.entryName);
          return nothing;
        }),
      ),
      retention: os.drift.retention.handler(() => app.drift.retention()),
      setRetention: os.drift.setRetention.handler(({ input }) =>
        change(async () => {
          await app.drift.setRetention(input);
          return nothing;
        }),
      ),
    },
    records: {
      exportPlan: os.records.exportPlan.handler(({ input }) =>
        app.transfer.planExport(input.servers),
      ),
      export: os.records.export.handler(async ({ input: { servers, passphrase } }) => ({
        text: await app.transfer.exportText(
          servers,
          passphrase === undefined ? undefined : new Secret(passphrase),
        ),
      })),
      importPlan: os.records.importPlan.handler(({ input }) =>
        settled(() => app.transfer.planImport(readImport(input))),
      ),
      import: os.records.import.handler(({ input: { text, passphrase, secrets, ...choices } }) =>
        changing(() =>
          app.transfer.importText(readImport({ text, passphrase }), {
            ...choices,
            secrets: new Map(
              Object.entries(secrets ?? {}).map(([id, values]) => [id, wrapSecrets(values)]),
            ),
          }),
        ),
      ),
    },
    scope: {
      get: os.scope.get.handler(({ input }) => app.scopes.get(input.id)),
      plan: os.scope.plan.handler(({ input }) => app.scopes.plan(input.id, input.scope)),
      apply: os.scope.apply.handler(({ input }) => change(() => app.scopes.apply(input))),
      applyAll: os.scope.applyAll.handler(({ input }) =>
        change(() => app.scopes.applyAll(input.changes)),
      ),
      trial: os.scope.trial.handler(({ input, signal }) =>
        guardStream(app.trials.try(input.id, signal)),
      ),
      planUpgrade: os.scope.planUpgrade.handler(({ input, signal }) =>
        guardStream(app.trials.tryAll(input.servers, signal)),
      ),
      blocked: os.scope.blocked.handler(({ input }) => app.scopes.blocked(input.id)),
      reach: os.scope.reach.handler(() => app.scopes.reach()),
    },
    secrets: {
      list: os.secrets.list.handler(({ input }) => app.servers.listSecrets(input.server)),
      set: os.secrets.set.handler(({ input: { server, name, value, asVariable } }) =>
        change(async () => {
          await app.servers.setSecret(server, name, new Secret(value), { asVariable });
          app.events.announce({ type: 'keychain-changed' });
          if (asVariable) await announceRecords(app);
          return nothing;
        }),
      ),
      remove: os.secrets.remove.handler(({ input }) =>
        change(async () => {
          await app.servers.removeSecret(input.server, input.name, input);
          app.events.announce({ type: 'keychain-changed' });
          return nothing;
        }),
      ),
      copy: os.secrets.copy.handler(({ input }) => copySecret(app, input.server, input.name)),
    },
    protect: {
      plan: os.protect.plan.handler(({ input }) => change(() => app.protect.plan(input))),
      apply: os.protect.apply.handler(({ input }) => changing(() => app.protect.apply(input))),
      runs: os.protect.runs.handler(() => app.protect.runs()),
      planUndo: os.protect.planUndo.handler(({ input }) => change(() => app.undo.plan(input.run))),
      undo: os.protect.undo.handler(({ input }) => changing(() => app.undo.apply(input))),
    },
    leave: {
      plan: os.leave.plan.handler(({ input }) => change(() => app.leave.plan(input))),
      apply: os.leave.apply.handler(({ input }) => changing(() => app.leave.apply(input))),
    },
    files: {
      history: os.files.history.handler(({ input }) => readHistory(app, input.file)),
      restore: os.files.restore.handler(({ input }) => change(() => restoreFile(app, input))),
      timeline: os.files.timeline.handler(({ input }) => app.drift.timeline(input.file)),
      planUndo: os.files.planUndo.handler(({ input }) =>
        settled(() => app.writeUndo.plan(input.file, input.write)),
      ),
      undo: os.files.undo.handler(({ input }) =>
        change(async () => {
          await app.writeUndo.apply(input);
          app.events.announce({ type: 'files-changed', files: [input.file] });
          return nothing;
        }),
      ),
    },
    inspect: {
      server: os.inspect.server.handler(async ({ input }) => {
        const { record } = await app.servers.get(input.id);
        return presentInspection(await app.inspect.inspect(record), app.ports.clock.now());
      }),
      call: os.inspect.call.handler(async ({ input }) => {
        const { record } = await app.servers.get(input.id);
        return app.inspect.call(record, input.tool, input.args);
      }),
    },
    doctor: {
      run: os.doctor.run.handler(() => app.doctor()),
      installLauncher: os.doctor.installLauncher.handler(() =>
        change(async () => {
          await app.launcher.install();
          return {
            id: 'launcher',
            title: 'Launcher',
            state: 'ok' as const,
            message: `Installed at ${app.launcher.path}.`,
          };
        }),
      ),
    },
    vault: {
      create: os.vault.create.handler(async ({ input }) => {
        await createVault({ ...app.ports, records: app.records }, new Secret(input.passphrase));
        return nothing;
      }),
      open: os.vault.open.handler(async ({ input }) => {
        await app.ports.vault.open(new Secret(input.passphrase));
        return nothing;
      }),
    },
    events: {
      subscribe: os.events.subscribe.handler(({ signal }) => app.events.subscribe(signal)),
    },
  });
}

async function findNewProjects(app: App): Promise<readonly string[]> {
  const { projectFolders } = await app.records.read();
  const found = await findProjects(await app.clients.survey([]), app.ports);
  return found.filter((folder) => !projectFolders.includes(folder));
}

/** Watches from the first read on, so that nothing that happens in between is missed. */
async function* watchDrift(app: App, signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
  await app.settle();
  await app.drift.look();
  const stop = await app.watch();
  try {
    yield* app.events.subscribe(signal);
  } finally {
    await stop();
  }
}

function selectPlacements({
  server,
  clients,
  placed,
  file,
}: {
  readonly server: string;
  readonly clients: readonly string[];
  readonly placed: boolean;
  readonly file?: string | undefined;
}): DriftSelection {
  if (file !== undefined && clients.length !== 1) {
    throw new AppError('bad_input', 'A file can be named for one client only.', {
      hint: 'Name the client that the file belongs to.',
    });
  }
  const action = placed ? ('place' as const) : ('displace' as const);
  return {
    changes: clients.map((client) => ({
      action,
      server,
      client,
      ...(file === undefined ? {} : { file }),
    })),
  };
}

function readImport({
  text,
  passphrase,
}: {
  readonly text: string;
  readonly passphrase?: string | undefined;
}) {
  return { text, ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }) };
}

function wrapSecrets(values: Readonly<Record<string, string>>): ReadonlyMap<string, Secret> {
  return new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
}

async function announceRecords(app: App): Promise<void> {
  try {
    const { revision } = await app.records.read();
    app.events.announce({ type: 'records-changed', revision });
  } catch {
    // News only: whoever reads the records next meets the error with its remedy.
  }
}

async function copySecret(
  app: App,
  server: string,
  name: string,
): Promise<{ clearsAfterSeconds: number }> {
  const { clipboard } = app.ports;
  if (clipboard === undefined) {
    throw new AppError('unsupported', 'This door has no clipboard of its own.', {
      hint: 'Copy secrets in the desktop app.',
    });
  }
  const value = (await app.secrets.read(server))?.get(name);
  if (value === undefined) {
    throw new AppError('secret_missing', `The secret ${name} of “${server}” is not stored.`, {
      hint: `Enter it with \`portcullis secrets set ${server} ${name}\`.`,
      details: { server, name },
    });
  }
  await clipboard.copy(value);
  return { clearsAfterSeconds: clipboard.clearsAfter };
}
