/** Credential scopes as a person meets them: look, plan, apply, what was blocked, what all can reach. */
import { createHash } from 'node:crypto';
import { AppError, toErrorReport } from '../../shared/errors.ts';
import type { CredentialScope, ScopeFolder } from '../../shared/models/scope.ts';
import type {
  BlockedHost,
  Reach,
  ScopeChange,
  ScopePlan,
  ScopeReceipt,
  ScopeView,
} from '../../shared/models/scope-view.ts';
import type { ServerId, ServerRecord } from '../../shared/models/server.ts';
import { blockedFile, parseBlockedLines } from '../launch/blocked-line.ts';
import type { Clock } from '../ports.ts';
import { type PresetIndex, readPresets } from '../scope/catalogue-presets.ts';
import { mayInherit } from '../scope/environment.ts';
import { isListed } from '../scope/known-hosts.ts';
import { titleOf } from '../scope/levels.ts';
import { isShowable } from '../scope/linked-packages.ts';
import { fixedMaskedPaths } from '../scope/masked-paths.ts';
import { isWholeMachine } from '../scope/too-wide.ts';
import { readActivity } from './activity.ts';
import { readAlive } from './launches.ts';
import { computeReach, type ReachPorts, runsOf } from './reach.ts';
import { type ViewPorts, viewScope } from './scope-view.ts';
import { requireServer } from './servers.ts';

export interface Scopes {
  /** Errors: `not_found`. */
  get(id: ServerId): Promise<ScopeView>;
  /** Errors: `not_found`, `bad_input` for a scope that cannot be kept. */
  plan(id: ServerId, scope: CredentialScope | undefined): Promise<ScopePlan>;
  /** Errors: those of `plan`; `conflict` when the server changed since. */
  apply(change: ScopeChange): Promise<ScopeView>;
  /** One receipt for each: one failure hides none of the others. */
  applyAll(changes: readonly ScopeChange[]): Promise<readonly ScopeReceipt[]>;
  blocked(id: ServerId): Promise<readonly BlockedHost[]>;
  reach(): Promise<Reach>;
}

export interface ScopesPorts extends ReachPorts {
  readonly clock: Clock;
  /** An older launcher would refuse a record with a scope: it is renewed before one is written. */
  readonly renewLauncher: () => Promise<void>;
}

export function createScopes(ports: ScopesPorts): Scopes {
  const { records, clock } = ports;
  const find = async (id: ServerId) => requireServer(await records.read(), id);
  /** Before and after. */
  const write = async ({ id, scope, basis }: ScopeChange) => {
    await ports.renewLauncher();
    const index = await readPresets();
    return records.change((before) => {
      const server = requireServer(before, id);
      const plan = planScope(server, scope, ports, index);
      if (plan.basis !== basis) throw changedSince(id);
      const after = { ...withScope(server, resolveScope(scope, ports)), updatedAt: clock.now() };
      const servers = before.servers.map((known) => (known.id === id ? after : known));
      return { records: { ...before, servers }, result: { server, after } };
    });
  };

  return {
    get: async (id) => {
      const server = await find(id);
      const alive = await readAlive(ports);
      const view = viewScope(server, ports, await readPresets());
      return { ...view, running: runsOf(id, alive, ports) };
    },
    plan: async (id, scope) => planScope(await find(id), scope, ports, await readPresets()),
    apply: async (change) => viewScope((await write(change)).after, ports, await readPresets()),
    applyAll: async (changes) => {
      const index = await readPresets();
      const receipts: ScopeReceipt[] = [];
      for (const change of changes)
        receipts.push(
          await write(change).then(
            ({ server, after }) =>
              toReceipt(viewScope(after, ports, index), wayBack(server, after, ports, index)),
            toFailure(change.id),
          ),
        );
      return receipts;
    },
    blocked: async (id) => {
      const { scope } = await find(id);
      const all = await readBlocked(id, ports);
      // What was allowed since then is no news any more.
      return all.filter((one) => !isAllowed(one, scope));
    },
    reach: () => computeReach(ports),
  };
}

function toReceipt({ server, level, sentence }: ScopeView, undo: ScopeChange): ScopeReceipt {
  const got = level === undefined ? {} : { level };
  return { server, outcome: 'done', ...got, message: sentence, undo };
}

