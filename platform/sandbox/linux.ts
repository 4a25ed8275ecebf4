/**
 * The sandbox of Linux: a bubblewrap profile of our own, in which nothing of the machine is there but
 * the system's programs, what the server needs to run, and what its scope allows. Everything is
 * started through one line of shell, because only a shell hands the filter on as an open file.
 */
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Confinement, Roots, Sandbox, SandboxAbility } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { findTool } from './find-tool.ts';
import { buildFilter, isFilterArch } from './seccomp.ts';

export interface LinuxSandboxOptions {
  readonly roots: Roots;
  /** Search path for bubblewrap and socat. */
  readonly path?: string | undefined;
  /** For tests: a machine without bubblewrap, or whose kernel refuses. */
  readonly bubblewrap?: string | undefined;
}

export function createLinuxSandbox(options: LinuxSandboxOptions): Sandbox {
  const { roots } = options;
  const folder = join(roots.data, 'sandbox');
  const find = (name: string) => findTool(name, options.path);
  const bubblewrap = () => ('bubblewrap' in options ? options.bubblewrap : find('bwrap'));
  return {
    alwaysSupervised: false,
    probe: ({ anew = false } = {}) => {
      const program = bubblewrap();
      const socat = find('socat');
      const key = [release(), process.arch, describeTool(program), describeTool(socat)].join(' ');
      const file = join(folder, 'ability.json');
      const kept = anew ? undefined : readAbility(file, key);
      if (kept !== undefined) return kept;
      const ability = probe(program, socat);
      writeWhole(file, JSON.stringify({ key, ability }));
      return ability;
    },
    enclose: (confinement) => {
      const program = bubblewrap();
      if (program === undefined || !isFilterArch(process.arch)) throw cannot(confinement.server);
      prepare(folder, confinement);
      const inner = [program, ...renderProfile(confinement, readLayout(folder))];
      const filter = join(folder, `filter-${process.arch}`);
      const command = ['-c', withFilter, filter, ...inner];
      const env = outerEnvironment(confinement.env);
      const { network } = confinement;
      if (typeof network === 'string') return { file: '/bin/sh', args: command, env, cwd: '/' };
      const socat = find('socat');
      if (socat === undefined) throw cannot(confinement.server);
      return { file: program, args: renderCell(socat, network, command), env, cwd: '/' };
    },
  };
}

/** Opens the filter as descriptor 3 and becomes bubblewrap. `$0` is the filter. */
const withFilter = 'exec "$@" 3<"$0"';

/** What differs from system to system in the profile. */
export interface Layout {
  /** `/bin` and the like: a link into `/usr`, or a folder of its own. */
  readonly top: readonly { readonly path: string; readonly link?: string }[];
  /** Files written by us that stand in `/etc`. */
  readonly passwd: string;
  readonly group: string;
  /** Stands in for a hidden file. */
  readonly empty: string;
}

/** Of `/etc` only what names hosts, certificates, time and fonts. */
const etc = [
  'ssl',
  'ca-certificates',
  'pki',
  'resolv.conf',
  'hosts',
  'nsswitch.conf',
  'gai.conf',
  'localtime',
  'timezone',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'alternatives',
  'mime.types',
  'fonts',
  'protocols',
  'services',
  'os-release',
];

/** Variables that would change bubblewrap itself: given to the server by an option instead. */
const loaderVariable = /^(?:LD_|GLIBC_TUNABLES$|GCONV_PATH$|LOCPATH$|MALLOC_)/;

function outerEnvironment(env: Confinement['env']): Confinement['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !loaderVariable.test(name)));
}

