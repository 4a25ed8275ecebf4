/**
 * The application: composes foundations and jobs from ports with plain functions and answers the
 * contract. Doors call `createApp` once and hand its router to their transport. Nothing is read or
 * written before the first call.
 */
import { join } from 'node:path';
import { AppError, toAppError } from '../shared/errors.ts';
import type { Finding } from '../shared/models/finding.ts';
import type { ServerId, ServerRecord } from '../shared/models/server.ts';
import { escapeTemplate } from '../shared/template.ts';
import { createAdoption } from './app/adoption.ts';
import { listUnmanaged } from './app/entries.ts';
import { createEvents, type Events } from './app/events.ts';
import {
  createProjects,
  createSuppressions,
  type Projects,
  type Suppressions,
} from './app/settings.ts';
import { watchOutside } from './app/watch.ts';
import { type Clients, createClients, launcherPath } from './clients/clients.ts';
import type { EntryLaunch } from './clients/entry.ts';
import { requireClients } from './clients/table.ts';
import { createDrift, type Drift } from './drift/drift.ts';
import { createTransfer, type Transfer } from './drift/transfer.ts';
import { createWriteUndo, type WriteUndo } from './drift/undo-write.ts';
import { createEdits, type Edits } from './edits/edits.ts';
import { createExposure, type Exposure, type ScanRequest } from './exposure/exposure.ts';
import { runDoctor } from './health/doctor.ts';
import { readOverview } from './health/overview.ts';
import { createInspect, type Inspect } from './inspect/inspect.ts';
import type { OpenPorts } from './inspect/open.ts';
import {
  createLauncherInstaller,
  type LauncherInstaller,
  type LauncherInstallerPorts,
} from './launch/install.ts';
import { captureLoginPath, parseCachedPath } from './launch/login-path.ts';
import type { Ports, Watch } from './ports.ts';
import { createGuard } from './protect/guard.ts';
import { createLeave, type Leave } from './protect/leave.ts';
import { createProtect, type Protect, type ProtectPorts } from './protect/protect.ts';
import { createRecovery } from './protect/recovery.ts';
import { renewRuns, settleRuns } from './protect/settle-runs.ts';
import { createUndo, type Undo } from './protect/undo.ts';
import { createRecords, type RecordsStore } from './records/records.ts';
import { createSecrets, type Secrets } from './secrets/secrets.ts';
import { createScopes, type Scopes } from './servers/scopes.ts';
import { createServers, type Servers } from './servers/servers.ts';
import { createTrials, type Trials } from './servers/trials.ts';

export interface AppPorts extends Ports {
  readonly programFiles: OpenPorts['programFiles'];
  readonly sandbox: OpenPorts['sandbox'];
  readonly openHttp: OpenPorts['openHttp'];
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly pause: OpenPorts['sleep'];
  readonly copyFile: LauncherInstallerPorts['copyFile'];
  readonly launcherSource: LauncherInstallerPorts['source'];
  /** Puts a value on this machine's clipboard and clears it later; absent where there is none. */
  readonly clipboard?: Clipboard;
  /** Sees what other programs do to files; only a door that stays open has it. */
  readonly watch?: Watch;
  readonly version: string;
  /** Which door this is, for the history of files: `command line`, `desktop`, `browser`. */
  readonly who: string;
}

export interface Clipboard {
  /** Seconds after which the value is cleared, if it is still there. */
  readonly clearsAfter: number;
  copy(value: { reveal(): string }): Promise<void>;
}

