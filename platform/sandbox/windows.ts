/**
 * Windows has no sandbox that parts one server from another without an account of its own for each, so
 * nothing from `confined` up is offered here. `docs/security.md` describes what a person can set up.
 */
import type { Sandbox } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';

const problem = 'Windows has no sandbox that keeps one server from another.';
const hint =
  'Run the server in a container, or promote it to another machine; `docs/security.md` compares the ways.';

export function createWindowsSandbox(): Sandbox {
  return {
    alwaysSupervised: false,
    probe: () => ({ confined: false, filtered: false, problem, hint }),
    enclose: ({ server }) => {
      throw new AppError('not_confined', `The server "${server}" cannot be confined: ${problem}`, {
        hint,
        details: { server },
      });
    },
  };
}
