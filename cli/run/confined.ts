/**
 * Everything about confinement that a launch needs, in a bundle of its own: a server without a scope
 * loads none of it. Failures come back as data, since each bundle has an `AppError` of its own.
 */
import { listClientFiles } from '../../core/launch/client-files.ts';
import { type ChosenLevel, chooseLevel, confine } from '../../core/launch/confine.ts';
import type { FilledStdio } from '../../core/launch/fill.ts';
import type { LaunchPlan } from '../../core/launch/plan.ts';
import type { Machine, Roots } from '../../core/ports.ts';
import { programFiles } from '../../platform/program-files.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import { type ErrorReport, toErrorReport } from '../../shared/errors.ts';
import type { ServerRecord } from '../../shared/models/server.ts';
import { guardAgainstThreads } from './guard.ts';
import { readLogin } from './login.ts';

export type Answer<T> = { readonly value: T } | { readonly failure: ErrorReport };

export interface ConfinedSource {
  readonly record: ServerRecord;
  readonly machine: Machine;
  readonly roots: Roots;
}

export function chooseLevelFor(source: ConfinedSource): Answer<ChosenLevel> {
  return attempt(() => chooseLevel(source.record, sandboxFor(source)));
}

export function confineFor(
  source: ConfinedSource,
  plan: LaunchPlan,
  chosen: ChosenLevel,
  filled: FilledStdio,
): Answer<LaunchPlan> {
  const { record, machine, roots } = source;
  const surroundings = {
    machine,
    roots,
    files: programFiles,
    sandbox: sandboxFor(source),
    listClientFiles,
    loginPath: readLogin(roots).path,
  };
  return attempt(() => {
    const confined = confine(plan, chosen, record, filled, surroundings);
    return confined === plan ? plan : guardAgainstThreads(confined);
  });
}

function sandboxFor({ machine, roots }: ConfinedSource) {
  return createSandbox(machine.platform, { roots, path: machine.env.PATH });
}

function attempt<T>(work: () => T): Answer<T> {
  try {
    return { value: work() };
  } catch (thrown) {
    return { failure: toErrorReport(thrown) };
  }
}
