/**
 * A trial: one start of a server in the sandbox, watched, with invented values for its secrets, to learn
 * what it wants. The launcher makes it (it has the sandbox and the proxy); here is what is asked of it
 * and what is read from its report.
 */
import { join } from 'node:path';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { CredentialScope, ScopeFolder } from '../../shared/models/scope.ts';
import type { Trial } from '../../shared/models/scope-view.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { Inspect } from '../inspect/inspect.ts';
import type { LauncherInstaller } from '../launch/install.ts';
import type { TrialReport } from '../launch/trial.ts';
import type { Files, Machine, ProgramFiles, Random, Roots, Sandbox } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { innerHome } from '../scope/confinement.ts';
import { fixedMaskedPaths } from '../scope/masked-paths.ts';
import { suggestScope } from '../scope/presets.ts';
import { planScope } from './scopes.ts';
import { requireServer } from './servers.ts';
import { readWanted } from './trace.ts';

export interface Trials {
  /** Errors: `not_found`, `unsupported`, `not_confined` where there is no sandbox. */
  try(id: ServerId): Promise<Trial>;
  /** One result for each server that a trial can tell of. */
  tryAll(ids: readonly ServerId[] | undefined): Promise<readonly Trial[]>;
}

export interface TrialsPorts {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: Files;
  readonly programFiles: ProgramFiles;
  readonly sandbox: Sandbox;
  readonly random: Random;
  readonly records: RecordsStore;
  readonly inspect: Inspect;
  readonly launcher: Pick<LauncherInstaller, 'install' | 'path'>;
}

/** Milliseconds: a first start may download, and is traced. */
const timeout = 120_000;
const traceLimit = 64 * 1024 * 1024;

export function createTrials(ports: TrialsPorts): Trials {
  return {
    try: async (id) => tryServer(requireServer(await ports.records.read(), id), ports),
    tryAll: async (ids) => {
      const { servers } = await ports.records.read();
      const chosen = servers.filter(({ id, scope }) => ids?.includes(id) ?? scope === undefined);
      const results: Trial[] = [];
      // One after the other: each start may take all that the machine has.
      for (const server of chosen) {
        if (canTry(server)) results.push(await tryServer(server, ports));
      }
      return results;
    },
  };
}

function canTry({ launch, enabled }: ServerRecord): boolean {
  return launch.transport === 'stdio' && enabled;
}

async function tryServer(server: ServerRecord, ports: TrialsPorts): Promise<Trial> {
  const { machine, roots, files, programFiles, sandbox, launcher } = ports;
  if (server.launch.transport !== 'stdio')
    throw new AppError(
      'unsupported',
      'A remote server runs elsewhere: there is nothing to try here.',
      {
        hint: 'Its scope is the secrets that it gets.',
      },
    );
  const masked = fixedMaskedPaths(machine, roots);
  const suggested = suggestScope(server.launch, { machine, files: programFiles, masked });
  const base = server.scope ?? suggested;
  if (base.runtime === 'docker') return skipped(server, suggested, ports);
  const ability = sandbox.probe();
  if (!ability.confined)
    throw new AppError(
      'not_confined',
      `This computer cannot confine servers. ${ability.problem ?? ''}`,
      {
        ...(ability.hint === undefined ? {} : { hint: ability.hint }),
      },
    );
  const scope: CredentialScope = { ...base, level: 'confined', hosts: 'any' };
  await launcher.install();
  const report = await start({ ...server, scope }, ports);
  const wanted =
    report.trace === undefined
      ? undefined
      : readWanted(report.trace, {
          binds: report.binds,
          home: machine.home,
          innerHome,
          masked,
          exists: (path) => programFiles.probe(path).kind !== 'missing',
        });
  const folders = (wanted ?? []).filter(
    (one) => !one.masked && programFiles.probe(one.path).kind !== 'missing',
  );
  const proposed = report.works
    ? { ...scope, ...keep(server.scope), folders: mergeFolders(scope.folders, folders) }
    : { ...(server.scope ?? { ...suggested, level: 'scoped-environment' as const }) };
  await files.removeFolder(report.folder);
  return {
    server: server.id,
    works: report.works,
    message: report.message,
    ...(report.hint === undefined ? {} : { hint: report.hint }),
    tools: report.tools,
    ...(wanted === undefined ? {} : { wanted }),
    ...(report.hosts === undefined ? {} : { hosts: report.hosts }),
    plan: planScope(server, proposed, ports),
  };
}

/** A scope that the person chose stays as high as it is. */
function keep(scope: CredentialScope | undefined): Partial<CredentialScope> {
  if (scope === undefined || scope.level === 'scoped-environment') return {};
  return { level: scope.level, hosts: scope.hosts };
}

function skipped(server: ServerRecord, suggested: CredentialScope, ports: TrialsPorts): Trial {
  return {
    server: server.id,
    works: false,
    message: 'It runs in a container, which confines it by its own options.',
    tools: 0,
    plan: planScope(server, server.scope ?? suggested, ports),
  };
}

function mergeFolders(
  known: readonly ScopeFolder[],
  more: readonly Pick<ScopeFolder, 'path' | 'access'>[],
): readonly ScopeFolder[] {
  const merged = new Map(known.map((folder) => [folder.path, folder]));
  for (const { path, access } of more) {
    const before = merged.get(path);
    merged.set(path, before?.access === 'write' ? before : { path, access });
  }
  return [...merged.values()];
}

interface Outcome extends TrialReport {
  readonly folder: string;
  readonly works: boolean;
  readonly message: string;
  readonly hint?: string;
  readonly tools: number;
  readonly trace?: string;
}

async function start(record: ServerRecord, ports: TrialsPorts): Promise<Outcome> {
  const { files, roots, random, inspect, launcher } = ports;
  const name = Buffer.from(random.bytes(9)).toString('base64url');
  const folder = join(roots.data, 'sandbox', 'trials', name);
  await files.makeFolder(folder);
  const request = join(folder, 'request.json');
  await files.createExclusive(request, new TextEncoder().encode(JSON.stringify(record)), 0o600);
  const program = { file: launcher.path, args: ['run', '--trial', request] };
  const outcome = await inspect.inspect(record, { timeout, program }).then(
    ({ tools }) => ({
      works: true,
      message: 'It started and listed its tools.',
      tools: tools.length,
    }),
    (thrown: unknown) => {
      const { message, hint } = toAppError(thrown);
      return { works: false, message, ...(hint === undefined ? {} : { hint }), tools: 0 };
    },
  );
  const report = await readJson(join(folder, 'report.json'), files);
  const trace = await readText(join(folder, 'trace'), files);
  return { folder, ...outcome, ...report, ...(trace === undefined ? {} : { trace }) };
}

async function readJson(path: string, files: Files): Promise<TrialReport> {
  const text = await readText(path, files);
  // Written by our own launcher a moment ago.
  return text === undefined ? { binds: [] } : (JSON.parse(text) as TrialReport);
}

async function readText(path: string, files: Files): Promise<string | undefined> {
  if ((await files.stat(path)) === undefined) return undefined;
  return new TextDecoder().decode(await files.read(path, { limit: traceLimit }));
}
