/**
 * What can go wrong around a sandbox: none to be had, a kernel that refuses, links that move, servers
 * that will not end, clients that die. Through the real launcher; every server carries a mark by which its
 * processes are found.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createProcesses } from '../../platform/processes.ts';
import { createSandbox } from '../../platform/sandbox/sandbox.ts';
import type { CredentialScope } from '../../shared/models/scope.ts';
import { clientTemplate, secretTemplate } from '../../shared/template.ts';
import { scopeOf } from '../support/isolation.ts';
import {
  finish,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';

let world: LauncherWorld;
beforeAll(async () => {
  world = await openLauncherWorld();
}, 60_000);
afterAll(() => world.stop());
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function shell(id: string, script: string, scope: CredentialScope = scopeOf('confined')) {
  return serverRecord(id, { command: '/bin/sh', args: ['-c', script] }, { scope });
}

function keep<T extends ChildProcess>(child: T): T {
  started.push(child);
  return child;
}

/** How many processes carry the mark in their arguments. */
function countMarked(mark: string): number {
  return readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  }).length;
}

const firstLine = async (child: ChildProcess) => {
  const [chunk] = await once(child.stdout ?? child, 'data');
  return String(chunk);
};

test('a kernel that refuses: not started below the wanted level, unless the person has said so', async () => {
  const prison = [
    '--unshare-user',
    '--disable-userns',
    '--dev-bind',
    '/',
    '/',
    '--',
    world.launcher.path,
  ];
  const run = () =>
    finish(keep(spawn('bwrap', [...prison, 'run', 'one'], { env: { ...world.keyring.env } })));
  world.writeRecords(shell('one', 'echo started'));
  const refused = await run();
  expect({ exitCode: refused.exitCode, stdout: refused.stdout }).toEqual({
    exitCode: 46,
    stdout: '',
  });
  expect(refused.stderr).toContain('bubblewrap cannot make a sandbox');
  expect(refused.stderr).toContain('portcullis scope one set --otherwise lower');
  world.writeRecords(shell('one', 'echo started', scopeOf('confined', { otherwise: 'lower' })));
  expect(await run()).toMatchObject({ exitCode: 0, stdout: 'started\n' });
  expect(world.launches().at(-1)?.level).toBe('scoped-environment');
  // Asked anew for a doctor: outside it can.
  const sandbox = createSandbox('linux', { roots: world.roots, path: '/usr/bin' });
  expect(sandbox.probe({ anew: true })).toEqual({ confined: true, filtered: true });
});

test('a way to the proxy that is slow to appear, and programs of the client’s with the system’s names', async () => {
  const { home } = world.keyring;
  const [theirs, slow, real] = ['theirs', 'slow-socat', 'real-socat'].map((name) =>
    join(home, name),
  );
  mkdirSync(theirs ?? '');
  const fake = `#!/bin/sh\necho "$0" >> "${home}/taken"\n`;
  for (const name of new Set([...readdirSync('/usr/bin'), ...readdirSync('/usr/sbin'), 'rg']))
    writeFileSync(join(theirs ?? '', name), fake, { mode: 0o755 });
  // The first time it takes longer than the runtime waits.
  const once = `#!/bin/sh\nmkdir "${home}/once" 2>/dev/null && sleep 2\nexec "${real}" "$@"\n`;
  writeFileSync(slow ?? '', once, { mode: 0o755 });
  writeFileSync(real ?? '', '');
  const place = [
    ...['--dev-bind', '/', '/', '--ro-bind', '/usr/bin/socat', real ?? ''],
    ...['--ro-bind', slow ?? '', '/usr/bin/socat', '--', world.launcher.path],
  ];
  world.writeRecords(
    shell('late', 'echo started', scopeOf('listed hosts', { hosts: ['a.example'] })),
  );
  const env = { ...world.keyring.env, PATH: `${theirs}:/usr/bin:/bin` };
  const ended = await finish(keep(spawn('/usr/bin/bwrap', [...place, 'run', 'late'], { env })));
  expect(ended).toMatchObject({ exitCode: 0, stdout: 'started\n' });
  expect(existsSync(join(home, 'once'))).toBe(true);
  expect(existsSync(join(home, 'taken')) ? readFileSync(join(home, 'taken'), 'utf8') : '').toBe('');
});

