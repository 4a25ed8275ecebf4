/** The one place where a confinement wraps the program that is about to start. */
import { AppError } from '../../shared/errors.ts';
import type { CredentialScope, Level } from '../../shared/models/scope.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { parseTemplate } from '../../shared/template.ts';
import type { Machine, ProgramFiles, Roots, Sandbox, SandboxAbility } from '../ports.ts';
import { type ConfinementSource, type ProxyAccess, planConfinement } from '../scope/confinement.ts';
import { compareLevels, levelRows, titleOf } from '../scope/levels.ts';
import type { FilledStdio } from './fill.ts';
import type { LaunchPlan } from './plan.ts';

export type { ProxyAccess };

export interface ConfineSurroundings
  extends Pick<ConfinementSource, 'listClientFiles' | 'loginPath'> {
  readonly machine: Machine;
  readonly roots: Roots;
  readonly files: ProgramFiles;
  readonly sandbox: Sandbox;
}

export interface ChosenLevel {
  readonly level: Level;
  /** Only a process of ours that stays can give it: it runs the proxy. */
  readonly supervised: boolean;
}

/**
 * The level that a start gets: the wanted one, or a lower one where the machine cannot and the person
 * has agreed. Errors: `not_confined` with the remedy.
 */
export function chooseLevel(
  { id, scope }: Pick<ServerRecord, 'id' | 'scope'>,
  sandbox: Pick<Sandbox, 'probe' | 'alwaysSupervised'>,
): ChosenLevel {
  if (scope === undefined || scope.level === 'scoped-environment') return unconfined;
  requireSense(id, scope);
  const ability = sandbox.probe();
  const possible = levelRows
    .map((row) => row.level)
    .filter((level) => compareLevels(level, scope.level) <= 0 && canGive(level, scope, ability));
  const best = possible.at(-1) ?? 'scoped-environment';
  if (best !== scope.level && scope.otherwise !== 'lower') throw notConfined(id, scope, ability);
  const supervised = best !== 'scoped-environment' && sandbox.alwaysSupervised;
  return { level: best, supervised: supervised || needsProxy(best, scope) };
}

const unconfined: ChosenLevel = { level: 'scoped-environment', supervised: false };

/** True when the levels of a scope need a proxy that decides about hosts. */
function needsProxy(level: Level, { hosts }: CredentialScope): boolean {
  return (level === 'listed-hosts' || level === 'masked') && hosts !== 'none';
}

export function canGive(
  level: Level,
  scope: Pick<CredentialScope, 'runtime' | 'hosts'>,
  ability: SandboxAbility,
): boolean {
  if (level === 'scoped-environment') return true;
  if (scope.runtime === 'docker') return false;
  return level === 'confined' || scope.hosts === 'none' ? ability.confined : ability.filtered;
}

/** A record edited by hand may want what no level does; that must not look enforced. */
function requireSense(id: string, { level, hosts, runtime }: CredentialScope): void {
  const listed = Array.isArray(hosts);
  const wrong =
    (level === 'confined' && listed) ||
    (level === 'listed-hosts' && hosts === 'any') ||
    // Without a host there is nobody who would put a value in.
    (level === 'masked' && !listed);
  if (!wrong && runtime !== 'docker') return;
  throw new AppError(
    'not_confined',
    `The server "${id}" was not started: its scope cannot be kept.`,
    {
      hint:
        runtime === 'docker'
          ? 'A server in a container is confined by the container; set its level to scoped-environment.'
          : `Listed hosts and the level belong together; set both with \`portcullis scope ${id} set\`.`,
      details: { server: id },
    },
  );
}

function notConfined(id: string, scope: CredentialScope, ability: SandboxAbility): AppError {
  const why = ability.problem ?? 'This computer has no sandbox for it.';
  return new AppError(
    'not_confined',
    `The server "${id}" was not started: its level is "${titleOf(scope.level)}", which this computer cannot give. ${why}`,
    {
      hint: `${ability.hint ?? ''} Or decide to start it with less: \`portcullis scope ${id} set --otherwise lower\`.`.trim(),
      details: { server: id, level: scope.level },
    },
  );
}

/**
 * The plan as it will run at this level. Errors: `not_confined` when a folder of the scope leads
 * elsewhere now.
 */
export function confine(
  plan: LaunchPlan,
  { level }: Pick<ChosenLevel, 'level'>,
  record: ServerRecord,
  filled: FilledStdio,
  surroundings: ConfineSurroundings,
  proxy?: ProxyAccess,
): LaunchPlan {
  const { scope } = record;
  if (level === 'scoped-environment' || scope === undefined) return plan;
  const network = scope.hosts === 'none' ? 'none' : (proxy ?? 'open');
  const confinement = planConfinement({
    ...surroundings,
    start: plan,
    scope,
    given: foldersOfClient(record, filled),
    network,
  });
  return { server: plan.server, ...surroundings.sandbox.enclose(confinement) };
}

/** Arguments that a client's own reference made: the open workspace is the client's to give. */
function foldersOfClient({ launch }: ServerRecord, filled: FilledStdio): readonly string[] {
  if (launch.transport !== 'stdio') return [];
  return launch.args.flatMap((template, index) => {
    const text = filled.args[index];
    return isClients(template) && text?.startsWith('/') ? [text] : [];
  });
}

/** Whether a start shows what the client has open. */
export function takesFolderOfClient({ launch }: Pick<ServerRecord, 'launch'>): boolean {
  return launch.transport === 'stdio' && launch.args.some(isClients);
}

function isClients(template: string): boolean {
  return parseTemplate(template).every((part) => part.kind === 'client');
}
