/** What is known of the person's login shell; asked anew only when a launch cannot do without. */
import { join } from 'node:path';
import {
  joinPaths,
  type LoginPath,
  loginPathCommand,
  loginPathEnvironment,
  parseCachedPath,
  parseLogin,
  renderCachedPath,
  usualPath,
} from '../../core/launch/login-path.ts';
import type { Roots } from '../../core/ports.ts';
import { readTextIfThere } from './disk.ts';

export function readLogin(roots: Roots) {
  return parseCachedPath(readTextIfThere(join(roots.data, 'path.json')));
}

export interface LoginSource {
  readonly roots: Roots;
  /** The person's real home; absent means the client's `HOME` is trusted. */
  readonly home?: string | undefined;
}

/** Asks the person's own shell; the client's environment says neither which nor where it begins. */
export function captureLogin({ roots, home }: LoginSource): LoginPath | undefined {
  // Loaded only here: almost no launch needs it.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const person = describePerson();
  const known = readLogin(roots);
  const shell = known.shell ?? person.shell;
  const [command, args] = loginPathCommand(shell);
  const { stdout } = spawnSync(command, args, {
    env: loginPathEnvironment({
      HOME: home ?? process.env.HOME,
      USER: person.name,
      LOGNAME: person.name,
      SHELL: shell,
      LANG: process.env.LANG,
      PATH: usualPath,
    }),
    // Not the client's folder: start-up files may add what lies in it, and it would be kept.
    cwd: home ?? person.home,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5000,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  const login = parseLogin(stdout ?? '');
  const at = new Date().toISOString();
  // What `doctor` noted knows more than the shell; and a shell that does not answer is not asked each time.
  const network = known.network ?? login?.network ?? {};
  const told = login === undefined ? undefined : { path: joinPaths(':', login.path) };
  keep({ ...known, ...told, network, shell, at }, join(roots.data, 'path.json'));
  return told === undefined ? undefined : { ...told, network, shell, at };
}

function keep(captured: Partial<LoginPath>, file: string): void {
  const { renameSync, writeFileSync } = process.getBuiltinModule('node:fs');
  try {
    writeFileSync(`${file}.${process.pid}`, renderCachedPath(captured), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Only the cache is lost: it is known for this launch.
  }
}

interface Person {
  readonly name: string | undefined;
  readonly shell: string;
  readonly home: string;
}

function describePerson(): Person {
  const usual = process.platform === 'darwin' ? '/bin/zsh' : '/bin/sh';
  try {
    const { username, shell, homedir } = process.getBuiltinModule('node:os').userInfo();
    return { name: username, shell: shell || usual, home: homedir };
  } catch {
    // In a container a number may have no name.
    return { name: undefined, shell: usual, home: '/' };
  }
}