test('bubblewrap missing: said with the command that installs it', () => {
  const sandbox = createSandbox('linux', { roots: world.roots, bubblewrap: undefined });
  expect(sandbox.probe({ anew: true })).toMatchObject({
    confined: false,
    problem: 'bubblewrap is not installed.',
    hint: expect.stringContaining('apt install bubblewrap'),
  });
  createSandbox('linux', { roots: world.roots }).probe({ anew: true });
});

test('a scope edited by hand to what no level keeps is not taken for kept', async () => {
  world.writeRecords(
    shell('odd', 'echo started', { ...scopeOf('confined'), hosts: ['a.example'] }),
  );
  expect(await world.run('odd')).toMatchObject({ exitCode: 46, stdout: '' });
});

test('a folder behind a link: under both names; elsewhere afterwards: refused', async () => {
  const { home } = world.keyring;
  const [real, other, link] = ['real place', 'other', 'a link ü'].map((name) => join(home, name));
  for (const folder of [real, other]) mkdirSync(folder ?? '');
  writeFileSync(join(real ?? '', 'x'), 'seen');
  symlinkSync(real ?? '', link ?? '');
  const scope = scopeOf('confined', {
    folders: [{ path: link ?? '', access: 'read', target: real ?? '' }],
  });
  world.writeRecords(shell('linked', `cat '${link}/x' '${real}/x'`, scope));
  expect(await world.run('linked')).toMatchObject({ exitCode: 0, stdout: 'seenseen' });
  rmSync(link ?? '');
  symlinkSync(other ?? '', link ?? '');
  const moved = await world.run('linked');
  expect({ exitCode: moved.exitCode, stdout: moved.stdout }).toEqual({ exitCode: 46, stdout: '' });
  expect(moved.stderr).toContain('now leads to another place');
});

test('the workspace that a client names: a project is shown, a place of credentials starts nothing', async () => {
  const { home } = world.keyring;
  for (const folder of ['project', '.ssh']) mkdirSync(join(home, folder), { recursive: true });
  for (const path of ['project/note', '.ssh/key']) writeFileSync(join(home, path), 'found');
  const command = '/bin/sh';
  const args = ['-c', 'cat "$1"/*; echo x > "$1/made"', 'sh', clientTemplate('WS')];
  world.writeRecords(serverRecord('opens', { command, args }, { scope: scopeOf('confined') }));
  const open = (path: string) => world.run('opens', { env: { PORTCULLIS_REF_WS: path } });
  expect(await open(join(home, 'project'))).toMatchObject({ stdout: 'found', exitCode: 0 });
  for (const path of ['.ssh', '.', '.local']) {
    const refused = await open(join(home, path));
    expect({ path, code: refused.exitCode, out: refused.stdout }).toEqual({
      path,
      code: 46,
      out: '',
    });
  }
  expect((await open('/')).stderr).toContain('portcullis scope opens set --write /');
  expect(existsSync(join(home, '.ssh', 'made'))).toBe(false);
});

test('a variable whose name no shell knows arrives in the sandbox', async () => {
  const names = ['A-B', 'npm_config_@acme:registry', 'OPTIND'];
  const env = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
  const launch = { command: '/usr/bin/env', args: ['-0'], env };
  world.writeRecords(serverRecord('named', launch, { scope: scopeOf('confined') }));
  const { stdout } = await world.run('named');
  expect(stdout.split('\0')).toEqual(
    expect.arrayContaining(names.map((name) => `${name}=of ${name}`)),
  );
  expect(stdout).not.toContain('_portcullis_');
});

