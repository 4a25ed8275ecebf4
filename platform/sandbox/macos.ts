/**
 * macOS, not tried: a Seatbelt profile, which `@anthropic-ai/sandbox-runtime` writes from the rules
 * here. Seatbelt moves nothing: a path is the same inside and outside, and the home of a server is
 * its folder in our data folder. The Keychain's service stays reachable; it asks the person for each
 * program that wants an item, and that question is the guard there.
 */
import { existsSync } from 'node:fs';
import type { Confinement, Sandbox } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';

const tool = '/usr/bin/sandbox-exec';

export function createMacosSandbox(): Sandbox {
  return {
    alwaysSupervised: true,
    probe: () =>
      existsSync(tool)
        ? { confined: true, filtered: true }
        : {
            confined: false,
            filtered: false,
            problem: `${tool} is not there.`,
            hint: 'It is part of macOS; a system without it cannot confine programs.',
          },
    enclose: ({ server }) => {
      throw new AppError('internal', `The server "${server}" must be started by the supervisor.`, {
        hint: 'Report this.',
      });
    },
  };
}

/** The file rules as sandbox-runtime takes them. */
export interface SeatbeltRules {
  readonly denyRead: readonly string[];
  readonly allowRead: readonly string[];
  readonly allowWrite: readonly string[];
  readonly denyWrite: readonly string[];
}

/** Where people and programs keep things: nothing of it is read but what is allowed again. */
const hidden = ['/Users', '/Volumes', '/private/var/root', '/private/tmp', '/private/var/folders'];

export function renderSeatbeltRules({ binds, masks }: Confinement): SeatbeltRules {
  const writable = binds.filter(({ access }) => access === 'write').map(({ from }) => from);
  const masked = masks.map(({ path }) => path);
  return {
    denyRead: [...hidden, '/Library/Keychains', ...masked],
    allowRead: binds.map(({ from }) => from),
    allowWrite: writable,
    denyWrite: masked,
  };
}

/** The start with paths as they are outside: Seatbelt has no inside. */
export function renderSeatbeltStart({ file, args, env, cwd, binds }: Confinement) {
  const outside = (path: string) => {
    const bind = binds.find(
      ({ to, from }) => to !== from && (path === to || path.startsWith(`${to}/`)),
    );
    return bind === undefined ? path : bind.from + path.slice(bind.to.length);
  };
  return {
    file,
    args,
    cwd: outside(cwd),
    env: { ...env, HOME: outside(env.HOME ?? ''), TMPDIR: outside(`${env.HOME ?? ''}/tmp`) },
  };
}