/** Planned from what is there now, so that it fits only as long as that stays. */
function wayBack(
  before: ServerRecord,
  after: ServerRecord,
  ports: ViewPorts,
  index: PresetIndex,
): ScopeChange {
  const { id, scope } = before;
  const { basis } = planScope(after, scope, ports, index);
  return { id, ...(scope === undefined ? {} : { scope }), basis };
}

function toFailure(server: ServerId): (thrown: unknown) => ScopeReceipt {
  return (thrown) => {
    const { code, message, hint } = toErrorReport(thrown);
    return { server, outcome: 'failed', message, code, ...(hint === undefined ? {} : { hint }) };
  };
}

/** Also for a record that is not stored. */
export function planScope(
  server: ServerRecord,
  scope: CredentialScope | undefined,
  ports: ViewPorts,
  index: PresetIndex,
): ScopePlan {
  const wanted = resolveScope(scope, ports);
  if (wanted !== undefined) requireSensible(server, wanted, ports);
  const basis = createHash('sha256')
    .update(JSON.stringify([server.launch, server.scope ?? null, wanted ?? null]))
    .digest('hex');
  return {
    basis,
    before: viewScope(server, ports, index),
    after: viewScope(withScope(server, wanted), ports, index),
  };
}

function withScope(server: ServerRecord, wanted: CredentialScope | undefined): ServerRecord {
  const { scope: _, ...rest } = server;
  return wanted === undefined ? rest : { ...rest, scope: wanted };
}

function changedSince(id: ServerId): AppError {
  return new AppError('conflict', `The server “${id}” changed since this was planned.`, {
    hint: 'Look at the plan again.',
    details: { server: id },
  });
}

/** Notes where each folder leads now: a launch refuses when it leads elsewhere. */
function resolveScope(
  scope: CredentialScope | undefined,
  { programFiles }: Pick<ScopesPorts, 'programFiles'>,
): CredentialScope | undefined {
  if (scope === undefined) return undefined;
  const folders = scope.folders.map(({ path, access }): ScopeFolder => {
    const target = programFiles.realpath(path);
    return { path, access, ...(target === undefined || target === path ? {} : { target }) };
  });
  return { ...scope, folders };
}

function requireSensible(
  { id, launch, secrets }: ServerRecord,
  scope: CredentialScope,
  { machine, roots }: Pick<ViewPorts, 'machine' | 'roots'>,
): void {
  const { level, hosts, runtime, environment, folders } = scope;
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
  if (level === 'listed-hosts' && hosts === 'any')
    refuse(`The level “${titleOf(level)}” needs a list of hosts.`, 'Name the hosts, or none.');
  if (level === 'masked' && typeof hosts === 'string')
    refuse(
      `The level “${titleOf(level)}” needs the hosts where its secrets are used.`,
      `Choose the level “${titleOf('listed-hosts')}” first and add those hosts; then choose “${titleOf(level)}”. On the command line, name them in one step with \`--host\`.`,
    );
  const whole = folders.find(({ path, target }) => [path, target ?? path].some(isWholeMachine));
  if (whole !== undefined)
    refuse(
      `${whole.path} cannot be shown to a confined server.`,
      'Allow the folders that it needs.',
    );
  const search = { home: machine.home, masked: fixedMaskedPaths(machine, roots) };
  const wide = scope.packages?.find((path) => !isShowable(path, search));
  if (wide !== undefined)
    refuse(`${wide} is no package of a program.`, 'Allow folders that it needs as folders.');
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

function isAllowed({ host, port }: BlockedHost, scope: CredentialScope | undefined): boolean {
  if (scope === undefined || scope.level === 'scoped-environment' || scope.hosts === 'any')
    return true;
  if (scope.hosts === 'none') return false;
  const atThisPort = scope.hosts.filter(
    (one) => !/:\d+$/.test(one) || one.endsWith(`:${port ?? 443}`),
  );
  return isListed(host, atThisPort);
}

async function readBlocked(id: ServerId, ports: ScopesPorts): Promise<readonly BlockedHost[]> {
  const found = new Map<string, BlockedHost>();
  const lines = await readActivity(blockedFile, ports, () => []);
  for (const { server, host, port, at } of parseBlockedLines(lines.join('\n'))) {
    if (server !== id) continue;
    const key = `${host}:${port}`;
    const starts = (found.get(key)?.starts ?? 0) + 1;
    found.set(key, { host, ...(port === undefined ? {} : { port }), starts, last: at });
  }
  return [...found.values()].sort((left, right) => (left.last < right.last ? 1 : -1));
}