export interface App {
  readonly ports: AppPorts;
  readonly records: RecordsStore;
  readonly secrets: Secrets;
  readonly clients: Clients;
  readonly exposure: Exposure;
  readonly edits: Edits;
  readonly servers: Servers;
  readonly scopes: Scopes;
  readonly trials: Trials;
  readonly inspect: Inspect;
  readonly launcher: LauncherInstaller;
  readonly protect: Protect;
  readonly undo: Undo;
  readonly leave: Leave;
  readonly drift: Drift;
  readonly transfer: Transfer;
  readonly writeUndo: WriteUndo;
  readonly events: Events;
  /** Announces what other programs change, until the answer is called. For doors that stay open. */
  readonly watch: () => Promise<() => Promise<void>>;
  /** Settles interrupted moves; runs once, before the first call that writes. */
  readonly settle: () => Promise<void>;
  readonly overview: () => ReturnType<typeof readOverview>;
  readonly doctor: () => ReturnType<typeof runDoctor>;
  readonly scan: (input: ScanInput) => ReturnType<Exposure['scan']>;
  /** Transcripts, logs and editor history too; findings as they are found. */
  readonly scanDeep: (signal: AbortSignal | undefined) => AsyncIterable<Finding>;
  readonly suppressions: Suppressions;
  readonly projects: Projects;
}

export interface ScanInput {
  readonly paths?: readonly string[] | undefined;
  readonly clients?: readonly string[] | undefined;
  readonly all?: boolean | undefined;
}

export function createApp(ports: AppPorts): App {
  const { files, roots, machine, clock } = ports;
  const records = createRecords(ports);
  const secrets = createSecrets(ports);
  const clients = createClients(ports);
  const events = createEvents({ clock });
  const exposure = createExposure(ports);
  const edits = createEdits({ ...ports, secrets });
  const servers = createServers({ ...ports, records, secrets });
  const launcher = createLauncherInstaller({
    ...ports,
    platform: machine.platform,
    home: machine.home,
    source: ports.launcherSource,
  });
  const inspect = createInspect({
    ...ports,
    sleep: ports.pause,
    launcher: launcher.path,
    readLoginPath: () => readLoginPath(ports),
    readSecrets: (server) => secrets.read(server),
  });

  const scanRequest = async ({ paths, clients: chosen, all }: ScanInput): Promise<ScanRequest> => {
    requireClients(chosen);
    const known = await records.read();
    const surveys = await clients.survey(known.projectFolders);
    return {
      ...(paths === undefined ? {} : { paths }),
      ...(chosen === undefined ? {} : { clients: chosen }),
      ...(all === undefined ? {} : { all }),
      clientFiles: surveys.flatMap(({ row, files: found }) =>
        found.flatMap(({ location, state, entries, document }) =>
          location.format === undefined || state === 'missing'
            ? []
            : [
                {
                  client: row.id,
                  path: location.path,
                  format: location.format,
                  ...(document === undefined ? {} : { document }),
                  ...(entries.length === 0
                    ? {}
                    : { servers: entries.map(({ path, name }) => ({ path, name })) }),
                },
              ],
        ),
      ),
      suppressions: known.suppressions,
    };
  };
  const scan = async (input: ScanInput) => exposure.scan(await scanRequest(input));
  const countExposed = async () => (await scan({})).findings.length;

  const protectPorts: ProtectPorts = {
    machine,
    clients,
    exposure,
    files,
    records,
    secrets,
    edits,
    clock,
    launcher: launcherPath(machine, roots),
    installLauncher: async () => {
      await launcher.install();
      // Best effort: a launch that finds its command needs no path of ours.
      await captureLoginPath(ports).catch(() => undefined);
    },
    countExposed,
    recover: async () => {
      const report = await edits.recover(createRecovery(protectPorts));
      await settleRuns(protectPorts);
      return report;
    },
    guard: createGuard({ clients, files, clock }),
    startOnce: async (server) => {
      const record = (await records.read()).servers.find(({ id }) => id === server);
      return record === undefined ? undefined : tryStart(inspect, record);
    },
  };
  const protect = createProtect(protectPorts);
  const driftPorts = {
    ...protectPorts,
    ...ports,
    adoption: createAdoption(protect),
    // Whoever settles by itself stays and looks again: nothing has to be waited for.
    adoptionBySelf: createAdoption(createProtect({ ...protectPorts, guard: async () => [] })),
    fingerprinter: exposure.fingerprinter,
    announce: events.announce,
  };
  const drift = createDrift(driftPorts);
  const startPlain = (launch: EntryLaunch) => tryStart(inspect, plainRecord(launch, clock.now()));

  return {
    ports,
    records,
    secrets,
    clients,
    exposure,
    edits,
    servers,
    scopes: createScopes({
      ...ports,
      records,
      listUnmanaged: () => listUnmanaged(clients, records),
      renewLauncher: async () => {
        if ((await launcher.check()).state !== 'missing') await launcher.install();
      },
    }),
    trials: createTrials({
      ...{ ...ports, records, inspect, launcher },
      readLoginPath: () => readLoginPath(ports),
    }),
    inspect,
    launcher,
    protect,
    drift,
    transfer: createTransfer({ ...driftPorts, drift }),
    writeUndo: createWriteUndo(driftPorts),
    undo: createUndo(protectPorts),
    leave: createLeave({ ...protectPorts, startPlain, purge: () => purge(ports, launcher) }),
    events,
    watch: async () => {
      const { watch } = ports;
      if (watch === undefined) return async () => undefined;
      return watchOutside({ ...ports, watch, records, events, noticed: drift.noticed });
    },
    settle: once(async () => {
      await protectPorts.recover();
      const { runs } = await records.read();
      await edits.prune(
        runs.filter(({ undoneAt }) => undoneAt === undefined).flatMap(({ moves }) => moves),
      );
      await renewRuns(protectPorts);
    }),
    overview: () => readOverview({ ...ports, clients, records, edits, servers, countExposed }),
    doctor: () =>
      runDoctor({
        ...ports,
        clients,
        records,
        edits,
        servers,
        launcher,
        captureLoginPath: async () => (await captureLoginPath(ports).catch(() => undefined))?.path,
      }),
    scan,
    scanDeep: async function* (signal) {
      const request = { ...(await scanRequest({})), deep: true };
      const items = exposure.stream(signal === undefined ? request : { ...request, signal });
      for await (const item of items) if (item.type === 'finding') yield item.finding;
    },
    suppressions: createSuppressions({ records, clock }),
    projects: createProjects({ records, files }),
  };
}

