/** Credential scopes as a person meets them: look, plan, apply, what was blocked, what all can reach. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope, Level, ScopeFolder } from '../../shared/models/scope.ts';
import type { BlockedHost, Reach, ScopePlan, ScopeView } from '../../shared/models/scope-view.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import { blockedFile, parseBlockedLines } from '../launch/blocked-line.ts';
import { chooseLevel } from '../launch/confine.ts';
import { launchesFile, parseLaunchLines } from '../launch/launch-line.ts';
import type { Clock, Files, Machine, Processes, ProgramFiles, Roots, Sandbox } from '../ports.ts';
import type { RecordsStore } from '../records/records.ts';
import { mayInherit } from '../scope/environment.ts';
import { claimOf, compareLevels, describeScope, listOf, titleOf } from '../scope/levels.ts';
import { fixedMaskedPaths, isInside } from '../scope/masked-paths.ts';
import { suggestScope } from '../scope/presets.ts';
import { neededSecrets, requireServer } from './servers.ts';

export interface Scopes {
  /** Errors: `not_found`. */
  get(id: ServerId): Promise<ScopeView>;
  /** Errors: `not_found`, `bad_input` for a scope that cannot be kept. */
  plan(id: ServerId, scope: CredentialScope): Promise<ScopePlan>;
  /** Errors: those of `plan`; `conflict` when the server changed since. */
  apply(id: ServerId, scope: CredentialScope, basis: string): Promise<ScopeView>;
  blocked(id: ServerId): Promise<readonly BlockedHost[]>;
  reach(): Promise<Reach>;
}

export interface ScopesPorts {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: Files;
  readonly programFiles: ProgramFiles;
  readonly sandbox: Sandbox;
  readonly processes: Pick<Processes, 'isAlive'>;
  readonly records: RecordsStore;
  readonly clock: Clock;
  /** An older launcher would refuse a record with a scope: it is renewed before one is written. */
  readonly renewLauncher: () => Promise<void>;
  /** Programs in clients' files that start without us. */
  readonly listUnmanaged: () => Promise<Reach['unmanaged']>;
}

/** Lines of a year; what is older is cut when the file is read. */
const limit = 64 * 1024 * 1024;

export function createScopes(ports: ScopesPorts): Scopes {
  const { records, clock } = ports;
  const find = async (id: ServerId) => requireServer(await records.read(), id);

  return {
    get: async (id) => viewScope(await find(id), ports),
    plan: async (id, scope) => planScope(await find(id), scope, ports),
    apply: async (id, scope, basis) => {
      await ports.renewLauncher();
      const changed = await records.change((before) => {
        const server = requireServer(before, id);
        const plan = planScope(server, scope, ports);
        if (plan.basis !== basis) throw changedSince(id);
        const wanted = resolveScope(scope, ports);
        const after = { ...server, scope: wanted, updatedAt: clock.now() };
        const servers = before.servers.map((known) => (known.id === id ? after : known));
        return { records: { ...before, servers }, result: after };
      });
      return viewScope(changed, ports);
    },
    blocked: async (id) => {
      await find(id);
      return readBlocked(id, ports);
    },
    reach: () => computeReach(ports),
  };
}

/** Also for a record that is not stored. */
export function planScope(
  server: ServerRecord,
  scope: CredentialScope,
  ports: Pick<ScopesPorts, 'machine' | 'roots' | 'programFiles' | 'sandbox'>,
): ScopePlan {
  requireSensible(server, scope);
  const wanted = resolveScope(scope, ports);
  const basis = createHash('sha256')
    .update(JSON.stringify([server.launch, server.scope ?? null, wanted]))
    .digest('hex');
  return {
    basis,
    before: viewScope(server, ports),
    after: viewScope({ ...server, scope: wanted }, ports),
  };
}

function changedSince(id: ServerId): AppError {
  return new AppError('conflict', `The server “${id}” changed since this was planned.`, {
    hint: 'Look at the plan again.',
    details: { server: id },
  });
}

/** Notes where each folder leads now: a launch refuses when it leads elsewhere. */
function resolveScope(
  scope: CredentialScope,
  { programFiles }: Pick<ScopesPorts, 'programFiles'>,
): CredentialScope {
  const folders = scope.folders.map(({ path, access }): ScopeFolder => {
    const target = programFiles.realpath(path);
    return { path, access, ...(target === undefined || target === path ? {} : { target }) };
  });
  return { ...scope, folders };
}

function requireSensible({ id, launch, secrets }: ServerRecord, scope: CredentialScope): void {
  const { level, hosts, runtime, environment } = scope;
  const refuse = (message: string, hint: string) => {
    throw new AppError('bad_input', message, { hint, details: { server: id } });
  };
  const confines = level !== 'scoped-environment';
  if (confines && launch.transport !== 'stdio')
    refuse('A remote server runs elsewhere.', 'Only a program on this computer can be confined.');
  if (confines && runtime === 'docker')
    refuse(
      'A container cannot be put into the sandbox.',
      'Limit it by the options of its container, and leave its level at scoped-environment.',
    );
  if (level === 'confined' && typeof hosts !== 'string')
    refuse(
      'The level “confined” does not limit hosts.',
      'Choose the level listed-hosts, or the hosts any or none.',
    );
  if (
    (level === 'listed-hosts' && hosts === 'any') ||
    (level === 'masked' && typeof hosts === 'string')
  )
    refuse(`The level “${titleOf(level)}” needs a list of hosts.`, 'Name the hosts, or none.');
  const wrong = environment.find((name) => !mayInherit(name));
  if (wrong !== undefined)
    refuse(
      `The variable ${wrong} is never handed on.`,
      'Write its value into the server itself if it must have it.',
    );
  const known = secrets.map(({ name }) => name);
  const stray = Object.keys(scope.secretHosts ?? {}).find((name) => !known.includes(name));
  if (stray !== undefined)
    refuse(`The server has no secret ${stray}.`, 'Name hosts only for secrets that it has.');
}

