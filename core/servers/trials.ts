/**
 * A trial: starts of a server in the sandbox, watched, with invented values for its secrets, to learn
 * what it wants and at which level it works. The launcher makes each start (it has the sandbox and the
 * proxy); here is what is asked of it and what is read from its report.
 */
import { AppError, toAppError } from '../../shared/errors.ts';
import type { CredentialScope, Level, ScopeFolder } from '../../shared/models/scope.ts';
import type { Trial, TrialStep, TrialStream } from '../../shared/models/scope-view.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import type { LauncherInstaller } from '../launch/install.ts';
import type { Sandbox } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { readPresets } from '../scope/catalogue-presets.ts';
import { isInside } from '../scope/masked-paths.ts';
import { suggestPackages, suggestScope } from '../scope/presets.ts';
import { findOwnFolders } from '../scope/programs.ts';
import { runtimeOf } from '../scope/runtime.ts';
import { type ClimbPorts, climb } from './climb.ts';
import { mayUpgrade } from './reach.ts';
import { placeSearch } from './scope-view.ts';
import { planScope } from './scopes.ts';
import { requireServer } from './servers.ts';
import { describeFailure, startForTrial, type TrialStart } from './trial-start.ts';
import { judgeWanted } from './wanted.ts';

/** `signal` ends the server that runs and starts no other: `interrupted`. */
export interface Trials {
  /** Ends with the trial. Errors: `not_found`, `unsupported`, `not_confined` where there is no sandbox. */
  try(id: ServerId, signal?: AbortSignal): AsyncGenerator<TrialStream>;
  /**
   * A trial of each, one after the other, on to the highest level at which it works; one that cannot be
   * tried hides none of the others.
   */
  tryAll(ids: readonly ServerId[] | undefined, signal?: AbortSignal): AsyncGenerator<TrialStream>;
}

export interface TrialsPorts extends Omit<ClimbPorts, 'index'> {
  readonly records: RecordsStore;
  readonly launcher: Pick<LauncherInstaller, 'install' | 'path'>;
  readonly readLoginPath: () => Promise<string | undefined>;
}

type TrialPorts = TrialsPorts & ClimbPorts;

export function createTrials(ports: TrialsPorts): Trials {
  return {
    try: async function* (id, signal) {
      const server = requireServer(await ports.records.read(), id);
      const known = { ...ports, signal, index: await readPresets() };
      yield* tellTrial(server, { done: 0, total: 1, climbs: false }, known);
    },
    tryAll: async function* (ids, signal) {
      const { servers } = await ports.records.read();
      const chosen =
        ids === undefined
          ? servers.filter(mayUpgrade)
          : ids.map((id) => requireServer({ servers }, id));
      if (chosen.length > 0) requireSandbox(ports.sandbox);
      const known = { ...ports, signal, index: await readPresets() };
      // One after the other: each start may take all that the machine has.
      for (const [done, server] of chosen.entries()) {
        if (signal?.aborted) return;
        const at = { done, total: chosen.length, climbs: true };
        try {
          yield* tellTrial(server, at, known);
        } catch (thrown) {
          if (signal?.aborted) throw thrown;
          yield { type: 'trial', trial: untried(server, toAppError(thrown), known) };
        }
      }
    },
  };
}

interface Asked {
  readonly done: number;
  readonly total: number;
  /** On to the levels above *confined*, as far as it works. */
  readonly climbs: boolean;
}

async function* tellTrial(
  server: ServerRecord,
  { climbs, ...at }: Asked,
  ports: TrialPorts,
): AsyncGenerator<TrialStream> {
  const tell = (step: TrialStep, level: Level = 'confined'): TrialStream => ({
    ...{ type: 'progress', server: server.id, step, level },
    ...at,
  });
  requireProgram(server);
  const scope = scopeToTry(server, ports);
  requireSandbox(ports.sandbox);
  yield tell('prepare');
  await ports.launcher.install();
  yield tell('start');
  const start = await startForTrial({ ...server, scope }, ports);
  yield tell('read');
  const trial = await readStart(server, scope, start, ports);
  const proposed = trial.plan.after.scope;
  if (!climbs || !trial.works || proposed?.level !== 'confined' || proposed.hosts !== 'any') {
    yield { type: 'trial', trial };
    return;
  }
  const higher = climb(
    { server, trial, scope: proposed, tell: (level) => tell('start', level) },
    ports,
  );
  yield { type: 'trial', trial: yield* higher };
}