async function readLoginPath({ files, roots }: AppPorts): Promise<string | undefined> {
  const file = join(roots.data, 'path.json');
  if ((await files.stat(file)) === undefined) return undefined;
  return parseCachedPath(new TextDecoder().decode(await files.read(file))).path;
}

/** Milliseconds that a server gets to answer for the first time, downloads included. */
const firstStart = 60_000;

async function tryStart(inspect: Inspect, record: ServerRecord): Promise<AppError | undefined> {
  try {
    await inspect.inspect(record, { timeout: firstStart });
    return undefined;
  } catch (thrown) {
    return toAppError(thrown);
  }
}

/** A client's own entry as a record for one start. Its values are literal texts, not templates. */
function plainRecord(launch: EntryLaunch, at: string): ServerRecord {
  if (launch.transport === 'other') {
    throw new AppError('unsupported', 'This entry is none that Portcullis can start.');
  }
  const id: ServerId = 'entry';
  const base = {
    id,
    name: id,
    enabled: true,
    secrets: [],
    placements: [],
    createdAt: at,
    updatedAt: at,
  };
  if (launch.transport !== 'stdio') {
    const { transport, url, headers } = launch;
    return {
      ...base,
      launch: { transport, url: escapeTemplate(url), headers: escapeAll(headers) },
    };
  }
  const { command, args, env, cwd } = launch;
  return {
    ...base,
    launch: {
      transport: 'stdio',
      command,
      args: args.map(escapeTemplate),
      env: escapeAll(env),
      ...(cwd === undefined ? {} : { cwd: escapeTemplate(cwd) }),
    },
  };
}

function escapeAll(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key, escapeTemplate(text)]));
}

/** Removes everything of ours that `leave` may remove; the records go last. */
async function purge(
  { files, roots, keychain }: AppPorts,
  launcher: LauncherInstaller,
): Promise<void> {
  await launcher.uninstall();
  await keychain.delete(':sealing-key');
  await files.removeFolder(roots.data);
  await files.removeFolder(roots.cache);
  await files.removeFolder(roots.config);
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().catch((thrown: unknown) => {
      // The next call may find the keychain open.
      running = undefined;
      throw thrown;
    });
    return running;
  };
}
