/** What a Linux machine can do to enclose a program, found out by doing it once; and what to do if it cannot. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { SandboxAbility } from '../../core/ports.ts';
import { isFilterArch } from './seccomp.ts';

/** The machine as it is, `/proc` included: only the network and the numbers of processes are its own. */
export const cell = [
  ...['--die-with-parent', '--unshare-user', '--unshare-pid', '--unshare-net'],
  ...['--bind', '/', '/', '--dev-bind', '/dev', '/dev'],
];

const tryArgs = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--ro-bind', '/', '/'];
const mounts = ['--proc', '/proc', '--dev', '/dev'];

export function probeLinux(
  bubblewrap: string | undefined,
  socat: string | undefined,
): SandboxAbility {
  if (!isFilterArch(process.arch)) {
    return none(
      `There is no system-call filter for ${process.arch}.`,
      'Use an x64 or arm64 machine.',
    );
  }
  if (bubblewrap === undefined) {
    return none(
      'bubblewrap is not installed.',
      'Install it: `sudo apt install bubblewrap`, `sudo dnf install bubblewrap` or `sudo pacman -S bubblewrap`.',
    );
  }
  const refused = runs(bubblewrap, [...tryArgs, ...mounts, '--', 'true']);
  if (refused !== undefined)
    return none(`bubblewrap cannot make a sandbox: ${refused}`, remedyFor());
  if (socat === undefined) {
    return {
      confined: true,
      filtered: false,
      problem: 'socat is not installed, so hosts cannot be limited.',
      hint: 'Install it: `sudo apt install socat`, `sudo dnf install socat` or `sudo pacman -S socat`.',
    };
  }
  const inner = [bubblewrap, ...tryArgs, ...mounts, '--', 'true'];
  const nested = runs(bubblewrap, [...cell, '--', ...inner]);
  if (nested === undefined) return { confined: true, filtered: true };
  return {
    confined: true,
    filtered: false,
    problem: `A sandbox inside of another is refused here, so hosts cannot be limited: ${nested}`,
    hint: remedyFor(),
  };
}

function none(problem: string, hint: string): SandboxAbility {
  return { confined: false, filtered: false, problem, hint };
}

/** What it said when it failed. */
function runs(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, [...args], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return undefined;
  return (stderr ?? '').trim().split('\n')[0] || (error?.name ?? 'it ended without a word');
}

interface Setting {
  readonly file: string;
  readonly bad: string;
  readonly hint: string;
}

const settings: readonly Setting[] = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    bad: '1',
    hint: 'Ubuntu allows this only to programs with an AppArmor profile: `sudo apt install apparmor-profiles && sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo systemctl reload apparmor`.',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    bad: '0',
    hint: 'Allow it: `sudo sysctl kernel.unprivileged_userns_clone=1`.',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    bad: '0',
    hint: 'Allow it: `sudo sysctl user.max_user_namespaces=15000`.',
  },
];

function remedyFor(): string {
  const found = settings.find(({ file, bad }) => {
    try {
      return readFileSync(file, 'utf8').trim() === bad;
    } catch {
      return false;
    }
  });
  return (
    found?.hint ??
    'Inside a container, allow user namespaces to it (`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`), or run Portcullis outside.'
  );
}

export function readAbility(file: string, key: string): SandboxAbility | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isKept(kept) && kept.key === key ? kept.ability : undefined;
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is { key: string; ability: SandboxAbility } {
  if (typeof value !== 'object' || value === null || !('ability' in value)) return false;
  const { ability } = value;
  return (
    typeof ability === 'object' &&
    ability !== null &&
    'confined' in ability &&
    typeof ability.confined === 'boolean' &&
    'filtered' in ability &&
    typeof ability.filtered === 'boolean'
  );
}
