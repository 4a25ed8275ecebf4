/**
 * Real keychains for tests: a gnome-keyring-daemon on a D-Bus daemon of its own, in folders of its
 * own, so that any number run side by side and none touches the person's keychain. The bus starts no
 * services by itself: a killed daemon stays dead.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { probeSecretService } from '../../platform/keychain/secret-service.ts';

type Env = Readonly<Record<string, string>>;

export interface Bus {
  /** What a process needs to see this bus and nothing else: give it as the whole environment. */
  readonly env: Env;
  readonly home: string;
  /** Ends everything and deletes the folders (a given home stays). */
  stop(): Promise<void>;
}

export interface Keyring extends Bus {
  /** Locks the default keyring; nobody can answer the unlock window. */
  lock(): Promise<void>;
  /** Unlocks it again. The daemon is a new process afterwards. */
  unlock(): Promise<void>;
  /** SIGKILL to the daemon; the bus stays. `unlock` starts it again. */
  kill(): Promise<void>;
  /** The daemon hangs until `thaw`. */
  freeze(): void;
  thaw(): void;
}

const passphrase = 'opens the test keyring';
const startLimit = 10_000;

/** No bus at all, not even the person's own. */
export function withoutBus(): Bus {
  const { env, home, folder } = makeFolders();
  return {
    env,
    home,
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A bus without a Secret Service. */
export async function startBus(options: { home?: string } = {}): Promise<Bus> {
  const { env, home, folder, socket } = makeFolders(options.home);
  const config = join(folder, 'bus.conf');
  writeFileSync(config, busConfig(socket));
  const bus = spawn('dbus-daemon', ['--nofork', '--nopidfile', `--config-file=${config}`], {
    env,
    stdio: 'ignore',
  });
  const forget = endWithUs(bus);
  await waitFor('the D-Bus daemon', () => existsSync(socket));
  return {
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` },
    home,
    async stop() {
      await end(bus);
      forget();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An unlocked keyring. With `home`, keyrings of an earlier start there are found again. */
export async function startKeyring(options: { home?: string } = {}): Promise<Keyring> {
  const bus = await startBus(options);
  const { env } = bus;
  const start = async (): Promise<ChildProcess> => {
    const args = ['--foreground', '--unlock', '--components=secrets'];
    const child = spawn('gnome-keyring-daemon', args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    endWithUs(child);
    child.stdin?.end(passphrase);
    // It ended by a fault of its own: a session's bus would start it again.
    child.once('exit', (_, signal) => {
      if (signal === 'SIGTRAP' || signal === 'SIGABRT' || signal === 'SIGSEGV')
        void start().then((next) => (daemon = next));
    });
    const address = env.DBUS_SESSION_BUS_ADDRESS;
    await waitFor('the keyring daemon', async () => {
      return (await probeSecretService({ address, limit: 1_000 })) === 'ready';
    });
    return child;
  };
  let daemon = await start();
  return {
    ...bus,
    lock: async () => lockDefault(env),
    async unlock() {
      await end(daemon);
      daemon = await start();
    },
    kill: () => end(daemon),
    freeze: () => void daemon.kill('SIGSTOP'),
    thaw: () => void daemon.kill('SIGCONT'),
    async stop() {
      await end(daemon);
      await bus.stop();
    },
  };
}

function makeFolders(givenHome?: string) {
  // Short, because the name of a socket may have 107 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'pk-'));
  const runtime = join(folder, 'run');
  const home = givenHome ?? join(folder, 'home');
  mkdirSync(runtime, { mode: 0o700 });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const env = { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: process.env.PATH ?? '/usr/bin:/bin' };
  return { folder, home, env, socket: join(runtime, 'bus') };
}

function busConfig(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

function lockDefault(env: Env): void {
  const target = ['--dest', 'org.freedesktop.secrets', '--object-path', '/org/freedesktop/secrets'];
  const method = ['--method', 'org.freedesktop.Secret.Service.Lock'];
  const what = "['/org/freedesktop/secrets/aliases/default']";
  execFileSync('gdbus', ['call', '--session', ...target, ...method, what], {
    env,
    stdio: 'ignore',
  });
}

/** A test that is ended early must not leave daemons behind. */
function endWithUs(child: ChildProcess): () => void {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const forget = () => void process.removeListener('exit', kill);
  child.once('exit', forget);
  return forget;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function waitFor(what: string, ready: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + startLimit;
  while (!(await ready())) {
    if (performance.now() > deadline) throw new Error(`${what} did not start.`);
    await sleep(10);
  }
}