export function viewScope(
  server: ServerRecord,
  ports: Pick<ScopesPorts, 'machine' | 'roots' | 'programFiles' | 'sandbox'>,
): ScopeView {
  const { machine, roots, programFiles: files, sandbox } = ports;
  const masked = fixedMaskedPaths(machine, roots);
  const suggested = suggestScope(server.launch, { machine, files, masked });
  const secrets = neededSecrets(server);
  const { level, hint } = levelNow(server, sandbox);
  const shown = server.scope ?? { ...suggested, level: 'scoped-environment' as const, folders: [] };
  return {
    server: server.id,
    name: server.name,
    ...(server.scope === undefined ? {} : { scope: server.scope }),
    suggested,
    secrets,
    ...(level === undefined ? {} : { level }),
    sentence: describeScope(shown, secrets),
    claim: claimOf(level ?? shown.level, shown.hosts),
    warnings: server.scope === undefined ? [] : warnAbout(server.scope, masked, ports),
    ...(hint === undefined ? {} : { hint }),
  };
}

function levelNow(server: ServerRecord, sandbox: Sandbox): { level?: Level; hint?: string } {
  try {
    const { level } = chooseLevel(server, sandbox);
    const wanted = server.scope?.level ?? level;
    if (level === wanted) return { level };
    return { level, hint: `Starts with less than “${titleOf(wanted)}”, as you decided.` };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return thrown.hint === undefined ? {} : { hint: thrown.hint };
  }
}

function warnAbout(
  { folders, level }: CredentialScope,
  masked: readonly string[],
  { programFiles, machine }: Pick<ScopesPorts, 'programFiles' | 'machine'>,
): readonly string[] {
  if (level === 'scoped-environment') return [];
  return folders.flatMap(({ path }) => {
    if (programFiles.probe(path).kind === 'missing') return [`${path} is not there.`];
    if (masked.some((place) => isInside(path, place)))
      return [`${path} holds credentials of others.`];
    if (isInside(machine.home, path))
      return [`${path} is your whole home; only known places in it stay hidden.`];
    return [];
  });
}

async function readBlocked(id: ServerId, ports: ScopesPorts): Promise<readonly BlockedHost[]> {
  const found = new Map<string, BlockedHost>();
  for (const { server, host, port, at } of parseBlockedLines(await readLines(blockedFile, ports))) {
    if (server !== id) continue;
    const key = `${host}:${port}`;
    const starts = (found.get(key)?.starts ?? 0) + 1;
    found.set(key, { host, ...(port === undefined ? {} : { port }), starts, last: at });
  }
  return [...found.values()].sort((left, right) => (left.last < right.last ? 1 : -1));
}

async function readLines(name: string, { files, roots }: ScopesPorts): Promise<string> {
  const file = join(roots.data, 'activity', name);
  if ((await files.stat(file)) === undefined) return '';
  return new TextDecoder().decode(await files.read(file, { limit }));
}

async function computeReach(ports: ScopesPorts): Promise<Reach> {
  const [{ servers }, text, unmanaged] = await Promise.all([
    ports.records.read(),
    readLines(launchesFile, ports),
    ports.listUnmanaged(),
  ]);
  const alive = parseLaunchLines(text).filter((line) =>
    ports.processes.isAlive(line.pid, line.startTime),
  );
  const programs = servers.filter(({ launch }) => launch.transport === 'stdio');
  const ids = new Set(programs.map(({ id }) => id));
  const running = alive.filter(({ server }) => ids.has(server));
  const levels = running.map(({ level }) => level ?? 'scoped-environment');
  const weakest = levels.toSorted(compareLevels)[0];
  return {
    ...(weakest === undefined ? {} : { weakest }),
    sentence: summarise(
      running.map(({ server, level }) => ({ server, level })),
      unmanaged,
    ),
    servers: servers.map((server) => ({
      view: viewScope(server, ports),
      running: alive
        .filter((line) => line.server === server.id)
        .map(({ level }) => level ?? 'scoped-environment'),
    })),
    unmanaged,
  };
}

/** Isolation belongs on the side of every reader: one that is not confined weakens all. */
function summarise(
  running: readonly { readonly server: string; readonly level: Level | undefined }[],
  unmanaged: Reach['unmanaged'],
): string {
  const others =
    unmanaged.length === 0
      ? ''
      : ` ${unmanaged.length} more in your clients start without Portcullis; while they run, they can read what you can read.`;
  const loose = running.filter(
    ({ level }) => level === undefined || level === 'scoped-environment',
  );
  if (running.length === 0) return `No server of Portcullis is running.${others}`;
  if (loose.length === 0)
    return `Every running server is confined: none can read another’s secrets from files, processes or the keychain.${others}`;
  const names = [...new Set(loose.map(({ server }) => server))];
  return `${listOf(names)} ${names.length === 1 ? 'is' : 'are'} not confined and can read the secrets of all others while running.${others}`;
}
