/** A person's machine full of things worth stealing, with a launcher and a hostile server in it. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { CredentialScope } from '../../shared/models/scope.ts';
import { secretTemplate } from '../../shared/template.ts';
import type { RouteName, Target } from '../fixtures/hostile-routes.ts';
import { openTestDoor } from './browser-door.ts';
import { type LauncherWorld, openLauncherWorld, plantedValue, serverRecord } from './launcher.ts';
import { createStdioClient, type StdioClient } from './stdio-client.ts';

const sources = join(import.meta.dirname, '..', '..');
const fixtures = join(sources, 'test', 'fixtures');

export const levels = {
  'scoped environment': { level: 'scoped-environment', hosts: 'any' },
  confined: { level: 'confined', hosts: 'any' },
  'confined, no network': { level: 'confined', hosts: 'none' },
  'listed hosts': { level: 'listed-hosts', hosts: ['api.example.com'] },
  masked: { level: 'masked', hosts: ['api.example.com'] },
} as const satisfies Record<string, Pick<CredentialScope, 'level' | 'hosts'>>;

export type LevelName = keyof typeof levels;

export const scopeOf = (name: LevelName, more: Partial<CredentialScope> = {}): CredentialScope => ({
  runtime: 'node',
  environment: [],
  folders: [],
  ...levels[name],
  ...more,
});

export interface Client extends StdioClient {
  readonly child: ChildProcess;
  call(tool: string, args: object): Promise<unknown>;
}

export interface IsolationWorld extends LauncherWorld {
  readonly target: Target;
  connect(id: string, env?: Readonly<Record<string, string>>): Promise<Client>;
  attack(name: LevelName): Promise<Readonly<Record<RouteName, boolean>>>;
}

export async function openIsolationWorld(): Promise<IsolationWorld> {
  const world = await openLauncherWorld();
  const canary = plantedValue();
  const { home, env } = world.keyring;
  plant(world, canary);
  const granted = join(home, 'work');
  const children: ChildProcess[] = [];
  const pathSocket = join(home, 'agent.socket');
  const abstractSocket = `portcullis-test-${process.pid}`;
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  const listening = await Promise.all([
    listen({ path: pathSocket }),
    listen({ path: join(granted, 'socket') }),
    listen({ path: `\0${abstractSocket}` }),
    listen({ host: '127.0.0.1', port: 0 }),
    listen({ host: outside?.address ?? '127.0.0.1', port: 0 }),
  ]);
  const door = await openTestDoor();
  const sharedMemory = `/dev/shm/portcullis-test-${process.pid}`;
  writeFileSync(sharedMemory, canary);
  const echo = serverRecord('victim', {
    command: process.execPath,
    args: [join(fixtures, 'echo-secrets-server.ts'), canary],
    env: { API_KEY: secretTemplate('API_KEY') },
  });
  await world.storeSecrets('victim', { API_KEY: canary });
  const hostile = (name: LevelName) =>
    serverRecord(
      'hostile',
      {
        command: process.execPath,
        args: [join(home, 'program', 'src', 'server.mjs')],
        env: { OWN_KEY: secretTemplate('OWN_KEY') },
      },
      {
        scope: scopeOf(name, {
          folders: [
            { path: granted, access: 'write' },
            // Where the code of the attack is, which its program loads.
            { path: sources, access: 'read' },
          ],
        }),
      },
    );
  await world.storeSecrets('hostile', { OWN_KEY: plantedValue() });

  async function connect(
    id: string,
    clientEnv: Readonly<Record<string, string>> = {},
  ): Promise<Client> {
    const leftOpen = [join(home, '.ssh', 'id_ed25519'), home];
    const child = world.start(id, { env: clientEnv, leftOpen });
    children.push(child);
    const client = createStdioClient(child);
    await client.open();
    return {
      ...client,
      child,
      async call(tool, args) {
        const { result, error } = await client.ask('tools/call', { name: tool, arguments: args });
        if (error !== undefined) throw new Error(error.message);
        const content = result?.content as readonly { readonly text: string }[] | undefined;
        const [first] = content ?? [];
        return JSON.parse(first?.text ?? 'null');
      },
    };
  }

  // Unconfined: whoever is hunted can do nothing for itself, it is the hunter who must be held.
  world.writeRecords(echo);
  const victim = await connect('victim');
  const target: Target = {
    home,
    roots: { config: world.roots.config, data: world.roots.data },
    bus: env.DBUS_SESSION_BUS_ADDRESS ?? '',
    victim: 'victim',
    victimProcess: victim.child.pid ?? 0,
    canary,
    abstractSocket,
    pathSocket,
    loopbackPort: portOf(listening[3]),
    doorPort: door.port,
    networkHost: outside?.address ?? '127.0.0.1',
    networkPort: portOf(listening[4]),
    sharedMemory,
    granted,
  };
  return {
    ...world,
    target,
    connect,
    async attack(name) {
      plant(world, canary);
      world.writeRecords(echo, hostile(name));
      const client = await connect('hostile');
      const result = await client.call('attack', { target: JSON.stringify(target) });
      client.child.kill('SIGKILL');
      // The shape of the fixture's answer.
      return result as Readonly<Record<RouteName, boolean>>;
    },
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      for (const server of listening) server.close();
      await door.close();
      rmSync(sharedMemory);
      await world.stop();
    },
  };
}

/** Secrets of others in all the usual places. */
function plant({ keyring, roots }: LauncherWorld, canary: string): void {
  const files = {
    '.cursor/mcp.json': canary,
    '.cursor/mcp.json.bak': canary,
    '.ssh/id_ed25519': canary,
    '.bash_history': canary,
    '.config/chromium/Default/Login Data': canary,
    '.profile': '# mine\n',
    'work/.cursor/mcp.json': canary,
    'work/readme.txt': 'mine to give',
    'program/package.json': '{"type":"module"}',
    'program/src/server.mjs': `await import(${JSON.stringify(join(fixtures, 'hostile-server.ts'))});`,
    'program/.mcp.json': canary,
    'program/.cursor/mcp.json': canary,
    'program/parts/one/.vscode/mcp.json': canary,
    'program/mine.code-workspace': canary,
    'program/.env': canary,
    'program/.env.local': canary,
    'program/parts/one/deep/.env': canary,
    'program/.git/config': canary,
  };
  for (const [name, text] of Object.entries(files)) write(join(keyring.home, name), text);
  write(join(roots.data, 'activity', 'note'), canary);
  write(join(roots.data, 'sandbox', 'victim', 'home', '.cache', 'token'), canary);
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function listen(where: object): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end();
    });
    server.once('error', reject);
    server.listen(where, () => resolve(server));
  });
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** True when a process holds a text anywhere in the memory that it can write. One that has ended holds nothing. */
export function holdsInMemory(pid: number, text: string): boolean {
  try {
    return searchMemory(pid, text);
  } catch (thrown) {
    if (existsSync(`/proc/${pid}/maps`)) throw thrown;
    return false;
  }
}

function searchMemory(pid: number, text: string): boolean {
  const { openSync, readSync, closeSync } = process.getBuiltinModule('node:fs');
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const step = 1 << 20;
  const buffer = Buffer.alloc(step + text.length);
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      const end = BigInt(`0x${to}`);
      for (let at = BigInt(`0x${from}`); at < end; at += BigInt(step)) {
        const left = end - at;
        const length = left < BigInt(buffer.length) ? Number(left) : buffer.length;
        if (buffer.subarray(0, readPage(readSync, memory, buffer, length, at)).includes(text))
          return true;
      }
    }
  } finally {
    closeSync(memory);
  }
  return false;
}

function readPage(
  read: typeof import('node:fs').readSync,
  memory: number,
  buffer: Buffer,
  length: number,
  at: bigint,
): number {
  try {
    return read(memory, buffer, 0, length, at);
  } catch {
    // Pages that are reserved and not there.
    return 0;
  }
}