test('exit codes pass; signals end a server that ignores them, and all that it has started', async () => {
  const mark = plantedValue();
  world.writeRecords(
    shell('code', 'exit 7'),
    shell(
      'stubborn',
      `trap "" TERM; (setsid sleep 1000 "${mark}" &) ; sh -c 'trap "" TERM; sleep 999' ${mark} & echo up; read line; sleep 1000`,
    ),
  );
  expect((await world.run('code')).exitCode).toBe(7);
  const child = keep(world.start('stubborn'));
  expect(await firstLine(child)).toBe('up\n');
  expect(countMarked(mark)).toBeGreaterThan(1);
  const ended = finish(child);
  child.kill('SIGTERM');
  expect((await ended).signal).toBe('SIGTERM');
  await vi.waitFor(() => expect(countMarked(mark)).toBe(0));
});

test('a server that ends leaves no daemon behind', async () => {
  const mark = plantedValue();
  world.writeRecords(
    shell('daemon', `setsid sh -c 'sleep 1000' ${mark} </dev/null >/dev/null 2>&1 & exit 0`),
  );
  expect(await world.run('daemon')).toMatchObject({ exitCode: 0 });
  await vi.waitFor(() => expect(countMarked(mark)).toBe(0));
});

test('our own starts let a server end by itself first', async () => {
  const { home } = world.keyring;
  const folder = join(home, 'farewell');
  mkdirSync(folder);
  const scope = scopeOf('confined', { folders: [{ path: folder, access: 'write' }] });
  world.writeRecords(
    shell(
      'polite',
      `trap 'echo bye > "${folder}/bye"; exit 0' TERM; echo up; while :; do sleep 0.05; done`,
      scope,
    ),
  );
  const child = await createProcesses('linux').start(world.launcher.path, ['run', 'polite'], {
    env: { ...world.keyring.env },
  });
  const reader = child.output.getReader();
  await reader.read();
  await child.stop({ grace: 2000 });
  expect(readFileSync(join(folder, 'bye'), 'utf8')).toBe('bye\n');
});

test.each(['confined', 'listed hosts'] as const)(
  'a client killed with -9 takes its server at level %s along',
  async (level) => {
    const mark = plantedValue();
    world.writeRecords(shell('orphan', `: ${mark}; echo up; sleep 1000`, scopeOf(level)));
    const client = `const c = require('node:child_process').spawn(process.argv[1], ['run', 'orphan'], { stdio: ['pipe', 'pipe', 'inherit'] }); c.stdout.pipe(process.stdout);`;
    const child = keep(
      spawn(process.execPath, ['-e', client, world.launcher.path], {
        env: { ...world.keyring.env },
      }),
    );
    expect(await firstLine(child)).toBe('up\n');
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(countMarked(mark)).toBe(0), { timeout: 10_000 });
  },
);

test('our process beside a server, killed with -9, takes the way to its proxy along', async () => {
  const folder = join(world.keyring.home, 'sockets');
  mkdirSync(folder);
  // What a connection has forked, too.
  const ask = `node -e "require('node:net').connect(3128, '127.0.0.1').once('connect', () => console.log('up')); setInterval(() => {}, 1000)"`;
  world.writeRecords(shell('beside', ask, scopeOf('listed hosts')));
  const child = keep(world.start('beside', { env: { TMPDIR: folder } }));
  expect(await firstLine(child)).toBe('up\n');
  const ways = () => countMarked(`UNIX-LISTEN:${folder}/`);
  await vi.waitFor(() => expect(ways()).toBeGreaterThan(1));
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(ways()).toBe(0), { timeout: 10_000 });
});