/** The arguments of bubblewrap. No secret is among them but those that stand in the server's own. */
export function renderProfile(confinement: Confinement, layout: Layout): readonly string[] {
  const { file, args, env, cwd, binds, masks, network } = confinement;
  const loader = Object.entries(env).filter(([name]) => loaderVariable.test(name));
  return [
    ...['--seccomp', '3', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...[
      '--unshare-user',
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      '--unshare-cgroup-try',
    ],
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...['--hostname', 'confined', '--ro-bind', '/usr', '/usr'],
    ...layout.top.flatMap(({ path, link }) =>
      link === undefined ? ['--ro-bind', path, path] : ['--symlink', link, path],
    ),
    ...['--ro-bind-try', '/nix/store', '/nix/store'],
    ...etc.flatMap((name) => ['--ro-bind-try', `/etc/${name}`, `/etc/${name}`]),
    ...['--ro-bind', layout.passwd, '/etc/passwd', '--ro-bind', layout.group, '/etc/group'],
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--tmpfs', '/tmp', '--tmpfs', '/run', '--tmpfs', '/var/tmp'],
    ...binds.flatMap(({ from, to, access }) => [
      access === 'write' ? '--bind' : '--ro-bind',
      from,
      to,
    ]),
    ...masks.flatMap(({ path, kind }) =>
      kind === 'folder'
        ? ['--tmpfs', path, '--remount-ro', path]
        : ['--ro-bind', layout.empty, path],
    ),
    ...loader.flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--chdir', cwd, '--', file, ...args],
  ];
}

/** The machine as it is, `/proc` included: only the network and the numbers of processes are its own. */
const cell = [
  ...['--die-with-parent', '--unshare-user', '--unshare-pid', '--unshare-net'],
  ...['--bind', '/', '/', '--dev-bind', '/dev', '/dev'],
];

/**
 * A cell around the sandbox that has no network but its own loopback, on which socat listens for it and
 * leads to the proxy's socket outside. The server is in a sandbox of its own inside and sees neither.
 */
function renderCell(
  socat: string,
  { port, socket }: { readonly port: number; readonly socket: string },
  command: readonly string[],
): readonly string[] {
  const listen = `TCP4-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr,backlog=512`;
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const script = [
    '"$1" "$2" "$3" </dev/null >/dev/null 2>&1 &',
    // State 0A: it listens. A server that asks sooner would be refused.
    `listens() { while read -r line; do case "$line" in *":${hexPort} 00000000:0000 0A "*) return 0;; esac; done </proc/net/tcp; return 1; }`,
    'until listens; do kill -0 $! || exit 1; done',
    'shift 3',
    'exec /bin/sh "$@"',
  ].join('\n');
  return [
    ...cell,
    ...['--', '/bin/sh', '-c', script, 'sh'],
    ...[socat, listen, `UNIX-CONNECT:${socket.replaceAll(/[\\,:!"'()[\]{}]/g, '\\$&')}`],
    ...command,
  ];
}

function readLayout(folder: string): Layout {
  const names = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
  const top = names.flatMap((path) => {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return [];
    return facts.isSymbolicLink() ? [{ path, link: readlinkSync(path) }] : [{ path }];
  });
  return {
    top,
    passwd: join(folder, 'passwd'),
    group: join(folder, 'group'),
    empty: join(folder, 'empty'),
  };
}

/** The server's home, the files of `/etc`, the filter: made once. */
function prepare(folder: string, { binds }: Confinement): void {
  for (const { from } of binds) {
    if (from.startsWith(`${folder}/`)) mkdirSync(from, { recursive: true, mode: 0o700 });
  }
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const nobody = uid === 65_534 ? '' : 'nobody:x:65534:65534:nobody:/:/bin/false\n';
  writeOnce(join(folder, 'passwd'), `mcp:x:${uid}:${gid}:mcp:/home/mcp:/bin/sh\n${nobody}`);
  writeOnce(join(folder, 'group'), `mcp:x:${gid}:\n${uid === 65_534 ? '' : 'nogroup:x:65534:\n'}`);
  writeOnce(join(folder, 'empty'), '');
  if (isFilterArch(process.arch)) {
    writeOnce(join(folder, `filter-${process.arch}`), buildFilter(process.arch));
  }
}

function writeOnce(path: string, content: string | Uint8Array): void {
  const wanted = Buffer.from(content);
  try {
    if (readFileSync(path).equals(wanted)) return;
  } catch {
    // Not there yet.
  }
  writeWhole(path, wanted);
}

function writeWhole(path: string, content: string | Uint8Array): void {
  const part = `${path}.${process.pid}`;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(part, content, { mode: 0o600 });
  renameSync(part, path);
}

const tryArgs = ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--ro-bind', '/', '/'];
const mounts = ['--proc', '/proc', '--dev', '/dev'];

function probe(bubblewrap: string | undefined, socat: string | undefined): SandboxAbility {
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

function readAbility(file: string, key: string): SandboxAbility | undefined {
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

/** Another size or time is another program. */
function describeTool(path: string | undefined): string {
  if (path === undefined) return 'none';
  const facts = statSync(path, { throwIfNoEntry: false });
  return `${path}:${facts?.size}:${facts?.mtimeMs}`;
}

function cannot(server: string): AppError {
  return new AppError(
    'not_confined',
    `The server "${server}" cannot be confined on this computer.`,
    {
      hint: 'Run `portcullis doctor`: it says what is missing.',
      details: { server },
    },
  );
}