function requireProgram({ launch, enabled, id }: ServerRecord): void {
  if (launch.transport !== 'stdio')
    throw new AppError(
      'unsupported',
      'A remote server runs elsewhere: there is nothing to try here.',
      { hint: 'Its scope is the secrets that it gets.' },
    );
  if (!enabled)
    throw new AppError('server_disabled', `The server "${id}" is switched off.`, {
      hint: `Switch it on first: \`portcullis servers enable ${id}\`.`,
      details: { server: id },
    });
  if (runtimeOf(launch) === 'docker')
    throw new AppError(
      'unsupported',
      'It runs in a container, which confines it by its own options.',
      { hint: 'Limit it by the options of its container.', details: { server: id } },
    );
}

/**
 * The scope that it has or would get. What its person limits stays limited: a hostile server only has to
 * make a trial wanted, to send away what it read in daily use.
 */
function scopeToTry(server: ServerRecord, ports: TrialPorts): CredentialScope {
  const { launch, scope } = server;
  const search = placeSearch(server, ports, ports.index);
  const found = suggestPackages(launch, search);
  if (scope === undefined || scope.level === 'scoped-environment') {
    const wanted = scope ?? suggestScope(launch, search);
    return { ...wanted, ...found, level: 'confined', hosts: 'any' };
  }
  const packages = mayHaveLinked(scope, launch, search) ? {} : found;
  return { ...scope, ...packages, level: 'confined' };
}

/** Whether it may write where its packages are linked: then it chooses itself where such a link leads. */
function mayHaveLinked(
  { folders, packages = [] }: CredentialScope,
  launch: ServerRecord['launch'],
  { machine: { home }, files, masked }: ReturnType<typeof placeSearch>,
): boolean {
  if (launch.transport !== 'stdio') return false;
  const search = { cwd: launch.cwd ?? home, home, files, masked };
  const own = [...findOwnFolders(launch.command, launch.args, search), ...packages];
  return folders.some(
    ({ path, access, target = path }) =>
      access === 'write' &&
      own.some((place) =>
        [path, target].some((one) => isInside(place, one) || isInside(one, place)),
      ),
  );
}

function requireSandbox(sandbox: Sandbox): void {
  const { confined, problem, hint } = sandbox.probe();
  if (confined) return;
  throw new AppError('not_confined', `This computer cannot confine servers. ${problem ?? ''}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

async function readStart(
  server: ServerRecord,
  scope: CredentialScope,
  { outcome, report, trace }: TrialStart,
  ports: TrialPorts,
): Promise<Trial> {
  const { works } = outcome;
  const loginPath = await ports.readLoginPath();
  const wanted =
    trace === undefined ? undefined : judgeWanted(server, trace, report, { ...ports, loginPath });
  const folders = (wanted ?? []).filter(({ proposed }) => proposed);
  const proposed = works
    ? { ...scope, ...keep(server.scope), folders: mergeFolders(scope.folders, folders) }
    : asItIs(server, ports);
  return {
    server: server.id,
    ...outcome,
    ...(wanted === undefined ? {} : { wanted }),
    ...(report.hosts === undefined ? {} : { hosts: report.hosts }),
    ...(report.kept === undefined ? {} : { kept: report.kept }),
    plan: planScope(server, proposed, ports, ports.index),
  };
}

function untried(server: ServerRecord, error: AppError, ports: TrialPorts): Trial {
  const plan = planScope(server, asItIs(server, ports), ports, ports.index);
  return { server: server.id, ...describeFailure(error), plan };
}

/** Nothing is proposed for a server that was not seen to work. */
function asItIs(server: ServerRecord, ports: TrialPorts): CredentialScope {
  const { launch, scope } = server;
  const suggested = suggestScope(launch, placeSearch(server, ports, ports.index));
  return scope ?? { ...suggested, level: 'scoped-environment' };
}

/** A scope that the person chose stays as high as it is. */
function keep(scope: CredentialScope | undefined): Partial<CredentialScope> {
  if (scope === undefined || scope.level === 'scoped-environment') return {};
  return { level: scope.level, hosts: scope.hosts };
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