test('a client that starts servers from a thread that ends keeps them until it ends itself', async () => {
  const mark = plantedValue();
  world.writeRecords(
    shell('threaded', `: ${mark}; echo up; while read line; do echo "$line"; done`),
  );
  // The worker is gone when its server is first asked something. Its pipes are the shell's.
  const worker = `const { spawn } = require('node:child_process'); const { parentPort, workerData } = require('node:worker_threads');
    const c = spawn(workerData, ['run', 'threaded'], { stdio: ['inherit', 'inherit', 'inherit'] }); c.unref(); parentPort.once('message', () => process.exit());`;
  const client = `const { Worker } = require('node:worker_threads'); const w = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: process.argv[1] }); process.on('SIGUSR2', () => w.postMessage('end')); w.on('exit', () => { process.stderr.write('thread ended'); }); setInterval(() => {}, 1000);`;
  const child = keep(
    spawn(process.execPath, ['-e', client, world.launcher.path], { env: { ...world.keyring.env } }),
  );
  expect(await firstLine(child)).toBe('up\n');
  child.kill('SIGUSR2');
  await once(child.stderr, 'data');
  const answer = firstLine(child);
  child.stdin.write('still here\n');
  expect(await answer).toBe('still here\n');
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(countMarked(mark)).toBe(0), { timeout: 15_000 });
});

/** Where `/bin/sh` is bash, as on many systems: what its variables make it do happens outside of the sandbox. */
const underBash = ['--dev-bind', '/', '/', '--ro-bind', '/usr/bin/bash', '/usr/bin/dash', '--'];

test.each([
  ['confined', []],
  ['listed hosts', []],
  // From a thread that is not the client's first: one more shell of ours.
  ['confined', ['--thread']],
] as const)(
  'variables that run programs in a shell, at level %s %j: given to the server, not to our shells',
  async (level, how) => {
    const marker = join(world.keyring.home, 'ran-outside');
    const value = plantedValue();
    await world.storeSecrets('shells', { KEY: value });
    const mark = `touch ${marker}`;
    writeFileSync(join(world.keyring.home, 'marks.sh'), `${mark}\n`);
    const hostile = {
      SHELLOPTS: 'xtrace',
      PS4: `$(${mark})`,
      BASH_ENV: join(world.keyring.home, 'marks.sh'),
      ENV: join(world.keyring.home, 'marks.sh'),
      'BASH_FUNC_kill%%': `() { ${mark}; }`,
      'BASH_FUNC_read%%': `() { ${mark}; }`,
      LD_LIBRARY_PATH: '/no/such',
      LD_API_KEY: secretTemplate('KEY'),
    };
    const script =
      'const { env } = process; console.log(JSON.stringify([env.PS4, env.ENV, env.LD_LIBRARY_PATH, env.LD_API_KEY])); process.stdin.resume()';
    world.writeRecords(
      serverRecord(
        'shells',
        { command: process.execPath, args: ['-e', script], env: hostile },
        { scope: scopeOf(level) },
      ),
    );
    const worker = `require('node:child_process').spawn(require('node:worker_threads').workerData, ['run', 'shells'], { stdio: 'inherit' })`;
    const client = `new (require('node:worker_threads').Worker)(${JSON.stringify(worker)}, { eval: true, workerData: process.argv[1] });`;
    const start =
      how.length === 0
        ? [world.launcher.path, 'run', 'shells']
        : [process.execPath, '-e', client, world.launcher.path];
    const child = keep(spawn('bwrap', [...underBash, ...start], { env: { ...world.keyring.env } }));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const { PS4, ENV } = hostile;
    expect(await firstLine(child)).toBe(`${JSON.stringify([PS4, ENV, '/no/such', value])}\n`);
    expect(countMarked(value)).toBe(0);
    child.stdin.end();
    await once(child, 'close');
    expect({ said, marked: existsSync(marker) }).toEqual({ said: '', marked: false });
  },
);

test('twenty at once', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
  world.writeRecords(...ids.map((id) => shell(id, 'echo "$$ up"; read line; echo "$line"')));
  const ended = await Promise.all(ids.map((id) => world.run(id, { input: `${id}\n` })));
  expect(ended.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(
    ids.map((id) => [`2 up\n${id}\n`, 0]),
  );
});
