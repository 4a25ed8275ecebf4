/**
 * The sandbox of Linux: a bubblewrap profile of our own, in which nothing of the machine is there but
 * the system's programs, what the server needs to run, and what its scope allows. Everything is
 * started through one line of shell, because only a shell hands the filter on as an open file.
 */
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
import type { Confinement, Roots, Sandbox } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';
import { findTool } from './find-tool.ts';
import { hideVariables } from './hidden-variables.ts';
import { cell, probeLinux, readAbility } from './linux-probe.ts';
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
      const ability = probeLinux(program, socat);
      writeWhole(file, JSON.stringify({ key, ability }));
      return ability;
    },
    enclose: (confinement) => {
      const program = bubblewrap();
      if (program === undefined || !isFilterArch(process.arch)) throw cannot(confinement.server);
      prepare(folder, confinement);
      const { env, restore } = hideVariables(confinement.env);
      const inner = [program, ...renderProfile(confinement, restore, readLayout(folder))];
      const filter = join(folder, `filter-${process.arch}`);
      const command = ['-c', withFilter, filter, ...inner];
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
  readonly isRoot: boolean;
}

/** Of `/etc` only what names hosts, certificates, time and fonts. Each mount costs a quarter of a millisecond. */
const etc = [
  'ssl',
  'ca-certificates',
  'pki',
  'resolv.conf',
  'hosts',
  'nsswitch.conf',
  'localtime',
  'ld.so.cache',
  'alternatives',
  'fonts',
  'os-release',
];

/**
 * Root owns these, and may write them without any capability: a name in `sys/kernel/core_pattern` is
 * started by the kernel itself, outside of every sandbox.
 */
const rootsOwn = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi', 'mtrr'];

/** The arguments of bubblewrap. No secret is among them but those that stand in the server's own. */
function renderProfile(
  confinement: Confinement,
  restore: readonly string[],
  layout: Layout,
): readonly string[] {
  const { file, args, cwd, binds, masks, network } = confinement;
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
    // Whoever writes into the memory of the first process keeps the sandbox alive when its client is gone.
    ...['--tmpfs', '/proc/1', '--remount-ro', '/proc/1'],
    ...(layout.isRoot ? rootsOwn : []).flatMap((name) => [
      ...['--ro-bind-try', `/proc/${name}`, `/proc/${name}`],
    ]),
    // The root itself is in memory and nobody else's.
    ...[
      '--perms',
      '1777',
      '--dir',
      '/tmp',
      '--dir',
      '/run',
      '--perms',
      '1777',
      '--dir',
      '/var/tmp',
    ],
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
    ...['--chdir', cwd, '--', ...restore, file, ...args],
  ];
}

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
    isRoot: process.getuid?.() === 0,
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

export function writeOnce(path: string, content: string | Uint8Array, mode = 0o600): void {
  const wanted = Buffer.from(content);
  try {
    if (readFileSync(path).equals(wanted)) return;
  } catch {
    // Not there yet.
  }
  writeWhole(path, wanted, mode);
}

function writeWhole(path: string, content: string | Uint8Array, mode = 0o600): void {
  const part = `${path}.${process.pid}`;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(part, content, { mode });
  renameSync(part, path);
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
